import { expect, it } from "vitest";
import type { TrainEvent } from "../../train/fit";
import type { JobEvent } from "../runJobs";
import { rungsOf } from "./halving";
import { follow, planOf, type SweepEvent } from "./progress";
import { readSweep } from "./readSpec";
import { jobsOf } from "./round";

const sweep = readSweep({
	models: ["esmm"],
	data: { source: "simulator", preset: "tiny" },
	seeds: [1],
	space: { esmm: { lr: { linear: [0, 1] } } },
	search: "halving",
	trials: 4,
	choose: { metric: "auc(click|impression)" },
});
const step = (part: number): TrainEvent => ({
	...{ stage: 1, stages: 1, epoch: 1, epochs: 1, step: part * 100, steps: 100, update: 1 },
	...{ rows: 1, loss: 1, lr: 1, rate: 500 },
});

it("the time left comes from the pace in rows, not in runs, and the plan counts the rounds to come", () => {
	const rungs = rungsOf("halving", 4);
	const plan = planOf(sweep, rungs, true);
	// 4 runs on a quarter, 2 on half, 1 on all of the rows, and 1 for the test part.
	expect(plan).toEqual({ runs: 8, weight: 4 });
	const told: SweepEvent[] = [];
	let now = 0;
	const progress = follow(
		sweep,
		plan,
		(event) => told.push(event),
		() => now,
	);
	const fingerprints = new Map([[1, "f"]]);
	const placed = jobsOf(sweep, [{ swept: sweep.models[0], trials: sweep.models[0].trials }], {
		share: 1 / 4,
		fingerprints,
	});
	const counts = { runs: 4, done: 0, running: 1, failed: 0, skipped: 0 };
	const hear = (event: Partial<JobEvent>) =>
		progress.hear({ kind: "step", job: placed[0].job, counts, ...event }, placed[0], false);
	hear({ kind: "begun" });
	expect([told[0].left, told[0].samplesPerSecond]).toEqual([undefined, undefined]);
	now = 10_000;
	hear({ kind: "done", counts: { ...counts, done: 1, running: 0 } });
	// A quarter of the rows took 10 s: the 3.75 that are left take 150.
	expect(told[1]).toMatchObject({ left: 150, counts: { runs: 8, done: 1 } });
	now = 15_000;
	progress.hear({ kind: "step", job: placed[1].job, counts, training: step(0.5) }, placed[1], false);
	expect(told[2]).toMatchObject({ left: 145, samplesPerSecond: 500 });
	progress.ended({ ...counts, done: 4, running: 0 });
	hear({ counts });
	expect(told[3].counts.done).toBe(4);
});

it("the best so far has a value on every seed, and one on more rows goes before one on fewer", () => {
	const two = readSweep({ ...sweep.spec, seeds: [1, 2] });
	const told: SweepEvent[] = [];
	const progress = follow(two, planOf(two, rungsOf("halving", 4), false), (event) => told.push(event));
	const done = (share: number, trial: number, values: readonly number[]) => {
		const fingerprints = new Map([1, 2].map((seed) => [seed, `${seed}`]));
		const entry = { swept: two.models[0], trials: [two.models[0].trials[trial]] };
		const counts = { runs: 1, done: 1, running: 0, failed: 0, skipped: 0 };
		return jobsOf(two, [entry], { share, fingerprints }).map((placed, i) => {
			const metrics = { "auc(click|impression)": { value: values[i] } };
			progress.hear({ kind: "done", job: placed.job, counts, result: { metrics } as never }, placed, false);
			return told[told.length - 1].best.map(({ mean, share }) => [mean, share]);
		});
	};
	expect(done(1 / 4, 0, [0.5, 0.7])).toEqual([[], [[0.6, 1 / 4]]]);
	expect(done(1 / 4, 1, [0.9, 0.1])[1]).toEqual([[0.6, 1 / 4]]);
	expect(done(1 / 2, 1, [0.5, 0.4])[1]).toEqual([[0.45, 1 / 2]]);
});
