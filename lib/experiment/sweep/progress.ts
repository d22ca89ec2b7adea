import type { TrainEvent } from "../../train/fit";
import type { JobCounts, JobEvent } from "../runJobs";
import type { Rung } from "./halving";
import type { Placed } from "./round";
import type { Sweep } from "./spec";

/** The best trial of a model so far: of those that are done on every seed, in the latest round that has one. */
export interface Best {
	model: string;
	/** What is searched. */
	hyper: Readonly<Record<string, unknown>>;
	mean: number;
	share: number;
}

/** What becomes of a sweep, and how far it is. */
export interface SweepEvent {
	kind: JobEvent["kind"];
	model: string;
	hyper: Readonly<Record<string, unknown>>;
	seed: number;
	/** Share of the training rows. */
	share: number;
	/** Whether the run opens the test part. */
	final: boolean;
	/** Of all rounds, those to come included. */
	counts: JobCounts;
	best: readonly Best[];
	/** Rows trained on a second, over all that are running; undefined before the first step. */
	samplesPerSecond?: number;
	/** Expected seconds to the end, from the pace so far; undefined at the start. */
	left?: number;
	/** Of "failed". */
	reason?: string;
}

/** How many runs a sweep will have at most, and their weight: a run on a share of the rows takes that share of the time. */
export function planOf({ models, spec }: Sweep, rungs: readonly Rung[], final: boolean) {
	let [runs, weight] = [0, 0];
	for (const { share, most } of rungs) {
		const trials = models.reduce((sum, { trials }) => sum + Math.min(trials.length, most), 0);
		runs += trials * spec.seeds.length;
		weight += share * trials * spec.seeds.length;
	}
	const last = final ? models.length * spec.seeds.length : 0;
	return { runs: runs + last, weight: weight + last };
}

const partOf = (e: TrainEvent): number => (e.stage - 1 + (e.epoch - 1 + e.step / e.steps) / e.epochs) / e.stages;

/** Follows the jobs of all rounds of a sweep, and tells how far it is. */
export function follow(
	sweep: Sweep,
	plan: { runs: number; weight: number },
	tell: (event: SweepEvent) => void,
	now: () => number = () => performance.now(),
) {
	const begun = now();
	const [before, running, scores] = [
		{ done: 0, failed: 0, skipped: 0 },
		new Map<string, TrainEvent | undefined>(),
		new Map<string, number[]>(),
	];
	const best = new Map<string, Best>();
	/** Weights of runs that are over: those that took time, and all. */
	let [worked, over] = [0, 0];
	const judge = ({ model, trial, share }: Placed, event: JobEvent) => {
		const value = event.result?.metrics[sweep.spec.choose.metric]?.value ?? null;
		if (value === null) return;
		const key = `${model}/${share}/${trial.index}`;
		const values = [...(scores.get(key) ?? []), value];
		scores.set(key, values);
		if (values.length < sweep.spec.seeds.length) return;
		const mean = values.reduce((a, b) => a + b, 0) / values.length;
		const known = best.get(model);
		if (!known || share > known.share || (share === known.share && sweep.better * (mean - known.mean) > 0))
			best.set(model, { model, hyper: trial.hyper, mean, share });
	};
	return {
		/** Hears an event of a round's jobs. */
		hear(event: JobEvent, placed: Placed, final: boolean): void {
			const { kind, job, counts } = event;
			if (kind === "begun" || kind === "step") running.set(job.hash, event.training ?? running.get(job.hash));
			else {
				running.delete(job.hash);
				over += placed.share;
				if (kind !== "skipped") worked += placed.share;
			}
			if (!final && (kind === "done" || kind === "skipped")) judge(placed, event);
			const steps = [...running.values()].flatMap((step) => step ?? []);
			const begunShare = steps.reduce((sum, step) => sum + partOf(step) * placed.share, 0);
			const seconds = (now() - begun) / 1000;
			const pace = (worked + begunShare) / seconds;
			const { done, failed, skipped } = before;
			tell({
				kind,
				model: placed.model,
				hyper: placed.hyper,
				seed: placed.seed,
				share: placed.share,
				final,
				counts: {
					runs: plan.runs,
					done: done + counts.done,
					running: counts.running,
					failed: failed + counts.failed,
					skipped: skipped + counts.skipped,
				},
				best: [...best.values()],
				...(steps.length > 0 ? { samplesPerSecond: steps.reduce((sum, { rate }) => sum + rate, 0) } : {}),
				...(worked > 0 || begunShare > 0.05 * plan.weight
					? { left: Math.max(0, plan.weight - over - begunShare) / pace }
					: {}),
				...(event.reason === undefined ? {} : { reason: event.reason }),
			});
		},
		/** A round is over; what it counted stays counted. */
		ended({ done, failed, skipped }: JobCounts): void {
			before.done += done;
			before.failed += failed;
			before.skipped += skipped;
		},
		counts: () => ({ ...before }),
	};
}
