import { setMaxListeners } from "node:events";
import type { TrainEvent } from "../../train/fit";
import type { Job } from "../job";
import type { RunResult } from "../result";
import { Interrupted } from "../run";
import type { Runner } from "../runJobs";
import type { Store } from "../store";
import { queueAddress, reach } from "./address";
import { idOf, LIVES, openQueue, type QueuedRun, RUN } from "./bull";
import { shareData } from "./data";
import { outage } from "./outage";
import { unpack } from "./payload";
import { isRemote } from "./sharedFolder";

/** How often (ms) the queue is asked about what is outstanding. */
const LOOK = 500;
/** Runs that are in the queue at a time. */
const SLOTS = 256;

/** A run that this driver waits for. */
interface Outstanding {
	id: string;
	job: Job;
	hear: (event: TrainEvent) => void;
	resolve: (result: RunResult) => void;
	reject: (problem: Error) => void;
	/** Ends listening to the driver's signal. */
	forget: () => void;
	/** Whether it was looked at before. */
	seen: boolean;
	/** The update that was told last. */
	update: number;
	/** How often what came back could not be used. */
	spoiled: number;
}

/** What a driver needs beside the URL. */
export interface QueueRunnerOptions {
	/** The driver's store, where results go. */
	store: Store;
	/** Where workers find data: a folder, into which prepared folders are put, or s3:// or http(s)://, where they must be already. */
	shared?: string;
	/** Gets a line about an outage and about workers that refuse; stderr unless given. */
	say?: (line: string) => void;
}

/**
 * Runs on the machines whose workers listen to a queue. A run is queued under its hash, so one that another driver has queued is not
 * queued twice; its result comes back through the queue into the driver's store, where the first one stays. The driver does not
 * rely on events: again and again it looks at each outstanding run, and queues anew what the queue has lost.
 *
 * @throws InputError a URL that is none, or a queue that cannot be reached
 */
export async function queueRunner(url: string, options: QueueRunnerOptions): Promise<Runner> {
	const { store, shared, say = (line) => void process.stderr.write(`${line}\n`) } = options;
	const address = queueAddress(url);
	await reach(address);
	const queue = openQueue(address);
	const connection = outage(address.shown, say);
	queue.on("error", connection.error);
	const outstanding = new Map<string, Outstanding>();
	const told = new Set<string>();
	const folder = shared === undefined || isRemote(shared) ? undefined : shared;
	let closed = false;

	const settle = (one: Outstanding, end: () => void) => {
		if (outstanding.get(one.id) !== one) return;
		outstanding.delete(one.id);
		one.forget();
		end();
	};
	const add = (job: Job) => queue.add(`${job.run.model} seed ${job.run.seed}`, job, { ...RUN, jobId: idOf(job) });
	const look = async (one: Outstanding) => {
		const found = await queue.getJob(one.id);
		if (outstanding.get(one.id) !== one) return;
		const state = found && isOver(found);
		if (!found) await add(one.job);
		else if (state === "done") await take(one, found);
		else if (state === undefined) hear(one, found, told, say);
		else if (one.seen) settle(one, () => one.reject(new Error(inWords(found.failedReason))));
		// It failed before this driver asked: its cause may be gone. The next look queues it anew.
		else await found.remove();
		one.seen = true;
	};
	const take = async (one: Outstanding, found: QueuedRun) => {
		try {
			const result = await unpack(store, found.returnvalue, folder);
			settle(one, () => one.resolve(result));
		} catch (problem) {
			if (++one.spoiled > 1) settle(one, () => one.reject(problem as Error));
			else await found.remove().catch(() => {});
		}
	};
	const leaving = new Set<Promise<void>>();
	/** A run that a worker is at stays: its result is kept for the next driver. */
	const withdraw = async (id: string) => {
		const found = await queue.getJob(id).catch(() => undefined);
		if (found && !isOver(found)) await found.remove().catch(() => {});
	};
	const watch = async () => {
		while (!closed) {
			const begun = performance.now();
			for (const one of [...outstanding.values()]) {
				if (closed) return;
				await look(one).then(connection.over, connection.error);
			}
			await new Promise((next) => setTimeout(next, Math.max(LOOK / 5, LOOK - (performance.now() - begun))));
		}
	};
	const watching = watch();

	return {
		slots: SLOTS,
		async do(job, hear, signal) {
			const id = idOf(job);
			// Every outstanding run listens to it.
			setMaxListeners(0, signal);
			if (shared !== undefined) await shareData(job.source, shared);
			return new Promise<RunResult>((resolve, reject) => {
				const forget = () => signal.removeEventListener("abort", stop);
				const one: Outstanding = { id, job, hear, resolve, reject, forget, seen: false, update: 0, spoiled: 0 };
				const stop = () => {
					settle(one, () => reject(new Interrupted(`${job.run.model}, seed ${job.run.seed}: stopped`)));
					leaving.add(withdraw(id));
				};
				outstanding.set(id, one);
				if (signal.aborted) stop();
				else signal.addEventListener("abort", stop, { once: true });
			});
		},
		async close() {
			closed = true;
			const end = new Promise<void>((resolve) => {
				setTimeout(resolve, 3000).unref();
			});
			await Promise.race([Promise.all([watching, ...leaving]).then(() => queue.close()), end]);
			await Promise.race([queue.disconnect().catch(() => {}), end]);
		},
	};
}

function hear(one: Outstanding, { progress }: QueuedRun, told: Set<string>, say: (line: string) => void): void {
	if (typeof progress !== "object" || progress === null) return;
	if ("refused" in progress) {
		if (!told.has(progress.refused)) say(`a worker refuses runs: ${progress.refused}`);
		told.add(progress.refused);
	} else if (progress.training && progress.training.update !== one.update) {
		one.update = progress.training.update;
		one.hear(progress.training);
	}
}

/** A run that was tried again keeps why it failed before: what it gave tells that it is done. */
const isOver = ({ finishedOn, returnvalue }: QueuedRun): "done" | "failed" | undefined =>
	finishedOn === undefined || finishedOn === null ? undefined : returnvalue ? "done" : "failed";

/** Why a run failed. BullMQ has words of its own for one whose worker was gone again and again. */
const inWords = (reason: string): string =>
	/stalled more than allowable/.test(reason)
		? `its worker was gone in the middle of it ${LIVES} times: it may need more memory than the workers' machines have`
		: reason;
