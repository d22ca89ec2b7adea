import { localPool } from "../../experiment/pool";
import { isReplayed } from "../../experiment/replayed";
import { hasMetrics, type RunResult } from "../../experiment/result";
import { inProcess, type JobCounts, type JobEvent, type Runner, runJobs } from "../../experiment/runJobs";
import type { Source } from "../../experiment/source";
import { openStore, type Store } from "../../experiment/store";
import type { Scale } from "../scale";
import { jobsOfTable, methodsOf, type TableJob } from "./jobsOfTable";
import type { TablePlan } from "./plan";
import { type ChosenSetting, chosenOf, searchOf, settingsOf } from "./search";

/** The runs of a paper's table. */
export interface PaperRuns {
	plan: TablePlan;
	scale: Scale;
	/** The log they are on, where it is not the scale's simulated ones. */
	data?: Source;
	/** Label → its runs, seeds in order. */
	results: Record<string, RunResult[]>;
	/** What its search chose by validation before the table; empty without one. */
	chosen: ChosenSetting[];
	/** Methods that are not registered yet: "AMAN (aman)". */
	left: string[];
	/** Where the runs and their predictions lie. */
	store: Store;
	seconds: number;
}

/** How a table is computed. */
export interface RunPaperTable {
	scale: Scale;
	/** One log for all seeds instead of the scale's simulated ones. */
	data?: Source;
	store?: Store;
	/** Where runs run; by default on as many processes as cores, at scale tiny in this one. One that is given is left open. */
	runner?: Runner;
	on?: (event: JobEvent) => void;
	signal?: AbortSignal;
}

/**
 * Trains what is missing of a paper's table, the runs of its search first, and gives all of its runs; `paperTable` joins them to the
 * paper's numbers.
 *
 * @throws InputError a table without its baseline
 * @throws Interrupted stopped; the same call goes on
 * @throws Error runs that failed, by method and seed; the others are in the store
 */
export async function runPaperTable(plan: TablePlan, options: RunPaperTable): Promise<PaperRuns> {
	const { scale, data, store = openStore(), on, signal } = options;
	const begun = performance.now();
	const runner = options.runner ?? (scale === "tiny" ? inProcess(store) : localPool({ store }));
	/** Search and table are one list of runs to whoever listens. */
	const done = async (jobs: readonly TableJob[], beside: { runs: number; done: number; skipped: number }) => {
		const hear = (event: JobEvent) => on?.({ ...event, counts: sumOf(event.counts, beside) });
		const all = jobs.map(({ job }) => job);
		const outcome = await runJobs(all, { store, runner, on: hear, signal });
		const failed = jobs.filter(({ job }) => outcome.reasons.has(job.hash));
		if (failed.length === 0) return outcome;
		const why = outcome.reasons.get(failed[0].job.hash);
		throw new Error(`${plan.title}: ${failed.length} of ${jobs.length} runs failed (${namesOf(failed)}): ${why}`);
	};
	try {
		const table = new Set((await jobsOfTable(plan, scale, data, {})).map(({ job }) => job.hash)).size;
		const searched = await done(await searchOf(plan, scale), { runs: table, done: 0, skipped: 0 });
		const chosen = await chosenOf(plan, scale, (hash) => searched.results.get(hash));
		if ("missing" in chosen) throw new Error(`${plan.title}: ${namesOf(chosen.missing)}: no result`);
		const jobs = await jobsOfTable(plan, scale, data, settingsOf(chosen.chosen));
		const { results } = await done(jobs, searched);
		const found = collect(plan, scale, jobs, (hash) => results.get(hash));
		return { plan, scale, data, ...chosen, ...found, store, seconds: (performance.now() - begun) / 1000 };
	} finally {
		if (!options.runner) await runner.close();
	}
}

const sumOf = (counts: JobCounts, more: { runs: number; done: number; skipped: number }): JobCounts => ({
	...counts,
	runs: counts.runs + more.runs,
	done: counts.done + more.done,
	skipped: counts.skipped + more.skipped,
});

/**
 * The runs of a table from the store alone: nothing is computed.
 *
 * @returns or what is not there, runs of its search among them; as long as the search is not whole, all runs of the table are
 */
export async function storedPaperRuns(
	plan: TablePlan,
	{ scale, data, store = openStore(undefined, "read") }: Pick<RunPaperTable, "scale" | "data" | "store">,
): Promise<PaperRuns | { missing: TableJob[]; runs: number }> {
	const search = await searchOf(plan, scale);
	const chosen = await chosenOf(plan, scale, (hash) => wholeOf(store, hash));
	if ("missing" in chosen) {
		const jobs = await jobsOfTable(plan, scale, data, {});
		return { missing: [...chosen.missing, ...jobs], runs: search.length + jobs.length };
	}
	const jobs = await jobsOfTable(plan, scale, data, settingsOf(chosen.chosen));
	const missing = jobs.filter(({ job }) => !isThere(store, job));
	if (missing.length > 0) return { missing, runs: search.length + jobs.length };
	const found = collect(plan, scale, jobs, (hash) => store.get(hash));
	return { plan, scale, data, ...chosen, ...found, store, seconds: 0 };
}

/** A result in the store with all metrics of its run: one that an analysis committed for itself has few. */
export function wholeOf(store: Store, hash: string): RunResult | undefined {
	const found = store.get(hash);
	return found && hasMetrics(found, undefined) ? found : undefined;
}

/** Whether a job's result is in the store, with all that is asked for. */
export function isThere(store: Store, job: TableJob["job"]): boolean {
	const found = store.get(job.hash);
	if (found === undefined || !hasMetrics(found, job.metrics)) return false;
	return (!job.final || found.test !== undefined) && (!job.replay || isReplayed(store, job));
}

/** "BASE seed 3, ESMM seed 3 and 2 more". */
export function namesOf(jobs: readonly TableJob[]): string {
	const names = jobs.map(({ label, seed }) => `${label} seed ${seed}`);
	return `${names.slice(0, 4).join(", ")}${names.length > 4 ? ` and ${names.length - 4} more` : ""}`;
}

function collect(
	plan: TablePlan,
	scale: Scale,
	jobs: readonly TableJob[],
	get: (hash: string) => RunResult | undefined,
): Pick<PaperRuns, "results" | "left"> {
	const { known, left } = methodsOf(plan, scale);
	const of = (label: string) => jobs.filter((one) => one.label === label).map(({ job }) => get(job.hash) as RunResult);
	return { results: Object.fromEntries(known.map(({ label }) => [label, of(label)])), left };
}
