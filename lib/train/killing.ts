import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stream } from "../core/random";
import { projectRoot } from "../core/root";

const program = join(projectRoot(), "lib/train/killedTraining.ts");
const loader = pathToFileURL(createRequire(join(projectRoot(), "package.json")).resolve("tsx")).href;

/** What is trained in a process of its own: a model, on toy rows or on those of a folder, with so many threads. */
export interface Killable {
	model: string;
	folder?: string;
	threads?: number;
}

/** For tests: trains in a process of its own; kills it, if asked, some milliseconds after its first step. Tells whether it ended by itself. */
export function trainInProcess(
	{ model, folder, threads }: Killable,
	checkpoint: string,
	killAfter?: number,
): Promise<boolean> {
	const args = [program, model, checkpoint, ...(folder === undefined ? [] : [folder])];
	const env = threads === undefined ? process.env : { ...process.env, TF_NUM_INTRAOP_THREADS: String(threads) };
	const child = spawn(process.execPath, ["--import", loader, ...args], { env });
	let [stderr, timer]: [string, NodeJS.Timeout | undefined] = ["", undefined];
	child.stderr.on("data", (text) => {
		stderr += text;
	});
	child.stdout.once("data", () => {
		if (killAfter !== undefined) timer = setTimeout(() => child.kill("SIGKILL"), killAfter);
	});
	return new Promise((resolve, reject) => {
		child.on("close", (code, signal) => {
			clearTimeout(timer);
			if (code === 0 || signal === "SIGKILL") resolve(code === 0);
			else reject(new Error(stderr));
		});
	});
}

/** For tests: kills a training at random moments, `kills` times, and lets it end. Tells how often it was killed. */
export async function killedUntilEnd(what: Killable, checkpoint: string, kills: number, seed: number): Promise<number> {
	const random = stream(seed, "kills");
	let killed = 0;
	while (killed < kills) {
		if (await trainInProcess(what, checkpoint, random.int(150))) break;
		killed++;
	}
	await trainInProcess(what, checkpoint);
	return killed;
}
