import { readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { readPredictions } from "../../experiment/predictions";
import { Interrupted } from "../../experiment/run";
import { inProcess, type JobEvent } from "../../experiment/runJobs";
import { openStore } from "../../experiment/store";
import { bootstrapDifference } from "../../metrics/comparison/bootstrap";
import { esmmTable2 } from "../esmm/table2";
import { paperTable } from "./paperTable";
import type { TablePlan } from "./plan";
import { plannedTable } from "./plannedSeconds";
import { type PaperRuns, runPaperTable, storedPaperRuns } from "./runPaperTable";

const folder = temporaryFolders();
const hyper = { "*": { embedding: 4, mlp: [8], batch: 512, lr: 0.01, dropout: 0, epochs: 2 } };
const at = (seeds: number) => ({ preset: "tiny", rows: 8000, seeds, hyper }) as const;
/** Two methods of ESMM's Table 2, on small logs. */
const plan: TablePlan = {
	...esmmTable2,
	methods: esmmTable2.methods.filter(({ label }) => label === "BASE" || label === "ESMM"),
	protocol: { ...esmmTable2.protocol, scales: { tiny: at(2), demo: at(1), full: at(3) } },
};
const store = openStore(folder());
const events: JobEvent[] = [];
let runs: PaperRuns;
beforeAll(async () => {
	runs = await runPaperTable(plan, { scale: "tiny", store, on: (event) => events.push(event) });
});

describe("a paper's table", () => {
	it("is one run a method and seed, test part opened for it, the pCTR of BASE shared", () => {
		expect(Object.keys(runs.results)).toEqual(["BASE", "ESMM"]);
		for (const [label, results] of Object.entries(runs.results)) {
			expect(results.map(({ seed }) => seed)).toEqual([1, 2]);
			for (const { opened, ctr } of results) {
				expect(opened?.by).toBe("ESMM, Table 2");
				const network = { model: "base", modelVersion: 1, hyper: runs.results.BASE[0].hyper };
				expect(ctr).toEqual(label === "BASE" ? "own" : network);
			}
		}
		const [base, esmm] = [runs.results.BASE[0], runs.results.ESMM[0]];
		expect(esmm.data.fingerprint).toBe(base.data.fingerprint);
		expect(esmm.test?.["auc(click|impression)"]).toEqual(base.test?.["auc(click|impression)"]);
		expect(esmm.test?.["auc(conversion|click)"]).not.toEqual(base.test?.["auc(conversion|click)"]);
		expect(events.filter(({ kind }) => kind === "done")).toHaveLength(4);
	});
	it("has the paper's methods, columns and numbers as fractions, and a verdict with its reason", async () => {
		const { rows, lead, notes } = await paperTable(runs);
		expect(rows.map(({ label, column, published }) => [label, column, published?.value])).toEqual([
			["BASE", "CVR AUC (clicked)", 0.66],
			["ESMM", "CVR AUC (clicked)", expect.closeTo(0.6856, 10)],
			["BASE", "CTCVR AUC (all impressions)", expect.closeTo(0.6207, 10)],
			["ESMM", "CTCVR AUC (all impressions)", expect.closeTo(0.6532, 10)],
		]);
		for (const { label, column, ours, verdict, reason } of rows) {
			const metric = column.startsWith("CVR") ? "auc(conversion|click)" : "auc(conversion|impression)";
			const values = runs.results[label].map(({ test }) => test?.[metric].value as number);
			expect(ours.mean).toBeCloseTo((values[0] + values[1]) / 2, 12);
			expect(["same-order", "outside", "not-comparable"]).toContain(verdict);
			expect(reason.length).toBeGreaterThan(20);
		}
		expect(lead).toHaveLength(2);
		expect(lead?.[0]).toMatch(
			/^CVR AUC \(clicked\): the smallest difference that 2 paired seeds could detect is \d\.\d{4} \(ESMM − BASE\)$/,
		);
		expect(notes.join("\n")).toContain("2 paired seeds, each with a log of its own");
	});
	it("leaves out what is not registered yet, by name", async () => {
		const unknown = { ...plan, methods: [...plan.methods, { label: "NEW", model: "not-there" }] };
		const { notes } = await paperTable(await runPaperTable(unknown, { scale: "tiny", store }));
		expect(notes.find((note) => note.startsWith("not registered yet"))).toMatch(/NEW \(not-there\)/);
		const baseless = { ...unknown, baseline: "NEW" };
		await expect(runPaperTable(baseless, { scale: "tiny", store })).rejects.toThrow(
			"ESMM, Table 2 cannot be computed: NEW: not registered",
		);
	});
	it("the same again comes from the store, by any runner, and from the store alone", async () => {
		const seen: string[] = [];
		const runner = { ...inProcess(store), do: () => Promise.reject(new Error("nothing is to be done")) };
		const again = await runPaperTable(plan, { scale: "tiny", store, runner, on: ({ kind }) => seen.push(kind) });
		expect(seen).toEqual(Array(4).fill("skipped"));
		expect((await paperTable(again)).rows).toEqual((await paperTable(runs)).rows);
		const stored = await storedPaperRuns(plan, { scale: "tiny", store });
		expect("missing" in stored).toBe(false);
		expect((await paperTable(stored as PaperRuns)).rows).toEqual((await paperTable(runs)).rows);
		const more = await storedPaperRuns(plan, { scale: "full", store });
		expect("missing" in more && [more.runs, more.missing.map(({ label, seed }) => [label, seed])]).toEqual([
			6,
			[
				["BASE", 3],
				["ESMM", 3],
			],
		]);
	});
	it("with one seed, differences are over users, from kept predictions; without those it says so", async () => {
		const one = await runPaperTable(plan, { scale: "demo", store });
		const [cvr, ctcvr] = (await paperTable(one)).rows.filter(({ label }) => label === "ESMM");
		const [a, b] = await Promise.all(
			[one.results.ESMM[0], one.results.BASE[0]].map(({ run }) => readPredictions(store, run, "test")),
		);
		const users = { labels: a.events.conversion, user: a.user as Int32Array };
		const prob = "conversion|impression";
		const expected = bootstrapDifference(a.predictions[prob], b.predictions[prob], users, { metric: "auc", seed: 1 });
		expect(ctcvr.reason).toContain(`${expected.clusters.toLocaleString("en-US")} users of one seed, drawn again`);
		const [low, high] = [expected.low, expected.high].map((x) => `${x >= 0 ? "+" : "−"}${Math.abs(x).toFixed(4)}`);
		expect(ctcvr.reason).toContain(`[${low}, ${high}]`);
		expect(cvr.reason).toMatch(/users of one seed, drawn again/);
		const bare = openStore(folder());
		const bared = { ...one, store: bare };
		expect((await paperTable(bared)).rows[1].reason).toMatch(
			/no comparison: one seed, and its users cannot be drawn again: no run \w{64} is in the store/,
		);
	});
	it("an interrupt stores no result of half a network, and the same call goes on", async () => {
		const at = folder();
		const stop = new AbortController();
		const interrupted = runPaperTable(plan, {
			...{ scale: "tiny", store: openStore(at), signal: stop.signal },
			// ESMM trains in one stage: what has two is BASE, for its pCTR.
			on: ({ training }) => void (training?.stages === 2 && stop.abort()),
		});
		await expect(interrupted).rejects.toThrow(Interrupted);
		expect(readdirSync(at).filter((name) => name.endsWith(".json"))).toHaveLength(0);
		const again = await runPaperTable(plan, { scale: "tiny", store: openStore(at) });
		expect(again.results.ESMM.map(({ metrics }) => metrics)).toEqual(runs.results.ESMM.map(({ metrics }) => metrics));
	});
	it("runs that fail are named, and the others are in the store", async () => {
		const at = openStore(folder());
		const plain = inProcess(at);
		const runner: typeof plain = {
			...plain,
			do: (job, on, signal) =>
				job.run.model === "base" ? plain.do(job, on, signal) : Promise.reject(new Error("no memory")),
		};
		await expect(runPaperTable(plan, { scale: "tiny", store: at, runner })).rejects.toThrow(
			"ESMM, Table 2: 2 of 4 runs failed (ESMM seed 1, ESMM seed 2): no memory",
		);
		expect(at.runs("")).toHaveLength(2);
	});
});

describe("what a table would take", () => {
	it("is told before it starts: runs, those in the store, and seconds from rates of runs like them", async () => {
		expect(await plannedTable(plan, { scale: "tiny", store })).toMatchObject({
			runs: 4,
			stored: 4,
			seconds: 0,
			seeds: 2,
		});
		const empty = openStore(folder());
		expect(await plannedTable(plan, { scale: "full", store: empty })).toMatchObject({
			...{ paper: "esmm", table: "Table 2", preset: "tiny", rows: 8000, seeds: 3, runs: 6, stored: 0 },
			from: expect.stringContaining("base, esmm: no run in the store, so 5 epochs at 200,000 rows/s"),
		});
		const slow = runs.results.BASE.map((result) => ({ ...result, samplesPerSecond: 10, epochs: 4 }));
		for (const result of slow) await empty.put(result);
		const { stored, seconds, from } = await plannedTable(plan, { scale: "full", store: empty });
		expect(stored).toBe(2);
		expect(from).toContain("base: 2 runs in the store");
		// One BASE at 10 rows a second, three ESMM of 5 epochs at 200,000, and beside each its part of the log, validation and metrics.
		const training = (4 * 0.45 * 8000) / 10 + 3 * 0.09;
		const cores = Math.min(availableParallelism(), 4);
		expect(seconds).toBeCloseTo((training + 4 * (0.5 + 8e-6 * 8000)) / cores, -0.3);
		rmSync(empty.folder, { recursive: true });
	});
});
