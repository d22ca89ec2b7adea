import { expect, it } from "vitest";
import { findings } from "./findings";
import { judge, type MethodValues } from "./table/table";

const seeds = [0.6, 0.61, 0.62, 0.63, 0.64];
const method = (label: string, differences: number[], value: number | null): MethodValues => ({
	...{ label, model: "base", hyper: {}, values: seeds.map((v, i) => v + (differences[i] ?? 0)), against: "BASE" },
	published: value === null ? null : { value },
});
const up = [0.02, 0.021, 0.019, 0.02, 0.02];
const down = up.map((d) => -d);
const mixed = [0.03, -0.02, 0.01, -0.01, 0];
const rows = judge([
	{
		column: "CVR AUC",
		metric: "auc(conversion|click)",
		methods: [
			method("BASE", [], 0.66),
			method("ESMM", up, 0.68),
			method("AMAN", down, 0.67),
			method("MINE", up, null),
			method("UNBIAS", mixed, 0.68),
		],
	},
]);

it("a column is a sentence: what stands above and below with its interval and the paper's order, and what was not seen", () => {
	expect(findings({ rows })).toEqual([
		expect.stringMatching(
			/^CVR AUC: against BASE \(5 paired seeds\): above it ESMM by \+0\.0200 \[\+0\.0191, \+0\.0209\], as in the paper, MINE by \+0\.0200 \[\+0\.0191, \+0\.0209\]; below it AMAN by −0\.0200 \[−0\.0209, −0\.0191\], against the paper; no difference seen for UNBIAS \(smaller ones than 0\.0\d+ would hardly be seen\)\.$/,
		),
	]);
});

it("where nothing is seen the methods are counted, not listed", () => {
	const labels = ["A", "B", "C", "D"];
	const methods = [method("BASE", [], 0.66), ...labels.map((label) => method(label, mixed, 0.68))];
	const unseen = judge([{ column: "CVR AUC", metric: "auc(conversion|click)", methods }]);
	expect(findings({ rows: unseen })[0]).toMatch(/: no difference seen for any of 4 \(smaller/);
});

it("a table that compares nothing has no finding", () => {
	expect(findings({ rows: rows.map(({ compared: _, ...row }) => row) })).toEqual([]);
});
