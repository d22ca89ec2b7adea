import { createRequire } from "node:module";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "../../core/root";

/** Starts a TypeScript program of this folder in a thread of its own. */
export function thread(program: string, workerData: unknown): Worker {
	const root = projectRoot();
	const loader = createRequire(join(root, "package.json")).resolve("tsx/cjs");
	const file = join(root, "lib/data/readers", program);
	// A thread has none of this one's loaders, and tsx's --import does nothing there.
	const start = `require(${JSON.stringify(loader)}); require(${JSON.stringify(file)});`;
	return new Worker(start, { eval: true, execArgv: [], workerData });
}
