import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import type { PooledJob, StepMessage, StopMessage } from "./pooledJob";
import type { RunResult } from "./result";
import { Interrupted } from "./run";
import type { Runner } from "./runJobs";
import type { Store } from "./store";

/** The part of a Tinypool that is used. */
interface Children {
	run(task: PooledJob, options: { name: string; channel: Channel }): Promise<RunResult>;
	/** Drops tasks that no child is at yet. */
	cancelPendingTasks(): void;
	destroy(): Promise<void>;
	on(event: "error", listener: () => void): void;
	readonly threads: readonly { readonly threadId: number }[];
}

interface Channel {
	/** Called with what sends messages to the child. */
	onMessage(send: (message: StopMessage) => void): void;
	/** Hears the child's. */
	postMessage(message: Partial<StepMessage>): void;
}

/** A run that ends its child process so often has failed. */
const DEATHS = 3;
/** One thread each: two such children do more on two cores than one with two threads. */
const ONE_THREAD = {
	TF_NUM_INTRAOP_THREADS: "1",
	TF_NUM_INTEROP_THREADS: "1",
	OMP_NUM_THREADS: "1",
	OPENBLAS_NUM_THREADS: "1",
	MKL_NUM_THREADS: "1",
	// Where there is a GPU, all of them are on it.
	TF_FORCE_GPU_ALLOW_GROWTH: "true",
};

/** A runner on child processes of this machine. */
export interface LocalPool extends Runner {
	/** Process numbers of the children that there are. */
	pids(): number[];
}

/**
 * Runs in child processes, each with one TensorFlow thread. A child starts when there is a run for it, keeps the last data set, and
 * ends with this process, however that ends.
 *
 * A child that is killed is replaced, and its run goes on from its checkpoint; a run whose child was killed three times has failed.
 *
 * @param workers most children at a time; as many as cores unless said
 * @param threads TensorFlow threads of a child; 1 unless said
 * @param elsewhere the jobs come from another machine: where their data lie by fingerprint (`findData`)
 */
export function localPool(of: {
	store: Store;
	workers?: number;
	threads?: number;
	elsewhere?: { shared?: string };
}): LocalPool {
	const { store, workers = availableParallelism(), threads = 1, elsewhere } = of;
	const folder = resolve(store.folder);
	let children: Children | undefined;
	let asked = 0;
	return {
		slots: workers,
		pids: () => children?.threads.map(({ threadId }) => threadId) ?? [],
		async do(job, hear, signal) {
			children ??= begin(workers, threads);
			for (let deaths = 1; ; deaths++) {
				if (signal.aborted) throw new Interrupted("stopped before it began");
				const id = asked++;
				let stop = () => {};
				const abort = () => {
					stop();
					children?.cancelPendingTasks();
				};
				signal.addEventListener("abort", abort);
				const channel: Channel = {
					onMessage(send) {
						stop = () => send({ stop: id });
						if (signal.aborted) stop();
					},
					postMessage: ({ step }) => step && hear(step),
				};
				try {
					return await children.run({ id, job, folder, elsewhere }, { name: "pooledJob", channel });
				} catch (problem) {
					if (!(problem instanceof Error)) throw ofChild(problem as Told);
					if (signal.aborted) throw new Interrupted("stopped before it was done");
					if (deaths === DEATHS)
						throw new Error(
							`its process was killed ${DEATHS} times: by hand, or by the system for want of memory (fewer workers need less)`,
						);
				} finally {
					signal.removeEventListener("abort", abort);
				}
			}
		},
		async close() {
			await children?.destroy();
			children = undefined;
		},
	};
}

function begin(workers: number, threads: number): Children {
	const require = createRequire(join(projectRoot(), "package.json"));
	const { Tinypool } = require("tinypool") as { Tinypool: new (options: object) => Children };
	const children = new Tinypool({
		runtime: "child_process",
		filename: join(projectRoot(), "lib/experiment/pooledJob.ts"),
		minThreads: 0,
		maxThreads: workers,
		// Kept until the pool is closed.
		idleTimeout: 2 ** 31 - 1,
		execArgv: ["--import", pathToFileURL(require.resolve("tsx")).href],
		env: { ...process.env, ...ONE_THREAD, TF_NUM_INTRAOP_THREADS: String(threads) },
	});
	// A child that dies before it has begun leaves its run waiting: dropped, it is tried again.
	children.on("error", () => children.cancelPendingTasks());
	return children;
}

/** An error as a child tells it: fields of the error, or a text. */
type Told = { name?: string; message?: string; stack?: string } | string;

function ofChild(told: Told): Error {
	if (typeof told === "string") return new Error(told);
	const { name, message = String(name), stack } = told;
	const error =
		name === "Interrupted"
			? new Interrupted(message)
			: name === "InputError"
				? new InputError(message)
				: new Error(message);
	return Object.assign(error, { stack });
}
