import type { RunResult } from "../../experiment/result";
import { type JobEvent, type Runner, runJobs } from "../../experiment/runJobs";
import type { Store } from "../../experiment/store";
import { logAfterLog, type NeededRuns } from "./neededRuns";

/**
 * Does the runs of several tables as one list, log after log; a run that several of them have is done once.
 *
 * @param of.result hears each run's result, of those in the store too
 * @throws Interrupted stopped; the same call goes on
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
	const on = (event: JobEvent) => {
		of.on?.(event);
		if (event.result) of.result?.(event.result);
	};
	const jobs = logAfterLog(needed).map(({ job }) => job);
	const { reasons, failed, runs } = await runJobs(jobs, { store, runner, on, signal });
	if (failed === 0) return;
	const names = needed.flatMap(({ jobs, table }) =>
		jobs.filter(({ job }) => reasons.has(job.hash)).map(({ label, seed }) => `${table}: ${label} seed ${seed}`),
	);
	const rest = names.length > 4 ? ` and ${names.length - 4} more` : "";
	throw new Error(
		`${failed} of ${runs} runs failed (${names.slice(0, 4).join(", ")}${rest}): ${[...reasons.values()][0]}`,
	);
}
