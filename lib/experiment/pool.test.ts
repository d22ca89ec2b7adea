import { spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { processMark } from "../core/alive";
import { projectRoot } from "../core/root";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { jobFor } from "./job";
import { type LocalPool, localPool } from "./pool";
import { Interrupted } from "./run";
import { type JobEvent, runJobs } from "./runJobs";
import { openStore } from "./store";

const folder = temporaryFolders();
const hyper = { embedding: 2, mlp: [4], epochs: 1, batch: 50 };
const source = { source: "simulator", preset: "tiny", rows: 4000, logSeed: 1 } as const;
const jobs = (seeds: readonly number[], epochs = 1) =>
	Promise.all(
		seeds.map((seed) => jobFor({ model: "esmm", source, seed, hyper: { ...hyper, epochs, patience: epochs } })),
	);
const pools: LocalPool[] = [];
const poolOf = (of: Parameters<typeof localPool>[0]) => {
	const pool = localPool(of);
	pools.push(pool);
	return pool;
};
afterEach(async () => {
	for (const pool of pools.splice(0)) await pool.close();
});
const metricsIn = (path: string) => {
	const store = openStore(path);
	return store.runs("").map((run) => [run, store.get(run)?.metrics]);
};

describe("the local pool", () => {
	it("does runs in processes with one thread each, as many as there are runs, and tells their steps", async () => {
		const store = openStore(folder());
		const pool = poolOf({ store, workers: 4 });
		const [events, pids]: [JobEvent[], Set<number>] = [[], new Set()];
		const on = (event: JobEvent) => {
			events.push(event);
			for (const pid of pool.pids()) pids.add(pid);
		};
		const { done, results } = await runJobs(await jobs([1, 2]), { store, runner: pool, on });
		expect([done, pids.size, pids.has(process.pid)]).toEqual([2, 2, false]);
		for (const { engine } of results.values()) expect(engine.threads).toBe(1);
		expect(events.filter(({ kind }) => kind === "step").length).toBeGreaterThanOrEqual(2);
		expect(readdirSync(store.folder).sort()).toEqual(store.runs("").map((run) => `${run}.json`));
		const again = await runJobs(await jobs([3]), { store, runner: pool });
		expect([again.done, pool.pids().every((pid) => pids.has(pid))]).toEqual([1, true]);
	});
	it("a child that is killed in the middle is replaced, and its run is as if nothing had happened", async () => {
		const [calm, hit] = [openStore(folder()), openStore(folder())];
		const list = await jobs([1, 2, 3], 30);
		await runJobs(list, { store: calm, runner: poolOf({ store: calm, workers: 2 }) });
		const pool = poolOf({ store: hit, workers: 2 });
		let kills = 0;
		// Steps are told a few times a second, so a run must last: one that is over in a moment is never seen in its middle.
		const on = ({ kind, training }: JobEvent) => {
			const child = pool.pids()[0];
			if (kind !== "step" || kills === 2 || child === undefined || (training?.update ?? 0) < 5) return;
			process.kill(child, "SIGKILL");
			kills++;
		};
		const outcome = await runJobs(list, { store: hit, runner: pool, on });
		expect([kills, outcome.done, outcome.failed]).toEqual([2, 3, 0]);
		expect(metricsIn(hit.folder)).toEqual(metricsIn(calm.folder));
	});
	it("a run that kills its child three times has failed, and says why", async () => {
		const store = openStore(folder());
		const pool = poolOf({ store, workers: 1 });
		let kills = 0;
		const on = ({ kind, job }: JobEvent) => {
			if (kind !== "step" || job.run.seed !== 1) return;
			kills++;
			for (const pid of pool.pids()) process.kill(pid, "SIGKILL");
		};
		const { done, failed, reasons } = await runJobs(await jobs([1, 2], 4), { store, runner: pool, on });
		expect([done, failed, kills]).toEqual([1, 1, 3]);
		expect([...reasons.values()]).toEqual([expect.stringContaining("its process was killed 3 times")]);
	});
	it("stopped, it keeps the checkpoint of the run at hand, and goes on from it", async () => {
		const store = openStore(folder());
		const [job] = await jobs([1], 40);
		const stop = new AbortController();
		const on = ({ training }: JobEvent) => (training?.update ?? 0) > 3 && stop.abort();
		const stopped = runJobs([job], { store, runner: poolOf({ store, workers: 2 }), on, signal: stop.signal });
		await expect(stopped).rejects.toThrow(Interrupted);
		expect(existsSync(store.checkpoint(job.hash))).toBe(true);
		const updates: number[] = [];
		const hear = ({ training }: JobEvent) => training && updates.push(training.update);
		await runJobs([job], { store, runner: poolOf({ store, workers: 1 }), on: hear });
		expect(updates[0]).toBeGreaterThan(3);
		expect(existsSync(store.checkpoint(job.hash))).toBe(false);
	});
	it("ends with its driver, killed in the middle, and keeps the checkpoint of the run at hand", async () => {
		const store = openStore(folder());
		const [job] = await jobs([1], 1000);
		const lib = (name: string) => JSON.stringify(join(projectRoot(), "lib/experiment", name));
		const program = join(folder(), "driver.ts");
		writeFileSync(
			program,
			`import { localPool } from ${lib("pool")};
			import { runJobs } from ${lib("runJobs")};
			import { openStore } from ${lib("store")};
			const store = openStore(${JSON.stringify(store.folder)});
			const runner = localPool({ store, workers: 1 });
			let steps = 0;
			const on = ({ kind }: { kind: string }) => {
				if (kind === "step" && steps++ === 1) process.stdout.write(String(runner.pids()[0]));
			};
			runJobs([${JSON.stringify(job)}], { store, runner, on });`,
		);
		const loader = pathToFileURL(createRequire(join(projectRoot(), "package.json")).resolve("tsx")).href;
		const driver = spawn(process.execPath, ["--import", loader, program], { cwd: projectRoot() });
		const child = Number(await new Promise((told) => driver.stdout.once("data", told)));
		driver.kill("SIGKILL");
		try {
			const until = Date.now() + 8000;
			while (processMark(child) !== undefined && Date.now() < until) await wait(50);
			expect(processMark(child)).toBeUndefined();
			expect([existsSync(store.checkpoint(job.hash)), existsSync(store.lease(job.hash))]).toEqual([true, false]);
		} finally {
			if (processMark(child) !== undefined) process.kill(child, "SIGKILL");
		}
	});
	it("what is wrong with a run comes back as the child tells it", async () => {
		const store = openStore(folder());
		const [job] = await jobs([1]);
		const wrong = { ...job, hash: "0", run: { ...job.run, data: "another" } };
		const { reasons } = await runJobs([wrong], { store, runner: poolOf({ store, workers: 1 }) });
		expect(reasons.get("0")).toMatch(/has changed: its fingerprint is .*, the run is for another/);
	});
});
