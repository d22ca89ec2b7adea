import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { stream } from "../../core/random";
import { projectRoot } from "../../core/root";
import { jobFor } from "../job";
import type { RunResult } from "../result";
import { runJobs } from "../runJobs";
import { openStore } from "../store";
import { type RedisServer, startRedis } from "./redisServer";
import { queueRunner } from "./runner";

/** What is killed by the system: the worker, one of the processes in which it runs, the driver, Redis. */
export const TARGETS = ["worker", "process of a run", "driver", "Redis"] as const;
export type Target = (typeof TARGETS)[number];

/** A kill: once so many results are there, so many milliseconds later. */
export interface Kill {
	target: Target;
	results: number;
	later: number;
}

/** Draws the kills of a round: each target once. */
export function drawKills(seed: number, runs: number): Kill[] {
	const random = stream(seed, "queue kills");
	return TARGETS.map((target) => ({ target, results: random.int(runs / 2), later: random.int(400) })).sort(
		(a, b) => a.results - b.results || a.later - b.later,
	);
}

export const inWords = (kills: readonly Kill[]): string =>
	kills.map(({ target, results, later }) => `${target} ${later} ms after result ${results}`).join(", ");

/** Does a sweep of short runs over a queue, and tells how many are done. */
export async function doneOf(url: string, folder: string, runs: number): Promise<number> {
	const store = openStore(folder);
	const runner = await queueRunner(url, { store });
	const jobs = Array.from({ length: runs }, (_, seed) =>
		jobFor({
			model: seed % 2 === 0 ? "base" : "esmm",
			seed,
			source: { source: "simulator", preset: "tiny", rows: 3000, logSeed: 1 },
			hyper: { epochs: 1, batch: 64 },
			...(seed % 10 === 3 ? { final: { by: "a test" } } : {}),
		}),
	);
	const { results, reasons } = await runJobs(await Promise.all(jobs), { store, runner });
	await runner.close();
	for (const [hash, reason] of reasons) process.stderr.write(`${hash}: ${reason}\n`);
	return results.size;
}

/** A port that nobody listens to. */
export const freePort = (): Promise<number> =>
	new Promise((resolve) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});

const loader = pathToFileURL(createRequire(join(projectRoot(), "package.json")).resolve("tsx")).href;

/** Starts a program of the project, with what it writes to stderr collected. */
export function start(args: readonly string[], errors: string[] = []): ChildProcess {
	const child = spawn(process.execPath, args, { cwd: projectRoot(), stdio: ["ignore", "ignore", "pipe"] });
	child.stderr?.on("data", (piece) => errors.push(String(piece)));
	return child;
}

export const startWorker = (
	url: string,
	store: string,
	more: readonly string[] = [],
	errors?: string[],
): ChildProcess =>
	start([join(projectRoot(), "lib/setup/run.mjs"), "worker", "--queue", url, "--store", store, ...more], errors);

/** The processes that a process has started. */
export function childrenOf(pid: number): number[] {
	const list = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
	return list.flatMap((line) => {
		const [child, parent] = line.trim().split(/\s+/).map(Number);
		return parent === pid ? [child] : [];
	});
}

/** How a sweep ended. */
export interface Swept {
	results: RunResult[];
	seconds: number;
	/** For each kill, the seconds until the next result. One whose moment came when the sweep was over is not among them. */
	recovery: { target: Target; seconds: number }[];
	/** What worker and driver wrote to stderr. */
	errors: string;
}

/**
 * Does a sweep with a Redis, a worker and a driver, each in a process of its own; kills what it is told, and starts it again at once.
 * The driver's results are read from its store.
 */
export async function sweepWithKills(folder: string, runs: number, kills: readonly Kill[]): Promise<Swept> {
	const begun = performance.now();
	const port = await freePort();
	const [data, results, store] = ["redis", "results", "worker"].map((name) => join(folder, name));
	const errors: string[] = [];
	const alive = new Set<ChildProcess>();
	const keep = (child: ChildProcess) => {
		alive.add(child);
		child.on("exit", () => alive.delete(child));
		return child;
	};
	let redis: RedisServer = await startRedis({ port, folder: data });
	const { url } = redis;
	// A worker that begins while Redis is away says so and ends with 2: whoever looks after it begins it again.
	const newWorker = (): ChildProcess => {
		const child = keep(startWorker(url, store, ["--workers", "2"], errors));
		child.on("exit", (code) => {
			if (code === 2 && child === worker) worker = newWorker();
		});
		return child;
	};
	const program = join(projectRoot(), "lib/experiment/queue/killedDriver.ts");
	const newDriver = () => keep(start(["--import", loader, program, url, results, String(runs)], errors));
	const there = openStore(results);
	const count = () => there.runs("").length;
	let [worker, driver] = [newWorker(), newDriver()];
	const recovery: Swept["recovery"] = [];
	// A driver that begins while Redis is away says so and ends: its user gives the command again.
	const isAway = () => driver.exitCode === 1 && /cannot reach Redis/.test(errors.slice(-3).join(""));
	const ended = (): number | null => {
		if (isAway()) {
			errors.push("", "", "");
			driver = newDriver();
		}
		return driver.exitCode;
	};
	const strike: Record<Target, () => Promise<boolean>> = {
		async worker() {
			worker.kill("SIGKILL");
			worker = newWorker();
			return true;
		},
		async "process of a run"() {
			// A worker that was just started has none before it has got a run, which one that was killed still held for some seconds.
			for (let tries = 0; tries < 1200 && ended() === null; tries++) {
				const [pid] = childrenOf(worker.pid as number);
				if (pid !== undefined) {
					process.kill(pid, "SIGKILL");
					return true;
				}
				await wait(50);
			}
			if (ended() === null) throw new Error("the worker has no process to kill");
			return false;
		},
		async driver() {
			driver.kill("SIGKILL");
			driver = newDriver();
			return true;
		},
		async Redis() {
			process.kill(redis.pid, "SIGKILL");
			await redis.ended;
			redis = await startRedis({ port, folder: data });
			return true;
		},
	};
	try {
		for (const { target, results, later } of kills) {
			while (count() < results && ended() === null) await wait(10);
			await wait(later);
			if (ended() !== null) break;
			const [before, at] = [count(), performance.now()];
			if (!(await strike[target]())) break;
			while (count() === before && ended() === null) await wait(10);
			recovery.push({ target, seconds: (performance.now() - at) / 1000 });
		}
		while (ended() === null) await wait(20);
		if (ended() !== 0) throw new Error(`the driver ended with ${ended()}: ${errors.join("")}`);
		const found = there.runs("").map((hash) => there.get(hash) as RunResult);
		return { results: found, seconds: (performance.now() - begun) / 1000, recovery, errors: errors.join("") };
	} finally {
		for (const child of alive) child.kill("SIGKILL");
		await redis.stop();
	}
}

/** A result without what a clock says. */
export function timeless({ samplesPerSecond: _, opened, ...rest }: RunResult): object {
	return { ...rest, opened: opened?.by };
}
