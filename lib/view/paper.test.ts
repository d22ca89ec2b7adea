import { describe, expect, it } from "vitest";
import { judge, type PaperTable } from "../papers/table";
import { paperView } from "./paper";

const method = (label: string, values: number[], value?: number) => ({
	...{ label, model: "base", hyper: {}, values, against: "BASE" },
	published: value === undefined ? null : { value },
});
const tableOf = (methods: ReturnType<typeof method>[]): PaperTable => ({
	...{ paper: "p", title: "P, Table 1", table: "Table 1", notes: [] },
	rows: judge([{ column: "AUC", metric: "auc(conversion|click)", methods }]),
});

describe("a paper's table for people", () => {
	it("has theirs beside ours where the paper prints any number, and an empty cell where it does not", () => {
		const view = paperView(tableOf([method("BASE", [0.6, 0.62], 0.66), method("ESMM", [0.64, 0.67])]));
		expect(view.title).toBe("P, Table 1: ours beside theirs");
		expect(view.columns.map(({ name }) => name)).toEqual(["method", "AUC, ours", "theirs"]);
		expect(view.rows.map(([, , theirs]) => theirs)).toEqual([{ mean: 0.66, std: undefined }, null]);
	});
	it("is ours alone where the paper prints none; a number that no run gave is an empty cell", () => {
		const view = paperView(tableOf([method("BASE", [0.6, 0.62]), method("ESMM", [Number.NaN, Number.NaN])]));
		expect(view.title).toBe("P, Table 1");
		expect(view.columns.map(({ name }) => name)).toEqual(["method", "AUC"]);
		expect(view.rows[0][1]).toMatchObject({ mean: 0.61, n: 2 });
		expect(view.rows[1]).toEqual(["ESMM", null]);
	});
});
