import { describe, expect, it } from "vitest";
import { judge, type PaperTable } from "../../papers/table/table";
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
	it("has the difference to its baseline beside each number where the paper prints none, bold where it is seen after Holm", () => {
		const [base, far] = [
			[0.6, 0.62, 0.61],
			[0.7, 0.721, 0.7105],
		];
		const view = paperView(tableOf([method("BASE", base), method("ESMM", far), method("DIVISION", [0.6, 0.63, 0.59])]));
		expect(view.title).toBe("P, Table 1");
		expect(view.columns.map(({ name }) => name)).toEqual(["method", "AUC", "difference to BASE"]);
		expect(view.rows[0]).toEqual(["BASE", expect.objectContaining({ n: 3 }), null]);
		expect(view.rows[1][2]).toMatchObject({ mean: expect.closeTo(0.1005, 10), signed: true, best: true });
		expect(view.rows[2][2]).toMatchObject({ best: false });
		expect(view.notes).toEqual(["differences over 3 paired seeds, bold where p ≤ 0.05 after Holm over 2 comparisons"]);
	});
	it("names no baseline where methods have different ones", () => {
		const other = { ...method("ESMM, 5 %", [0.6, 0.7]), against: "BASE, 5 %" };
		const its = { ...method("BASE, 5 %", [0.5, 0.6]), against: "BASE, 5 %" };
		const view = paperView(tableOf([method("BASE", [0.6, 0.62]), method("ESMM", [0.6, 0.6]), its, other]));
		expect(view.columns[2].name).toBe("difference to its baseline");
	});
	it("has an empty cell for a number that no run gave", () => {
		const view = paperView(tableOf([method("BASE", [0.6, 0.62]), method("ESMM", [Number.NaN, Number.NaN])]));
		expect(view.rows[0][1]).toMatchObject({ mean: 0.61, n: 2 });
		expect(view.rows[1]).toEqual(["ESMM", null, null]);
	});
});
