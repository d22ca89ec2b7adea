import { expect, it } from "vitest";
import { runSelection, type SelectionEvent, selectionSpaces, selectionValues } from "./selectionRuns";

it("trains both models on each seed's log and judges them on three spaces", async () => {
	const heard: SelectionEvent[] = [];
	const runs = await runSelection({ scale: "tiny", on: (event) => heard.push(event) });
	expect(runs.map(({ model, seed }) => `${model} ${seed}`)).toEqual(["base 1", "esmm 1", "base 2", "esmm 2"]);
	for (const { metrics, bins } of runs) {
		const rows = selectionSpaces.map((space) => metrics[space]["truth.auc(conversion|click)"].n);
		expect(rows[2]).toBe(10_000);
		// Clicked rows are those of the test part: a few percent of it, and every one of them a row of the space.
		expect(rows[0]).toBe(metrics.clicked["auc(conversion|click)"].n);
		expect(rows[0]).toBe(metrics.all["auc(conversion|click)"].n);
		expect(rows[0]).toBeLessThan(0.15 * rows[1]);
		for (const space of selectionSpaces) {
			expect(bins[space].reduce((sum, { n }) => sum + n, 0)).toBe(metrics[space]["truth.pcoc(conversion|click)"].n);
			const predicted = bins[space].map((bin) => bin.by);
			expect(predicted).toEqual([...predicted].sort((a, b) => a - b));
		}
		// Random items are less relevant: conversions are truly rarer there than among the clicked rows.
		const rate = (space: "clicked" | "random") =>
			bins[space].reduce((sum, { n, means }) => sum + n * means.truth, 0) /
			metrics[space]["truth.auc(conversion|click)"].n;
		expect(rate("random")).toBeLessThan(rate("clicked"));
	}
	// The models of a seed share its log.
	const ceilings = runs.map((run) => run.metrics.all["truth.auc(conversion|click)"].ceiling);
	expect(ceilings[0]).toBe(ceilings[1]);
	expect(ceilings[0]).not.toBe(ceilings[2]);
	expect(selectionValues(runs, "esmm", "all", "truth.pcoc(conversion|click)")).toEqual(
		[1, 3].map((i) => runs[i].metrics.all["truth.pcoc(conversion|click)"].value),
	);
	expect(selectionValues(runs, "base", "all", "no such metric")).toEqual([Number.NaN, Number.NaN]);
	expect(heard.at(-1)).toMatchObject({ done: 4, runs: 4 });
}, 120_000);

it("hears a request to stop", async () => {
	const stop = new AbortController();
	const on = ({ step }: SelectionEvent) => step !== undefined && stop.abort();
	await expect(runSelection({ scale: "tiny", on, signal: stop.signal })).rejects.toThrow("stopped");
}, 60_000);
