import { describe, expect, it } from "vitest";
import { judge } from "../../papers/table/table";
import { sizeCurves, truthBars } from "./hm3Figures";

const tableOf = (values: Record<string, number[]>, columns = ["A", "B"]) => ({
	rows: judge(
		columns.map((column, c) => ({
			...{ column, metric: "auc(conversion|click)" },
			methods: Object.entries(values).map(([label, of]) => ({
				...{ label, model: "base", hyper: {}, published: null, against: "BASE" },
				values: of.map((value) => value + c / 100),
			})),
		})),
	),
});

const rounded = (values: unknown): number[] => (values as number[]).map((value) => Number(value.toFixed(12)));

describe("methods on logs of growing size", () => {
	const sizes = [
		{ at: 13, table: tableOf({ BASE: [0.6, 0.7, 0.65], HM3: [0.61, 0.73, 0.67] }) },
		{ at: 53, table: tableOf({ BASE: [0.6, 0.7, 0.65], HM3: [0.65, 0.74, 0.71] }) },
	];
	it("are drawn as their differences to the baseline, a panel a column", () => {
		const { data, layout } = sizeCurves({ title: "t", x: "days", sizes, methods: ["HM3"] });
		const lines = data.filter(({ mode }) => String(mode).startsWith("lines+"));
		expect(lines.map(({ x }) => x)).toEqual([
			[13, 53],
			[13, 53],
		]);
		for (const { y } of lines) expect(rounded(y)).toEqual([0.02, 0.05]);
		expect((layout.yaxis as { title: { text: string } }).title.text).toBe("A − BASE");
	});
	it("of several methods have bars beside each other, not bands, and say what they are", () => {
		const table = tableOf({ BASE: [0.6, 0.7, 0.65], ESMM: [0.62, 0.7, 0.66], HM3: [0.61, 0.73, 0.67] });
		const of = { title: "t", x: "days", sizes: [13, 53].map((at) => ({ at, table })), methods: ["ESMM", "HM3"] };
		const { data, layout } = sizeCurves(of);
		expect(data.filter(({ fill }) => fill !== undefined)).toEqual([]);
		const [[a], [b]] = data.slice(0, 2).map(({ x }) => x as number[]);
		expect([(a + b) / 2, b > a, b < 14]).toEqual([13, true, true]);
		const { low, mean } = table.rows[1].compared as { low: number; mean: number };
		expect((data[0].error_y as { arrayminus: number[] }).arrayminus[0]).toBeCloseTo(mean - low, 12);
		expect(JSON.stringify(layout)).toContain("bars: 95 % over 3 paired seeds");
	});
	it("need a difference of every method: the baseline has none", () => {
		expect(() => sizeCurves({ title: "t", x: "days", sizes, methods: ["BASE"] })).toThrow(
			'a table has no difference of "BASE" in "A"',
		);
	});
});

describe("probabilities of one method against their truth", () => {
	const auc = tableOf({ BASE: [0.6, 0.7], HM3: [0.8, 0.82] });
	const pcoc = tableOf({ BASE: [1.6, 1.7], HM3: [1.2, 1.3] }, ["B", "C"]);
	it("are a bar a probability and a panel a table, from what nothing learnt would give; an empty place where a table has none", () => {
		const panels = [
			{ name: "ranking", baseline: 0.5, table: auc },
			{ name: "bias", baseline: 1, table: pcoc },
		];
		const { data } = truthBars({ title: "t", method: "HM3", panels });
		const bars = data.filter(({ type }) => type === "bar");
		expect(bars.map(({ y }) => y)).toEqual([
			[0, 1],
			[1, 2],
		]);
		expect(bars.map(({ base }) => base)).toEqual([0.5, 1]);
		expect(rounded(bars[1].x)).toEqual([0.25, 0.26]);
		expect(() => truthBars({ title: "t", method: "ESM", panels })).toThrow('the table of ranking has no method "ESM"');
	});
});
