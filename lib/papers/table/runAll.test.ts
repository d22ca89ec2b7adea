import { describe, expect, it, vi } from "vitest";
import { InputError } from "../../core/problem";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import type { RunResult } from "../../experiment/result";
import { hashOf, Interrupted } from "../../experiment/run";
import { inProcess, type JobEvent, type Runner } from "../../experiment/runJobs";
import { openStore } from "../../experiment/store";
import { esmmTable2 } from "../esmm/table2";
import { logAfterLog, runsOfTable } from "./neededRuns";
import type { TablePlan } from "./plan";
import { expectedSeconds, plannedRuns } from "./plannedSeconds";
import { runAll } from "./runAll";
import { storedPaperRuns } from "./runPaperTable";

const folder = temporaryFolders();
const hyper = { "*": { embedding: 4, mlp: [8], batch: 512, lr: 0.01, dropout: 0, epochs: 1, patience: 1 } };
const at = { preset: "tiny", rows: 6000, seeds: 2, hyper } as const;
const plan = (
	table: string,
	labels: string[],
	search?: TablePlan["protocol"]["scales"]["tiny"]["search"],
): TablePlan => ({
	...esmmTable2,
	...{ table, title: `ESMM, ${table}` },
	methods: esmmTable2.methods.filter(({ label }) => labels.includes(label)),
	protocol: {
		...esmmTable2.protocol,
		scales: { tiny: search ? { ...at, search } : at, demo: at, full: at },
	},
});
const first = plan("Table A", ["BASE", "ESMM"]);
const second = plan("Table B", ["BASE", "DIVISION"]);
const searched = plan("Table C", ["BASE", "AMAN"], {
	...{ rows: 6000, trials: 2, logSeed: 77, space: { aman: { rate: [0.1, 0.5] } } },
	choose: { metric: "auc(conversion|click)" },
});

describe("the runs of several tables", () => {
	it("are done log after log, those that tables share once, and again from the store", async () => {
		const store = openStore(folder());
		const needed = [
			await runsOfTable(first, { scale: "tiny", store }),
			await runsOfTable(second, { scale: "tiny", store }),
		];
		const logs = logAfterLog(needed).map(({ job }) => job.run.data);
		expect(logs.filter((log, i) => log !== logs[i - 1])).toEqual([...new Set(logs)]);
		const events: JobEvent[] = [];
		const heard: string[] = [];
		const options = { store, runner: inProcess(store), on: (event: JobEvent) => void events.push(event) };
		await runAll(needed, { ...options, result: ({ run }) => void heard.push(run) });
		expect(events.filter(({ kind }) => kind === "done")).toHaveLength(2 * 3);
		expect(new Set(heard).size).toBe(6);
		const found = await storedPaperRuns(second, { scale: "tiny", store });
		expect("missing" in found).toBe(false);
		events.length = 0;
		await runAll(needed, options);
		expect(events.map(({ kind }) => kind)).toEqual(Array(6).fill("skipped"));
	}, 60_000);
	it("are known once the search before a table has ended, and counted before", async () => {
		const store = openStore(folder());
		const before = await runsOfTable(searched, { scale: "tiny", store });
		expect([before.known, before.search.length, before.jobs.length]).toEqual([false, 2, 4]);
		await runAll([{ ...before, jobs: before.search }], { store, runner: inProcess(store) });
		const after = await runsOfTable(searched, { scale: "tiny", store });
		expect([after.known, after.jobs.length]).toEqual([true, 4]);
		const planned = plannedRuns(after, { store, expected: expectedSeconds(store), before: new Set() });
		expect(planned).toMatchObject({ runs: 6, searches: 2, stored: 2, shared: 0, preset: "tiny", rows: 6000, seeds: 2 });
	}, 60_000);
	it("of the pure-JavaScript tier, which tables would not find, are told at the first of them", async () => {
		const store = openStore(folder());
		const needed = [await runsOfTable(first, { scale: "tiny", store })];
		const [heard, done] = [vi.fn(), vi.fn()];
		const runner: Runner = {
			...{ slots: 1, close: async () => {} },
			do: async ({ run }) => {
				done();
				return { run: hashOf(run, "pure-js") } as RunResult;
			},
		};
		const all = runAll(needed, { store, runner, result: heard });
		await expect(all).rejects.toThrow(/native TensorFlow did not load.*`npm run setup` builds/);
		await expect(all).rejects.toThrow(InputError);
		expect([done.mock.calls.length < 4, heard.mock.calls.length]).toEqual([true, 0]);
	});
	it("that fail are told with their table once the others are done", async () => {
		const store = openStore(folder());
		const needed = [await runsOfTable(first, { scale: "tiny", store })];
		const done = vi.fn();
		const runner: Runner = {
			...inProcess(store),
			do: async ({ run, hash }) => {
				if (run.model === "esmm") throw new Error("out of luck");
				done(run.seed);
				return { run: hash } as never;
			},
		};
		await expect(runAll(needed, { store, runner })).rejects.toThrow(
			"2 of 4 runs failed (Table A: ESMM seed 1, Table A: ESMM seed 2): out of luck",
		);
		expect(done.mock.calls).toEqual([[1], [2]]);
	});
	it("stop where they are asked to, and nothing is lost", async () => {
		const store = openStore(folder());
		const needed = [await runsOfTable(first, { scale: "tiny", store })];
		const stop = new AbortController();
		const on = ({ kind }: JobEvent) => kind === "done" && stop.abort();
		await expect(runAll(needed, { store, runner: inProcess(store), on, signal: stop.signal })).rejects.toThrow(
			Interrupted,
		);
		expect(store.runs("")).toHaveLength(1);
	}, 60_000);
});

describe("what runs would take", () => {
	it("counts a run that tables share once", async () => {
		const store = openStore(folder());
		const rest = { store, expected: expectedSeconds(store), before: new Set<string>() };
		const [a, b] = [
			plannedRuns(await runsOfTable(first, { scale: "tiny", store }), rest),
			plannedRuns(await runsOfTable(second, { scale: "tiny", store }), rest),
		];
		expect([a.runs, a.shared, b.runs, b.shared]).toEqual([4, 0, 4, 2]);
		expect(a.from).toMatch(/^base, esmm: no run in the store, so 5 epochs at 200,000 rows\/s/);
		const again = plannedRuns(await runsOfTable(first, { scale: "tiny", store }), rest);
		expect([again.shared, again.seconds, again.from]).toEqual([4, 0, "what is missing is shared with what is above"]);
	});
});
