import type { TrainEvent } from "../train/fit";
import { doJob, type Job } from "./job";
import { findData } from "./queue/data";
import type { RunResult } from "./result";
import { openStore, type Store } from "./store";

/** What a child of the pool is asked to do. */
export interface PooledJob {
	/** Names the asking: to be stopped by. */
	id: number;
	job: Job;
	/** The store's folder, which the child shares with the driver. */
	folder: string;
	/** Of a job from another machine: where its data lie by fingerprint, if they are shared. */
	elsewhere?: { shared?: string };
}

/** What the driver tells a child beside its jobs. */
export interface StopMessage {
	stop: number;
}

/** What a child tells the driver beside its results: a step of the job it is at. */
export interface StepMessage {
	step: TrainEvent;
}

/** Least milliseconds between two steps that a child tells of. */
const EVERY = 200;
/** How long a child whose driver is gone may take to keep its checkpoint (ms). */
const LAST = 5000;

const stopped = new Set<number>();
let at: { id: number; stop: AbortController } | undefined;
let alone = false;
let store: Store | undefined;

/**
 * The program of the pool's child processes: does one job, with the data set of the last one still in memory.
 *
 * Asked to stop, by its driver, by Ctrl-C or SIGTERM, it ends after the step at hand and keeps its checkpoint. Without its driver
 * (killed, or gone) it does the same and ends.
 */
export async function pooledJob({ id, job, folder, elsewhere }: PooledJob): Promise<RunResult> {
	const stop = new AbortController();
	if (stopped.has(id)) stop.abort();
	at = { id, stop };
	let told = 0;
	const tell = (step: TrainEvent) => {
		const now = performance.now();
		if (now - told < EVERY) return;
		told = now;
		if (process.connected) process.send?.({ step } satisfies StepMessage);
	};
	try {
		if (store?.folder !== folder) store = openStore(folder);
		const find = elsewhere && ((job: Job, signal?: AbortSignal) => findData(job, elsewhere.shared, signal));
		return await doJob(job, { store, find, on: tell, signal: stop.signal });
	} finally {
		at = undefined;
		if (alone) process.exit(0);
	}
}

/** The doctor finds the same in run after run: a line that this process has told is not told again. */
const lines = new Set<string>();
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = ((...told: Parameters<typeof write>) => {
	const known = lines.has(String(told[0]));
	lines.add(String(told[0]));
	return known || write(...told);
}) as typeof process.stderr.write;

process.on("message", ({ stop }: Partial<StopMessage>) => {
	if (stop === undefined) return;
	stopped.add(stop);
	if (at?.id === stop) at.stop.abort();
});
process.on("disconnect", endAlone);
// The terminal sends it to the children too; the driver says which of them it does not want any more.
process.on("SIGINT", () => at?.stop.abort());
process.on("SIGTERM", endAlone);

function endAlone(): void {
	if (!at) process.exit(0);
	alone = true;
	at.stop.abort();
	setTimeout(() => process.exit(1), LAST).unref();
}
