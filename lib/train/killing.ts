import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stream } from "../core/random";
import { projectRoot } from "../core/root";

const program = join(projectRoot(), "lib/train/killedTraining.ts");
const loader = pathToFileURL(createRequire(join(projectRoot(), "package.json")).resolve("tsx")).href;

/** For tests: trains in a process of its own; kills it, if asked, some milliseconds after its first step. Tells whether it ended by itself. */
export function trainInProcess(model: string, checkpoint: string, killAfter?: number): Promise<boolean> {
	const child = spawn(process.execPath, ["--import", loader, program, model, checkpoint]);
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
export async function killedUntilEnd(model: string, checkpoint: string, kills: number, seed: number): Promise<number> {
	const random = stream(seed, "kills");
	let killed = 0;
	while (killed < kills) {
		if (await trainInProcess(model, checkpoint, random.int(150))) break;
		killed++;
	}
	await trainInProcess(model, checkpoint);
	return killed;
}
