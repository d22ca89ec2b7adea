import type { Model } from "../../core/model";
import { type InputError, unknownName } from "../../core/problem";
import type { MetricValue } from "../../metrics/value";
import { interrupted } from "../../train/interrupt";
import { doJob } from "../job";
import { Interrupted } from "../run";
import { type JobsOutcome, type Runner, runJobs } from "../runJobs";
import type { Store } from "../store";
import { compareModels } from "./comparison";
import { rungsOf } from "./halving";
import { chosenOf, finalNotes, rowsOf, type SweepOutcome, searchNotes } from "./outcome";
import { follow, planOf, type SweepEvent } from "./progress";
import { nameOf, recorded } from "./record";
import { type Entry, fingerprintsOf, jobsOf, type Placed, type Tried, triedOf } from "./round";
import { scoreOf } from "./score";
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
	const known = new Map<string, Model>(sweep.models.map(({ model }) => [model.name, model]));
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
		progress.ended(outcome);
		return outcome;
	};
	try {
		const fingerprints = await fingerprintsOf(spec);
		const rounds = new Map<string, Tried[][]>(sweep.models.map(({ model }) => [model.name, []]));
		const chosen = new Map<string, Tried | undefined>();
		let entries: Entry[] = sweep.models.map((swept) => ({ swept, trials: swept.trials }));
		for (const [at, { share }] of rungs.entries()) {
			if (stop.now()) halt.abort();
			const placed = jobsOf(sweep, entries, { share, fingerprints });
			const tried = triedOf(sweep, placed, await round(placed, false));
			if (missing) throw missing;
			for (const [name, { ranked, failed }] of tried) rounds.get(name)?.push([...ranked, ...failed]);
			const last = at === rungs.length - 1;
			if (last) for (const [name, of] of tried) chosen.set(name, chosenOf(of));
			else
				entries = entries.map(({ swept }) => ({
					swept,
					trials: (tried.get(swept.model.name)?.ranked ?? []).slice(0, rungs[at + 1].most).map(({ trial }) => trial),
				}));
		}
		const table = sweep.models.flatMap(({ model }) =>
			rowsOf(model.name, rounds.get(model.name) ?? [], chosen.get(model.name)),
		);
		const outcome = { sweep: sweep.hash, spec, table, notes: searchNotes(sweep, table) };
		if (!final)
			return {
				...totals(progress.counts()),
				...outcome,
				notes: [...outcome.notes, "The test part was not opened; the final step opens it for the chosen trials."],
			};
		return { ...(await opened()), ...totals(progress.counts()) };

		async function opened(): Promise<Omit<SweepOutcome, "runs" | "done" | "failed" | "skipped">> {
			const picked = sweep.models.flatMap((swept) => {
				const tried = chosen.get(swept.model.name);
				return tried ? [{ swept, tried }] : [];
			});
			const choice = picked.map(({ swept, tried }) => ({
				model: swept.model.name,
				hyper: tried.hyper,
				runs: tried.runs,
			}));
			const record = await recorded(store, sweep, choice, new Set(fingerprints.values()));
			const finals = picked.map(({ swept, tried }) => ({ swept, trials: [tried.trial] }));
			const placed = jobsOf(sweep, finals, { share: 1, fingerprints, final: { by: nameOf(sweep) } });
			const { results, reasons } = await round(placed, true);
			const { metric } = spec.choose;
			const tests = new Map(picked.map(({ tried }) => [tried, testsOf(tried, results)] as const));
			const complete = picked.map(({ swept, tried }) => {
				const parts = tests.get(tried) ?? [];
				const values = parts.map((part) => part[metric]?.value ?? Number.NaN).filter(Number.isFinite);
				return { model: swept.model.name, values: values.length === spec.seeds.length ? values : undefined };
			});
			const comparisons = compareModels(complete, sweep.better);
			return {
				...outcome,
				table: table.map((row) => {
					const tried = chosen.get(row.model);
					return row.chosen && tried ? { ...row, test: scoreOf(metric, tests.get(tried) ?? []) } : row;
				}),
				notes: [
					...outcome.notes,
					...finalNotes(sweep, record, comparisons),
					...[...reasons.values()].map((reason) => `A run that was to open the test part failed: ${reason}`),
				],
				final: { opened: record.opened, before: record.before, comparisons },
			};
		}
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

function testsOf({ runs }: Tried, results: JobsOutcome["results"]): Record<string, MetricValue>[] {
	return runs.flatMap((run) => {
		const test = results.get(run)?.test;
		return test ? [test] : [];
	});
}
