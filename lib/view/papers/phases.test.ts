import { describe, expect, it } from "vitest";
import type { RunResult } from "../../experiment/result";
import { phases, worldsOf } from "../../papers/phases/phases";
import { judgePhases } from "../../papers/phases/verdicts";
import { heatMapPanels, type MapCell } from "../heatMapPanels";
import { toMarkdown } from "../markdown";
import { checkTable } from "../table";
import { phaseEffectsTable, phaseMap, phasesTable } from "./phases";

const cell = (mean: number, more: Partial<MapCell> = {}): MapCell => ({
	mean,
	low: mean - 0.01,
	high: mean + 0.01,
	...more,
});
const figure = {
	title: "Maps",
	lead: "what bold means",
	columns: ["A − B", "C − B"],
	rows: ["truth", "offline"],
	x: { title: "impressions", labels: ["1", "2", "3"] },
	y: { title: "ρ", labels: ["0.8", "0"] },
	digits: 3,
};
const map = (first: MapCell | null) => [
	[first, cell(0.02), cell(-0.02)],
	[cell(0), cell(0.01), cell(0.03)],
];
interface Drawn {
	text: string;
	xref?: string;
	yref?: string;
	x: number;
	y: number;
}
const notesOf = ({ layout }: ReturnType<typeof heatMapPanels>) => layout.annotations as unknown as Drawn[];

describe("maps in panels", () => {
	it("prints each cell's mean with its interval in its own panel; unknown intervals and empty cells are none", () => {
		const open = cell(-0.012, { low: Number.NaN, high: Number.NaN });
		const drawn = heatMapPanels({
			...figure,
			maps: [
				[map(cell(0.04)), map(null)],
				[map(open), map(cell(0.5))],
			],
		});
		const at = (panel: number, x: number, y: number) => {
			const [xref, yref] = [panel === 0 ? "x" : `x${panel + 1}`, panel === 0 ? "y" : `y${panel + 1}`];
			return notesOf(drawn).filter((one) => one.xref === xref && one.yref === yref && one.x === x && one.y === y);
		};
		expect(at(0, 0, 0).map(({ text }) => text.replace(/<[^>]*>/g, " "))).toEqual(["+0.040  [+0.030, +0.050] "]);
		expect(at(0, 2, 0)[0].text).toContain("−0.020");
		expect(at(1, 0, 0)[0].text).toBe("–");
		expect(at(2, 0, 0)[0].text).toBe("−0.012");
		expect(drawn.data).toHaveLength(4);
		expect((drawn.data[0].z as number[][])[0]).toEqual([0.04, 0.02, -0.02]);
		// All panels share the colours, white at 0.
		expect(new Set(drawn.data.map(({ coloraxis }) => coloraxis))).toEqual(new Set(["coloraxis"]));
		expect(drawn.layout.coloraxis).toMatchObject({ cmin: -0.5, cmax: 0.5 });
		expect(JSON.stringify(drawn)).not.toMatch(/NaN|undefined/);
	});

	it("panels lie beside and above one another without an overlap", () => {
		const { layout } = heatMapPanels({
			...figure,
			maps: [
				[map(null), map(null)],
				[map(null), map(null)],
			],
		});
		const domain = (key: string) => (layout[key] as { domain: [number, number] }).domain;
		expect(domain("xaxis")[0]).toBe(0);
		expect(domain("xaxis")[1]).toBeLessThan(domain("xaxis2")[0]);
		expect(domain("xaxis2")[1]).toBeCloseTo(1, 9);
		expect(domain("xaxis3")).toEqual(domain("xaxis"));
		expect(domain("yaxis")[1]).toBe(1);
		expect(domain("yaxis3")[1]).toBeLessThan(domain("yaxis")[0]);
		expect(domain("yaxis3")[0]).toBeCloseTo(0, 9);
	});

	it("bold and framed cells are, and no others", () => {
		const drawn = heatMapPanels({
			...figure,
			maps: [
				[map(cell(0.04, { bold: true })), map(null)],
				[map(null), map(cell(0.1, { framed: true }))],
			],
		});
		expect(notesOf(drawn).filter(({ text }) => text.startsWith("<b>+"))).toHaveLength(1);
		expect(drawn.layout.shapes).toMatchObject([{ xref: "x4", yref: "y4", x0: -0.47, y1: 0.45 }]);
	});

	it("refuses maps of another shape", () => {
		expect(() => heatMapPanels({ ...figure, maps: [[map(null)], [map(null)]] })).toThrow("maps are not 2 × 2 of 2 × 3");
		const cut = map(null).map((row) => row.slice(1));
		expect(() =>
			heatMapPanels({
				...figure,
				maps: [
					[map(null), cut],
					[map(null), map(null)],
				],
			}),
		).toThrow("2 × 3");
	});
});

/** In truth up by 0.02, more at ρ = 0.8; offline down at 160,000 impressions. */
function runs() {
	const wobble = [-0.001, 0, 0.001];
	const of = (truth: number, offline: number) =>
		({
			test: { [phases.truth]: { value: truth }, [phases.offline]: { value: offline, positives: 80 } },
		}) as unknown as RunResult;
	const worlds = worldsOf(phases, "demo").map((world) => {
		const one = (truth: number, offline: number) =>
			wobble.map((by) => of(0.7 + truth + by * truth * 20, 0.7 + offline + by));
		const up = one(world.rho > 0 ? 0.03 : 0.02, world.rows === 160_000 ? -0.02 : 0.02);
		const base = wobble.map(() => of(0.7, 0.7));
		return { world, results: { base, esmm: up, esm2: up, hm3: up } };
	});
	return { plan: phases, scale: "demo" as const, worlds };
}

describe("a phase diagram drawn", () => {
	const all = runs();
	const judged = judgePhases(all);

	it("each knob has a map: truth above offline, ρ rising upwards, frames where the signs differ", () => {
		const drawn = phaseMap(all, judged, "rows");
		expect(drawn.data).toHaveLength(6);
		// The row at the top is ρ = 0.8, 0.03 in truth; the offline metric is down in its last column alone.
		const z = drawn.data.map((trace) => trace.z as number[][]);
		for (const value of z[0][0]) expect(value).toBeCloseTo(0.03, 9);
		for (const value of z[2][1]) expect(value).toBeCloseTo(0.02, 9);
		expect(z[3][0].map((value) => Math.sign(value))).toEqual([1, 1, -1]);
		const frames = drawn.layout.shapes as { x0: number; xref: string }[];
		expect(frames.map(({ x0 }) => Math.round(x0 + 0.47))).toEqual([2, 2, 2, 2, 2, 2]);
		expect(new Set(frames.map(({ xref }) => xref))).toEqual(new Set(["x4", "x5", "x6"]));
		const texts = notesOf(drawn).map(({ text }) => text);
		expect(texts.join("\n")).toContain("P(conversion | click) 0.05, hidden intent 1; 3 logs a cell");
		expect(texts.filter((text) => text.startsWith("<b>+0.030"))).toHaveLength(9);
		expect(phaseMap(all, judged, "gammas").layout.shapes).toEqual([]);
	});

	it("its table has every model in every world, with both differences and verdicts", () => {
		const table = phasesTable(all, judged);
		checkTable(table);
		expect(table.rows).toHaveLength(3 * 14);
		const wrong = table.rows.filter((row) => row.includes("sees the opposite"));
		expect(wrong.map(([model, rows]) => [model, rows])).toEqual(
			["ESMM", "ESMM", "ESM²", "ESM²", "HM³", "HM³"].map((model) => [model, "160,000"]),
		);
		expect(wrong.every((row) => row.at(-1) === "3 of 3")).toBe(true);
		const text = toMarkdown(table);
		expect(text).toContain("after Holm over all 108 comparisons of the diagram");
		expect(text).toContain("Smallest difference that these logs could detect");
	});

	it("what knobs do: one row a knob, bold where it is seen", () => {
		const table = phaseEffectsTable(all, judged);
		checkTable(table);
		expect(table.rows.map(([name]) => name)).toEqual([
			"ρ 0.8 − 0 (7 pairs)",
			"impressions 160,000 − 40,000 (2 pairs)",
			"P(conversion | click) 0.1 − 0.025 (2 pairs)",
			"hidden intent 2 − 0 (2 pairs)",
		]);
		const [rho, rows] = table.rows.map((row) => row.slice(1) as { mean: number; best: boolean }[]);
		expect(rho[0].mean).toBeCloseTo(0.01, 9);
		expect(rho.map(({ best }) => best)).toEqual([true, false, true, false, true, false]);
		expect(rows[1].mean).toBeCloseTo(-0.04, 9);
		expect(table.notes.join("\n")).toContain(
			"ESMM: the offline metric of one log has the other sign than its truth in 6 of 42 logs",
		);
	});
});
