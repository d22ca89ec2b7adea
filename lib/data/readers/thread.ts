import { createRequire } from "node:module";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "../../core/root";

const programs = new Map<string, string>();

/**
 * Starts a TypeScript program of lib in a thread of its own, as one piece of JavaScript: a thread has none of this one's
 * loaders, and code in one piece starts sooner and calls its functions directly.
 *
 * @param program its file under lib
 */
export function thread(program: string, workerData: unknown): Worker {
	const root = projectRoot();
	let code = programs.get(program);
	if (code === undefined) {
		const { buildSync }: typeof import("esbuild") = createRequire(join(root, "package.json"))("esbuild");
		const entryPoints = [join(root, "lib", program)];
		const built = buildSync({ entryPoints, bundle: true, platform: "node", format: "cjs", write: false });
		code = built.outputFiles[0].text;
		programs.set(program, code);
	}
	return new Worker(code, { eval: true, execArgv: [], workerData });
}
