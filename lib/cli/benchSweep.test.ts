import { expect, it } from "vitest";
import type { Figure } from "../../bench/figures";
import { type SweepRound, sweepFigures } from "../../bench/sweep";

it("a benchmark of sweeps gives each way's rates and start, and ratios within a round", () => {
	const took = (seconds: number, startSeconds = 1) => ({ seconds, startSeconds, runs: 8, samples: 8000 });
	const round = (two: number, one: number, threads: number): SweepRound => ({
		two_workers: took(two, 3),
		one_worker: took(one),
		two_threads: took(threads),
	});
	const figures = sweepFigures([round(10, 18, 15), round(20, 34, 28)]);
	const span = ({ min, max }: Figure) => [min, max].map((value) => Number(value.toFixed(9)));
	expect(span(figures.sweep_vs_one_worker)).toEqual([1.7, 1.8]);
	expect(span(figures.sweep_vs_two_threads)).toEqual([1.4, 1.5]);
	expect(span(figures["sweep.two_workers.runsPerSecond"])).toEqual([0.4, 0.8]);
	expect(figures["sweep.one_worker.samplesPerSecond"].max).toBeCloseTo(8000 / 18, 9);
	expect(figures["sweep.two_workers.startSeconds"].median).toBe(3);
});
