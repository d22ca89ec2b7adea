import { expect, it } from "vitest";
import { type SweepRound, sweepFigures } from "../../bench/sweep";

it("a benchmark of sweeps gives each way's rates and start, and ratios within a round", () => {
	const took = (seconds: number, startSeconds = 1) => ({ seconds, startSeconds, runs: 8, samples: 8000 });
	const round = (two: number, one: number, threads: number): SweepRound => ({
		two_workers: took(two, 3),
		one_worker: took(one),
		two_threads: took(threads),
	});
	const figures = sweepFigures([round(10, 18, 15), round(20, 34, 28)]);
	expect(figures.sweep_vs_one_worker).toMatchObject({ min: 1.7, max: 1.8 });
	expect(figures.sweep_vs_two_threads).toMatchObject({ min: 1.4, max: 1.5 });
	expect(figures["sweep.two_workers.runsPerSecond"]).toMatchObject({ min: 0.4, max: 0.8 });
	expect(figures["sweep.one_worker.samplesPerSecond"].max).toBeCloseTo(8000 / 18, 9);
	expect(figures["sweep.two_workers.startSeconds"].median).toBe(3);
});
