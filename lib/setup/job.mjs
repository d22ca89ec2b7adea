import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A step that cannot be done: one line that says what happened and what to do. */
export class SetupError extends Error {
	name = "SetupError";
}

const NETWORK =
	/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Max retries exceeded|Temporary failure in name resolution|No matching distribution found.*\(from versions: none\)|from versions: none/;

/** Why a program failed, in one line made from what it printed. */
export function failureLine(what, output, code) {
	if (NETWORK.test(output))
		return `${what}: the package registry cannot be reached; connect to the network (or set the proxy) and run npm run setup again`;
	if (/ENOSPC|No space left on device/.test(output))
		return `${what}: the disk is full; free some space and run npm run setup again`;
	if (/DO NOT MATCH THE HASHES|EINTEGRITY/.test(output))
		return `${what}: a downloaded file does not have the pinned hash; it was not used. Run npm run setup again, and if it happens again the registry or proxy alters files`;
	if (/code EUSAGE/.test(output))
		return `${what}: package-lock.json does not fit package.json; take both from the same commit, or run npm install`;
	const lines = output
		.split("\n")
		.map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim())
		.filter((line) => !/^(code|errno|syscall|path|dest|A complete log)\b/.test(line));
	const cause = lines.find((line) => /error|cannot|failed|not found/i.test(line)) ?? lines.filter(Boolean).at(-1) ?? "";
	return `${what} failed (${code}): ${cause.slice(0, 300)}`;
}

let running;

const ENDINGS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * Until the function it returns is called: Ctrl-C, a closed terminal and `kill` end the set-up together with the program
 * it waits for, so that none is left behind.
 */
export function endWithChildren() {
	const end = (signal) => {
		running?.kill(signal);
		process.exit(ENDINGS[signal]);
	};
	for (const signal of Object.keys(ENDINGS)) process.on(signal, end);
	return () => {
		for (const signal of Object.keys(ENDINGS)) process.off(signal, end);
	};
}

function megabytes(folder) {
	let bytes = 0;
	if (!existsSync(folder)) return 0;
	for (const name of readdirSync(folder, { recursive: true })) {
		bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
	}
	return bytes / 1e6;
}

/**
 * Runs a program to its end with its output kept, and fails with one line. Every ten seconds it says that it is still at
 * work, with the megabytes that lie in `watch` so far. `onStart` hears the program's process id.
 */
export function runJob(what, command, args, { cwd, env, say = () => {}, watch, onStart } = {}) {
	return new Promise((done, fail) => {
		const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
		running = child;
		onStart?.(child.pid);
		const start = Date.now();
		const beat = setInterval(() => {
			const size = watch ? megabytes(watch) : 0;
			say(`${what}: ${Math.round((Date.now() - start) / 1000)} s${size >= 1 ? `, ${size.toFixed(0)} MB` : ""} …`);
		}, 10_000);
		let stdout = "";
		let stderr = "";
		child.stdout.on("data", (text) => {
			stdout += text;
		});
		child.stderr.on("data", (text) => {
			stderr += text;
		});
		const end = () => {
			clearInterval(beat);
			running = undefined;
		};
		child.on("error", (error) => {
			end();
			fail(new SetupError(`${what}: cannot run ${command} (${error.code})`));
		});
		child.on("close", (code, signal) => {
			end();
			if (code === 0) done(stdout);
			else fail(new SetupError(failureLine(what, stderr + stdout, signal ?? code), { cause: stderr + stdout }));
		});
	});
}

/** Environment for Python programs: nothing of the user's own packages gets in, temporary files stay on the project's disk. */
export function pythonEnvironment(scratch) {
	return { PYTHONPATH: "", PYTHONHOME: undefined, PYTHONNOUSERSITE: "1", PYTHONDONTWRITEBYTECODE: "", TMPDIR: scratch };
}
