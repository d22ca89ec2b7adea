import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { type Job, jobFor } from "./job";
import { arePredictionsKept } from "./predictions";
import type { RunResult } from "./result";
import { Interrupted } from "./run";
import { inProcess, type JobEvent, type Runner, runJobs } from "./runJobs";
import { openStore } from "./store";

const folder = temporaryFolders();
const hyper = { embedding: 2, mlp: [4], epochs: 1 };
const source = { source: "simulator", preset: "tiny", rows: 4000, logSeed: 1 } as const;
const jobs = (seeds: readonly number[], final?: Job["final"]) =>
	Promise.all(seeds.map((seed) => jobFor({ model: "esmm", source, seed, hyper, final })));

describe("jobs in this process", () => {
	it("are done once each, skipped when they are in the store, and done again for the test part", async () => {
		const store = openStore(folder());
		const events: JobEvent[] = [];
		const of = async (list: readonly Job[]) =>
			runJobs(list, { store, runner: inProcess(store), on: (event) => void events.push(event) });
		const [one, two] = await jobs([1, 2]);
		expect(await of([one, one])).toMatchObject({ runs: 1, done: 1, running: 0, failed: 0, skipped: 0 });
		expect(events.map(({ kind }) => kind).filter((kind) => kind !== "step")).toEqual(["begun", "done"]);
		const both = await of([one, two]);
		expect(both).toMatchObject({ runs: 2, done: 1, skipped: 1 });
		expect([...both.results.keys()].sort()).toEqual([one.hash, two.hash].sort());
		expect(await of(await jobs([1, 2], { by: "a test" }))).toMatchObject({ done: 2, skipped: 0 });
		expect(await of(await jobs([1, 2], { by: "a test" }))).toMatchObject({ done: 0, skipped: 2 });
		expect(store.get(one.hash)?.opened?.by).toBe("a test");
		writeFileSync(store.predictions(one.hash), "damaged");
		expect(await of(await jobs([1, 2], { by: "a test" }))).toMatchObject({ done: 1, skipped: 1 });
		expect(await arePredictionsKept(store, store.get(one.hash) as RunResult)).toBe(true);
	});
	it("that fail are counted with their reason, and the others go on", async () => {
		const store = openStore(folder());
		const [one, two] = await jobs([1, 2]);
		const wrong = { ...one, hash: "0", run: { ...one.run, data: "another" } };
		const { failed, done, reasons } = await runJobs([wrong, two], { store, runner: inProcess(store) });
		expect([failed, done]).toEqual([1, 1]);
		expect(reasons.get("0")).toMatch(/has changed: its fingerprint is .*, the run is for another/);
	});
	it("that are stopped say how many are done, and go on", async () => {
		const store = openStore(folder());
		const list = await jobs([1, 2, 3]);
		const stop = new AbortController();
		const on = ({ kind }: JobEvent) => kind === "done" && stop.abort();
		const stopped = runJobs(list, { store, runner: inProcess(store), on, signal: stop.signal });
		await expect(stopped).rejects.toThrow(Interrupted);
		await expect(stopped).rejects.toThrow("stopped with 1 of 3 runs done");
		expect(await runJobs(list, { store, runner: inProcess(store) })).toMatchObject({ done: 2, skipped: 1 });
	});
	it("fill a runner's slots and no more, in the order of the list", async () => {
		const store = openStore(folder());
		const list = await jobs([1, 2, 3, 4, 5]);
		const [seen, here]: [number[], { now: number; most: number }] = [[], { now: 0, most: 0 }];
		const plain = inProcess(store);
		const runner: Runner = {
			slots: 2,
			async do(job, hear, signal) {
				seen.push(job.run.seed);
				here.most = Math.max(here.most, ++here.now);
				return plain.do(job, hear, signal).finally(() => here.now--);
			},
			close: plain.close,
		};
		expect(await runJobs(list, { store, runner })).toMatchObject({ done: 5 });
		expect([seen, here.most]).toEqual([[1, 2, 3, 4, 5], 2]);
	});
});
