import type { AnyModel } from "../../core/model";
import { type InputError, unknownName } from "../../core/problem";
import { interrupted } from "../../train/interrupt";
import { doJob } from "../job";
import { Interrupted } from "../run";
import { type JobsOutcome, type Runner, runJobs } from "../runJobs";
import type { Store } from "../store";
import { rungsOf } from "./halving";
import { openTest } from "./openTest";
import type { SweepOutcome } from "./outcome";
import { follow, planOf, type SweepEvent } from "./progress";
import { fingerprintsOf, type Placed } from "./round";
import { search } from "./search";
import type { Sweep } from "./spec";

/** How a sweep is run. */
export interface RunSweep {
	store: Store;
	runner: Runner;
	/** Opens the test part for the chosen trial of each model, once the choice is made; the store records when. */
	final?: boolean;
	on?: (event: SweepEvent) => void;
	signal?: AbortSignal;
}

/** Runs in this process, one after another, for a sweep with model values that no other process knows. */
export function ownRunner(sweep: Sweep, store: Store): Runner {
	const known = new Map<string, AnyModel>(sweep.models.map(({ model }) => [model.name, model]));
	return {
		slots: 1,
		do: (job, on, signal) => doJob(job, { store, model: known.get(job.run.model), on, signal }),
		close: async () => {},
	};
}

/**
 * Runs a sweep: every trial on every seed, the choice of each model's trial by validation alone, and with `final` the test part of
 * the chosen ones. What is in the store is not run again, so a sweep that was stopped goes on, and one that is changed runs what is
 * new. Runs that fail are counted, and their trials cannot be chosen.
 *
 * @throws InputError a metric that the runs do not give
 * @throws Interrupted when it was stopped; the same call goes on
 */
export async function runSweep(sweep: Sweep, options: RunSweep): Promise<SweepOutcome> {
	const { store, runner, final = false, on } = options;
	const { spec } = sweep;
	const rungs = rungsOf(spec.search, spec.trials ?? 1);
	const plan = planOf(sweep, rungs, final);
	let reached = 0;
	const progress = follow(sweep, plan, (event) => {
		reached = event.counts.done + event.counts.skipped;
		on?.(event);
	});
	const halt = new AbortController();
	const stop = interrupted(options.signal);
	const watch = setInterval(() => stop.now() && halt.abort(), 50);
	let missing: InputError | undefined;
	const round = async (placed: readonly Placed[], isFinal: boolean): Promise<JobsOutcome> => {
		const places = new Map(placed.map((one) => [one.job.hash, one]));
		const outcome = await runJobs(
			placed.map(({ job }) => job),
			{
				store,
				runner,
				signal: halt.signal,
				on(event) {
					const metrics = event.result?.metrics;
					if (metrics && !Object.hasOwn(metrics, spec.choose.metric)) {
						missing ??= unknownName("metric of these runs", spec.choose.metric, Object.keys(metrics));
						halt.abort();
					}
					progress.hear(event, places.get(event.job.hash) as Placed, isFinal);
				},
			},
		);
		if (missing) throw missing;
		progress.ended(outcome);
		return outcome;
	};
	try {
		const fingerprints = await fingerprintsOf(spec);
		const found = await search(sweep, rungs, fingerprints, (placed) => {
			if (stop.now()) halt.abort();
			return round(placed, false);
		});
		const { table, notes } = found;
		const outcome = { sweep: sweep.hash, spec, table };
		const closed = "The test part was not opened; the final step opens it for the chosen trials.";
		if (!final) return { ...totals(progress.counts()), ...outcome, notes: [...notes, closed] };
		const opened = await openTest(sweep, found, { store, fingerprints, round: (placed) => round(placed, true) });
		return { ...totals(progress.counts()), ...outcome, ...opened, notes: [...notes, ...opened.notes] };
	} catch (problem) {
		if (missing) throw missing;
		if (!(problem instanceof Interrupted)) throw problem;
		throw new Interrupted(`stopped with ${reached} of ${plan.runs} runs done; the same sweep goes on from here`);
	} finally {
		clearInterval(watch);
		stop.release();
	}
}

const totals = (counts: { done: number; failed: number; skipped: number }) => ({
	runs: counts.done + counts.failed + counts.skipped,
	...counts,
});
