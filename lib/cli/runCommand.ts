import { spawn } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../core/root";

/** How a command ended. */
export interface Ended {
	code: number | null;
	stdout: string;
	stderr: string;
	/** The last line of stderr, where a command that fails says why. */
	last: string;
	seconds: number;
}

/** For tests: runs a command as `npm run NAME -- …` does. `interruptAt` sends a signal (SIGINT) once stderr holds a text. */
export function runCommand(
	name: string,
	args: readonly string[],
	interruptAt?: string,
	signal: NodeJS.Signals = "SIGINT",
): Promise<Ended> {
	const begun = performance.now();
	const root = projectRoot();
	const child = spawn(process.execPath, [join(root, "lib/setup/run.mjs"), name, ...args], { cwd: root });
	let [stdout, stderr, interrupted] = ["", "", false];
	child.stdout.on("data", (piece) => {
		stdout += piece;
	});
	child.stderr.on("data", (piece) => {
		stderr += piece;
		if (interrupted || interruptAt === undefined || !stderr.includes(interruptAt)) return;
		interrupted = true;
		child.kill(signal);
	});
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (code) => {
			const last =
				stderr
					.trimEnd()
					.split(/[\r\n]+/)
					.at(-1) ?? "";
			resolve({ code, stdout, stderr, last, seconds: (performance.now() - begun) / 1000 });
		});
	});
}
