import type { Job } from "../job";
import { localPool } from "../pool";
import { Interrupted } from "../run";
import { openStore } from "../store";
import { queueAddress, reach } from "./address";
import { bullmq, openWorker, type QueuedRun } from "./bull";
import { outage } from "./outage";
import { type Payload, pack } from "./payload";
import { throttled } from "./progress";
import { isRemote } from "./sharedFolder";
import { refusal } from "./versions";

/** How long (ms) a run that this worker refused waits before it is offered again. */
const OFFER = 5000;
/** How long (ms) a worker that was told to stop waits for a queue that does not answer. */
const GIVE_UP = 10_000;

/** What a worker needs. */
export interface WorkOptions {
	url: string;
	/** Runs at a time, each in a process of its own. */
	workers: number;
	/** Folder of its store, where checkpoints and results lie. */
	store?: string;
	/** Where data lie by their fingerprint: a folder, s3:// or http(s)://. */
	shared?: string;
	/** Gets a line for each thing that happens. */
	say: (line: string) => void;
	signal: AbortSignal;
}

/** What a worker did until it was stopped. */
export interface Worked {
	done: number;
	failed: number;
	/** Given back to the queue: stopped in the middle, or refused. */
	returned: number;
}

/**
 * Takes runs from a queue until it is stopped. Each runs in a process of its own, so that this one can go on telling the queue that it is
 * at it. When it is stopped, each training ends after the step at hand, keeps its checkpoint, and the run goes back to the queue.
 *
 * @throws InputError a URL that is none, a queue that cannot be reached at the start, a store that cannot be written to
 */
export async function work({ url, workers, store: folder, shared, say, signal }: WorkOptions): Promise<Worked> {
	const address = queueAddress(url);
	const store = openStore(folder);
	await reach(address);
	const { DelayedError, UnrecoverableError, WaitingError } = bullmq();
	const pool = localPool({ store, workers, elsewhere: { shared } });
	const connection = outage(address.shown, say);
	const counts: Worked = { done: 0, failed: 0, returned: 0 };
	const refused = new Set<string>();
	const sharedFolder = shared === undefined || isRemote(shared) ? undefined : shared;

	const refuse = async (job: QueuedRun, why: string, token: string | undefined): Promise<never> => {
		if (!refused.has(why)) say(`refuses runs and gives them back: ${why}`);
		refused.add(why);
		counts.returned++;
		await job.updateProgress({ refused: why });
		await job.moveToDelayed(Date.now() + OFFER, token);
		throw new DelayedError();
	};
	const process = async (given: object, token?: string): Promise<Payload> => {
		const job = given as QueuedRun;
		const { data } = job;
		const why = refusal(data);
		if (why) return refuse(job, why, token);
		const name = nameOf(data);
		const begun = performance.now();
		const tell = throttled<QueuedRun["progress"]>((progress) => void job.updateProgress(progress).catch(() => {}));
		try {
			const result = await pool.do(data, (training) => tell({ training }), signal);
			const payload = await pack(store, result, sharedFolder);
			counts.done++;
			say(`done: ${name} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
			return payload;
		} catch (problem) {
			if (problem instanceof Interrupted || signal.aborted) {
				counts.returned++;
				say(`stopped and given back: ${name}`);
				await job.moveToWait(token);
				throw new WaitingError();
			}
			const { message } = problem as Error;
			counts.failed++;
			say(`failed: ${name}: ${message}`);
			throw new UnrecoverableError(message);
		}
	};
	const worker = openWorker(address, process, workers);
	worker.on("error", connection.error);
	worker.on("active", connection.over);
	worker.getBackend().on("ready", connection.over);
	say(`${workers} at a time, from ${address.shown}; Ctrl-C ends it after the step at hand`);
	await new Promise<void>((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener("abort", () => resolve(), { once: true });
	});
	await worker.pause(true);
	const given = new Promise<void>((resolve) => {
		setTimeout(resolve, GIVE_UP).unref();
	});
	await Promise.race([worker.close(), given]);
	await pool.close();
	return counts;
}

const nameOf = ({ run: { model, seed }, hash }: Job): string => `${model} seed ${seed} (${hash.slice(0, 12)})`;
