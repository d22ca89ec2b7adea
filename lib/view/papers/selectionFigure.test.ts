import { expect, it } from "vitest";
import type { SelectionRun } from "../../papers/selection/selectionRuns";
import { selectionFigure } from "./selectionFigure";

/** A run whose two bins on clicked rows promise `by` and truly hold `truth`. */
const run = (model: "base" | "esmm", seed: number, bins: [by: number, truth: number][]): SelectionRun => {
	const clicked = bins.map(([by, truth]) => ({ n: 5, by, means: { truth } }));
	return { model, seed, metrics: { clicked: {}, all: {}, random: {} }, bins: { clicked, all: [], random: [] } };
};
const runs = [
	run("base", 1, [
		[0.02, 0.01],
		[0.2, 0.1],
	]),
	run("base", 2, [
		[0.04, 0.03],
		[0.2, 0.1],
	]),
	run("esmm", 1, [[0.5, 0.5]]),
];

it("a line a series: means over the model's seeds, with the truth's interval", () => {
	const series = [{ name: "BASE, clicked", model: "base", space: "clicked" }] as const;
	const [diagonal, line, ...more] = selectionFigure({ title: "T", runs, series }).data;
	expect(diagonal.name).toBe("perfect calibration");
	expect(more).toEqual([]);
	expect(line.name).toBe("BASE, clicked");
	expect((line.x as number[]).map((x) => +x.toFixed(9))).toEqual([0.03, 0.2]);
	expect((line.y as number[]).map((y) => +y.toFixed(9))).toEqual([0.02, 0.1]);
	// Two seeds 0.01 and 0.03: the interval reaches far below 0 and is cut at a tenth of the mean.
	const { array, arrayminus } = line.error_y as { array: number[]; arrayminus: number[] };
	expect(arrayminus[0]).toBeCloseTo(0.018, 12);
	expect(array[0]).toBeGreaterThan(0.1);
	expect(array[1]).toBeCloseTo(0, 12);
});

it("one seed has no interval", () => {
	const series = [{ name: "ESMM", model: "esmm", space: "clicked" }] as const;
	const line = selectionFigure({ title: "T", runs, series }).data[1];
	expect(line.error_y).toMatchObject({ array: [0], arrayminus: [0] });
});
