import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../lib/core/root";

/** What a program took. */
export interface Measured {
	/** Wall time from its start to its end. */
	seconds: number;
	/** Processor time, user and system, of the program and what it started. */
	cpuSeconds: number;
	/** Largest resident memory of a process of it, in 10^6 bytes. */
	peakMB: number;
	/** What it printed. */
	stdout: string;
}

/** How a program is run. */
export interface ChildOptions {
	/** Ends the program where it is aborted. */
	signal?: AbortSignal;
	/** Hears its stderr, line by line. */
	say?: (line: string) => void;
}

/**
 * Runs a program to its end and gives what it printed.
 *
 * @throws Error it failed (with the last line of its stderr), or was stopped
 */
export function child(program: readonly string[], { signal, say }: ChildOptions = {}): Promise<string> {
	return new Promise((resolve, reject) => {
		const [file, ...args] = program;
		const started: ChildProcess = spawn(file, args, { cwd: projectRoot(), stdio: ["ignore", "pipe", "pipe"] });
		let [stdout, stderr] = ["", ""];
		const stop = () => started.kill("SIGTERM");
		if (signal?.aborted) stop();
		signal?.addEventListener("abort", stop, { once: true });
		started.stdout?.on("data", (piece) => {
			stdout += piece;
		});
		started.stderr?.on("data", (piece) => {
			stderr += piece;
			for (const line of String(piece).split(/[\r\n]+/)) if (line.trim() !== "") say?.(line);
		});
		started.on("error", reject);
		started.on("close", (code, ended) => {
			signal?.removeEventListener("abort", stop);
			if (code === 0) resolve(stdout);
			else if (signal?.aborted) reject(new Error("stopped; nothing was recorded"));
			else {
				const lines = stderr.trim().split(/[\r\n]+/);
				reject(new Error(`${program.join(" ")} failed (${code ?? ended}): ${lines[lines.length - 1]}`));
			}
		});
	});
}

/** Runs a program under `peers/measured.py`; `report` is a file for what it took, removed at the end. */
export async function measured(
	program: readonly string[],
	report: string,
	options: ChildOptions = {},
): Promise<Measured> {
	const root = projectRoot();
	const python = join(root, ".venv/bin/python");
	const stdout = await child([python, join(root, "bench/peers/measured.py"), report, ...program], options);
	const { seconds, cpuSeconds, peakBytes } = JSON.parse(readFileSync(report, "utf8"));
	rmSync(report);
	return { seconds, cpuSeconds, peakMB: peakBytes / 1e6, stdout };
}
