import { InputError } from "../../core/problem";
import type { RunResult } from "../../experiment/result";
import { type JobEvent, type Runner, runJobs } from "../../experiment/runJobs";
import type { Store } from "../../experiment/store";
import { logAfterLog, type NeededRuns } from "./neededRuns";

/** The start weights of that tier are others, so its runs have hashes of their own, which no list of jobs has. */
const OTHER_TIER =
	"the native TensorFlow did not load, and what pure JavaScript computes counts for no table: it is kept under other names; `npm run setup` builds the native one, `npm run doctor` says what is missing";

/**
 * Does the runs of several tables as one list, log after log; a run that several of them have is done once.
 *
 * @param of.result hears each run's result, of those in the store too
 * @throws Interrupted stopped; the same call goes on
 * @throws InputError the first result is of the pure-JavaScript tier: tables would not find it
 * @throws Error runs that failed, once the others are done
 */
export async function runAll(
	needed: readonly NeededRuns[],
	of: {
		store: Store;
		runner: Runner;
		on?: (event: JobEvent) => void;
		result?: (result: RunResult) => void;
		signal?: AbortSignal;
	},
): Promise<void> {
	const { store, runner, signal } = of;
	const halt = new AbortController();
	let isOther = false;
	const on = (event: JobEvent) => {
		of.on?.(event);
		if (event.result?.run === event.job.hash) of.result?.(event.result);
		else if (event.result) {
			isOther = true;
			halt.abort();
		}
	};
	const jobs = logAfterLog(needed).map(({ job }) => job);
	const pass = () => halt.abort();
	if (signal?.aborted) pass();
	signal?.addEventListener("abort", pass);
	const outcome = runJobs(jobs, { store, runner, on, signal: halt.signal });
	const { reasons, failed, runs } = await outcome.finally(() => {
		signal?.removeEventListener("abort", pass);
		if (isOther) throw new InputError(OTHER_TIER);
	});
	if (failed === 0) return;
	const names = needed.flatMap(({ jobs, table }) =>
		jobs.filter(({ job }) => reasons.has(job.hash)).map(({ label, seed }) => `${table}: ${label} seed ${seed}`),
	);
	const rest = names.length > 4 ? ` and ${names.length - 4} more` : "";
	throw new Error(
		`${failed} of ${runs} runs failed (${names.slice(0, 4).join(", ")}${rest}): ${[...reasons.values()][0]}`,
	);
}
