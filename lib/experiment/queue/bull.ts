import type { Job as BullJob, JobsOptions, Processor, WorkerOptions } from "bullmq";
import type { Job } from "../job";
import { lazily, type QueueAddress } from "./address";
import type { Payload } from "./payload";
import type { Progress } from "./progress";

/** A run in the queue. */
export type QueuedRun = BullJob<Job, Payload, string, Progress>;

/** The package, loaded at first use. */
export const bullmq = (): typeof import("bullmq") => lazily("bullmq");

/** Name of the queue that sweeps and workers share. */
const NAME = "entire-space-runs";

/** How often a run may lose the process that is at it before it counts as failed. */
export const LIVES = 10;

/** For how long (ms) a worker owns a run without a word, and how often (ms) workers look for runs whose worker is gone. */
const LOCK = 6000;
const LOOK = 2000;

/** How a run is queued. What is over is kept for a day, so that a driver that was away finds it. */
export const RUN: JobsOptions = {
	attempts: LIVES,
	removeOnComplete: { age: 86_400 },
	removeOnFail: { age: 86_400 },
};

const connectionTo = ({ kind, url }: QueueAddress): object =>
	kind === "Redis"
		? { url, maxRetriesPerRequest: null, retryStrategy: (times: number) => Math.min(100 * times, 1000) }
		: { connectionString: url, migrate: true, max: 8 };

/** The parts of BullMQ's Queue that a driver uses. */
export interface RunQueue {
	add(name: string, job: Job, options: JobsOptions): Promise<unknown>;
	getJob(id: string): Promise<QueuedRun | undefined>;
	on(event: "error", hear: (problem: Error) => void): unknown;
	close(): Promise<void>;
	disconnect(): Promise<void>;
}

/** The parts of BullMQ's Worker that are used. */
export interface RunWorker {
	on(event: "error", hear: (problem: Error) => void): unknown;
	on(event: "active", hear: () => void): unknown;
	on(event: "failed", hear: (job: QueuedRun | undefined, problem: Error) => void): unknown;
	pause(doNotWaitActive: boolean): Promise<void>;
	close(force?: boolean): Promise<void>;
	getBackend(): { on(event: "ready", hear: () => void): unknown };
}

/** BullMQ's classes, with what they take of either backend. */
interface Classes {
	Queue: new (name: string, options: object, backend?: unknown) => RunQueue;
	Worker: new (name: string, process: Processor<Job, Payload, string>, options: object, backend?: unknown) => RunWorker;
	createPostgresBackend: unknown;
}

const backendOf = ({ kind }: QueueAddress): unknown[] =>
	kind === "Redis" ? [] : [(bullmq() as unknown as Classes).createPostgresBackend];

/** The queue as a driver sees it. */
export function openQueue(address: QueueAddress): RunQueue {
	const { Queue } = bullmq() as unknown as Classes;
	return new Queue(NAME, { connection: connectionTo(address) }, ...backendOf(address));
}

/** Takes runs from the queue, `concurrency` at a time. */
export function openWorker(
	address: QueueAddress,
	process: Processor<Job, Payload, string>,
	concurrency: number,
): RunWorker {
	const { Worker } = bullmq() as unknown as Classes;
	const options: Omit<WorkerOptions, "connection"> = {
		concurrency,
		lockDuration: LOCK,
		stalledInterval: LOOK,
		maxStalledCount: LIVES - 1,
		runRetryDelay: 500,
		drainDelay: 2,
	};
	return new Worker(NAME, process, { ...options, connection: connectionTo(address) }, ...backendOf(address));
}

/** The name of a run's job: one that opens the test part is another one. */
export const idOf = ({ hash, final }: Job): string => (final ? `${hash}-final` : hash);
