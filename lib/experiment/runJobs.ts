import type { TrainEvent } from "../train/fit";
import { interrupted } from "../train/interrupt";
import { doJob, type Job } from "./job";
import { arePredictionsDamaged } from "./predictions";
import { isReplayed } from "./replayed";
import { hasMetrics, type RunResult } from "./result";
import { Interrupted } from "./run";
import type { Store } from "./store";

/** Where runs run: this process, child processes, machines behind a queue. */
export interface Runner {
	/** How many runs it is at, at a time; it may be given as many. */
	readonly slots: number;
	/** Does a job; when it resolves, the result is in the store of whoever asks. */
	do(job: Job, hear: (event: TrainEvent) => void, signal: AbortSignal): Promise<RunResult>;
	close(): Promise<void>;
}

/** Runs in this process, one after another. */
export const inProcess = (store: Store): Runner => ({
	slots: 1,
	do: (job, on, signal) => doJob(job, { store, on, signal }),
	close: async () => {},
});

/** What becomes of the jobs. */
export interface JobEvent {
	kind: "skipped" | "begun" | "step" | "done" | "failed";
	job: Job;
	/** Of "step". */
	training?: TrainEvent;
	/** Of "skipped" and "done". */
	result?: RunResult;
	/** Of "failed": why, in a line. */
	reason?: string;
	counts: JobCounts;
}

/** How many jobs are where. */
export interface JobCounts {
	runs: number;
	done: number;
	running: number;
	failed: number;
	/** In the store before. */
	skipped: number;
}

/** How a list of jobs ended. */
export interface JobsOutcome extends JobCounts {
	/** Hash → result, of all that there are. */
	results: ReadonlyMap<string, RunResult>;
	/** Hash → why it failed. */
	reasons: ReadonlyMap<string, string>;
}

/**
 * Does jobs where a runner does them, as many at a time as it has slots and in the order of the list. Those with a result in the
 * store are skipped, unless their kept predictions are damaged; the same job twice is done once. A job that fails is counted and the others go on.
 *
 * @throws Interrupted when the signal or the notebook asks to stop: what is done stays done, and the same call goes on
 */
export async function runJobs(
	jobs: readonly Job[],
	options: { store: Store; runner: Runner; on?: (event: JobEvent) => void; signal?: AbortSignal },
): Promise<JobsOutcome> {
	const { store, runner, on } = options;
	const queue = together(jobs);
	const [results, reasons] = [new Map<string, RunResult>(), new Map<string, string>()];
	const counts: JobCounts = { runs: queue.length, done: 0, running: 0, failed: 0, skipped: 0 };
	const tell = (event: Omit<JobEvent, "counts">) => on?.({ ...event, counts: { ...counts } });
	const open: Job[] = [];
	for (const job of queue) {
		const found = store.get(job.hash);
		const lacks = found && (!hasMetrics(found, job.metrics) || (job.replay && !isReplayed(store, job)));
		if (!found || lacks || (job.final && (!found.test || (await arePredictionsDamaged(store, found))))) {
			open.push(job);
			continue;
		}
		results.set(job.hash, { ...found, cached: true });
		counts.skipped++;
		tell({ kind: "skipped", job, result: { ...found, cached: true } });
	}
	const stop = interrupted(options.signal);
	const halt = new AbortController();
	const watch = setInterval(() => stop.now() && halt.abort(), 50);
	const worker = async () => {
		for (let job = open.shift(); job && !stop.now(); job = open.shift()) {
			const at = job;
			counts.running++;
			tell({ kind: "begun", job: at });
			try {
				const result = await runner.do(at, (training) => tell({ kind: "step", job: at, training }), halt.signal);
				results.set(at.hash, result);
				counts.running--;
				counts.done++;
				tell({ kind: "done", job: at, result });
			} catch (problem) {
				counts.running--;
				if (stop.now() || problem instanceof Interrupted) return;
				const reason = problem instanceof Error ? problem.message : String(problem);
				reasons.set(at.hash, reason);
				counts.failed++;
				tell({ kind: "failed", job: at, reason });
			}
		}
	};
	try {
		await Promise.all(Array.from({ length: Math.min(runner.slots, open.length) }, worker));
	} finally {
		clearInterval(watch);
		stop.release();
	}
	if (results.size + reasons.size < queue.length)
		throw new Interrupted(
			`stopped with ${results.size} of ${queue.length} runs done; the same command goes on from here`,
		);
	return { ...counts, results, reasons };
}

/** Jobs of one run as one, with all that any of them asks for, where the first of them stood. */
function together(jobs: readonly Job[]): Job[] {
	const queue = new Map<string, Job>();
	for (const job of jobs) {
		const { final = job.final, replay = job.replay } = queue.get(job.hash) ?? {};
		const { metrics: asked, ...rest } = job;
		const before = queue.has(job.hash) ? queue.get(job.hash)?.metrics : asked;
		const metrics = asked && before && [...new Set([...before, ...asked])];
		const of = { ...(final ? { final } : {}), ...(replay ? { replay } : {}), ...(metrics ? { metrics } : {}) };
		queue.set(job.hash, { ...rest, ...of });
	}
	return [...queue.values()];
}
