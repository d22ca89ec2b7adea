import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import type { MetricValue } from "../../metrics/value";
import type { Job } from "../job";
import type { RunResult } from "../result";
import type { Runner } from "../runJobs";
import { openStore, type Store } from "../store";
import type { SweepEvent } from "./progress";
import { readSweep } from "./readSpec";
import { recordFile } from "./record";
import { runSweep } from "./runSweep";
import type { SweepSpec } from "./spec";

const folder = temporaryFolders();
const METRIC = "auc(conversion|impression)";
const spec: SweepSpec<"base" | "esmm"> = {
	models: ["base", "esmm"],
	data: { source: "simulator", preset: "tiny", rows: 4000 },
	seeds: [1, 2],
	space: { "*": { lr: [0.1, 0.2, 0.3] } },
	search: "grid",
	choose: { metric: METRIC },
};
const value = (of: number | null): MetricValue => ({
	value: of,
	se: 0.01,
	space: "impression",
	n: 100,
	positives: 10,
	...(of === null ? { reason: "one class" } : {}),
});

/** What a made-up run gives: its metrics from the job, or an error. */
type World = (job: Job) => { valid: number | null; test?: number; fault?: string };

/** A runner whose results are made up, and the jobs it was given. */
function madeUp(store: Store, world: World) {
	const given: Job[] = [];
	const runner: Runner = {
		slots: 2,
		async do(job) {
			given.push(job);
			const { model, seed, hyper, share, ctr, data } = job.run;
			const { valid, test = 0, fault } = world(job);
			const result: RunResult = {
				run: job.hash,
				cached: false,
				model,
				seed,
				hyper,
				share,
				ctr,
				data: {
					name: "made up",
					fingerprint: data,
					read: 1,
					rows: { train: 1, valid: 1, test: 1 },
					dropped: {},
					remarks: {},
				},
				engine: { tier: "native-cpu", tensorflow: "none" },
				part: "valid",
				metrics: { [METRIC]: value(valid) },
				...(job.final
					? { test: { [METRIC]: value(test) }, opened: { at: new Date().toISOString(), by: job.final.by } }
					: {}),
				epochs: 1,
				kept: [1],
				findings: [...(lrOf(job) === 0.3 ? ["dead field"] : []), ...(fault === undefined ? [] : [fault])].map(
					(fault) => ({
						...{ fault, where: "brand", seen: "is dead", look: "it", severity: "warning" },
					}),
				),
				samplesPerSecond: 1000,
			};
			await store.put(result);
			return result;
		},
		close: async () => {},
	};
	return { runner, given };
}
const lrOf = ({ run }: Job) => run.hyper.lr as number;
/** Runs a sweep in a store, in a world where validation likes a middle learning rate. */
async function swept(
	store: Store,
	changes: object = {},
	{ final, world = (job) => ({ valid: 0.7 - Math.abs(lrOf(job) - 0.2) }) }: { final?: boolean; world?: World } = {},
) {
	const { runner, given } = madeUp(store, world);
	const events: SweepEvent[] = [];
	const sweep = readSweep({ ...spec, ...changes });
	const outcome = await runSweep(sweep, { store, runner, final, on: (event) => void events.push(event) });
	const chosen = outcome.table.filter((row) => row.chosen);
	return { outcome, given, events, sweep, chosen };
}

describe("a sweep", () => {
	it("runs each trial on each seed, in the order of the data, and chooses by the mean on validation", async () => {
		const { outcome, given, chosen } = await swept(openStore(folder()));
		expect(outcome).toMatchObject({ runs: 12, done: 12, failed: 0, skipped: 0 });
		expect(given.map(({ run }) => run.seed)).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
		expect(given.map(({ source }) => source)[11]).toMatchObject({ logSeed: 2 });
		expect(chosen.map(({ model, hyper }) => [model, hyper])).toEqual([
			["base", { lr: 0.2 }],
			["esmm", { lr: 0.2 }],
		]);
		expect(chosen[0].metric).toMatchObject({ name: METRIC, mean: 0.7, std: 0, n: 2 });
		expect(outcome.table.map(({ hyper }) => hyper.lr)).toEqual([0.2, 0.1, 0.3, 0.2, 0.1, 0.3]);
		expect(outcome.notes).toContain("The doctor found: dead field in 4 runs; the results tell where.");
		expect(outcome.notes.join()).toContain("The test part was not opened");
	});
	it("does not choose a training that exploded where there is a sound one, and says what the choice rests on", async () => {
		const world: World = (job) => ({ valid: lrOf(job), ...(lrOf(job) === 0.3 ? { fault: "exploding loss" } : {}) });
		const { chosen, outcome } = await swept(openStore(folder()), {}, { world });
		expect(chosen.map(({ hyper }) => hyper.lr)).toEqual([0.2, 0.2]);
		const notes = outcome.notes.join("\n");
		expect(notes).toMatch(/base, trial \d: exploding loss; it comes after the sound ones\./);
		expect(notes).toMatch(/The validation part has 10 positives a seed.*: few, so settings can hardly be told apart/);
		const all = await swept(openStore(folder()), {}, { world: () => ({ valid: 0.5, fault: "collapsed tower" }) });
		expect(all.chosen.length).toBe(2);
		expect(all.outcome.notes.join()).toContain(
			"collapsed tower; it is chosen because no other trial of its model is sound",
		);
	});
	it("of a loss chooses the least", async () => {
		const metric = "logloss(click|impression)";
		const { runner } = madeUp(openStore(folder()), () => ({ valid: 0 }));
		const store = openStore(folder());
		const plain: Runner = {
			...runner,
			async do(job, hear, signal) {
				const result = await runner.do(job, hear, signal);
				return { ...result, metrics: { [metric]: value(lrOf(job)) } };
			},
		};
		const outcome = await runSweep(readSweep({ ...spec, choose: { metric } }), { store, runner: plain });
		expect(outcome.table.filter((row) => row.chosen).map(({ hyper }) => hyper.lr)).toEqual([0.1, 0.1]);
	});
	it("run again does nothing, and changed by one value runs only what is new", async () => {
		const store = openStore(folder());
		await swept(store);
		expect((await swept(store)).outcome).toMatchObject({ runs: 12, done: 0, skipped: 12 });
		const { outcome, given } = await swept(store, { space: { "*": { lr: [0.1, 0.25, 0.3] } } });
		expect(outcome).toMatchObject({ runs: 12, done: 4, skipped: 8 });
		expect(new Set(given.map(lrOf))).toEqual(new Set([0.25]));
		expect((await swept(store, { seeds: [1, 3] })).outcome).toMatchObject({ done: 6, skipped: 6 });
	});
	it("at random gives all models the same draws, and more trials keep the first ones", async () => {
		const store = openStore(folder());
		const random = {
			search: "random",
			trials: 3,
			space: { "*": { lr: { log: [0.1, 1] } }, esmm: { dropout: { linear: [0, 0.5] } } },
		};
		const { given } = await swept(store, random);
		const of = (model: string) => new Set(given.filter(({ run }) => run.model === model).map(lrOf));
		expect(of("base").size).toBe(3);
		expect(of("esmm")).toEqual(of("base"));
		expect((await swept(store, { ...random, trials: 4 })).outcome).toMatchObject({ done: 4, skipped: 12 });
		const other = { ...random, space: { ...random.space, esmm: { dropout: { linear: [0, 0.4] } } } };
		expect((await swept(store, other)).outcome).toMatchObject({ done: 6, skipped: 6 });
	});
	it("by halving gives the better half twice the rows, round by round, on nested shares", async () => {
		const halving = { search: "halving", trials: 8, space: { "*": { lr: { linear: [0, 1] } } }, models: ["esmm"] };
		const { outcome, given, chosen, events } = await swept(openStore(folder()), halving);
		const count = (share: number) => given.filter(({ run }) => run.share === share).length;
		expect([1 / 8, 1 / 4, 1 / 2, 1].map(count)).toEqual([16, 8, 4, 2]);
		expect([outcome.runs, events[0].counts.runs]).toEqual([30, 30]);
		const all = [...new Set(given.map(lrOf))].sort((a, b) => Math.abs(a - 0.2) - Math.abs(b - 0.2));
		const at = (share: number) => [...new Set(given.filter(({ run }) => run.share === share).map(lrOf))];
		expect(at(1 / 4).sort()).toEqual(all.slice(0, 4).sort());
		expect(at(1 / 2).sort()).toEqual(all.slice(0, 2).sort());
		expect([at(1), chosen.map(({ hyper, share }) => [hyper.lr, share])]).toEqual([[all[0]], [[all[0], 1]]]);
		expect(outcome.table.map(({ share }) => share)).toEqual([1, 1 / 2, 1 / 4, 1 / 4, 1 / 8, 1 / 8, 1 / 8, 1 / 8]);
	});
	it("counts runs that fail, goes on, and cannot choose their trials; without a value none is chosen", async () => {
		const world: World = (job) => {
			if (job.run.model === "base" && lrOf(job) === 0.2 && job.run.seed === 2) throw new Error("the loss is NaN");
			return {
				valid: job.run.model === "esmm" ? null : 0.7 - Math.abs(lrOf(job) - 0.2) + (lrOf(job) === 0.1 ? 0.01 : 0),
			};
		};
		const { outcome, chosen, events } = await swept(openStore(folder()), {}, { world });
		expect(outcome).toMatchObject({ runs: 12, done: 11, failed: 1 });
		expect(chosen.map(({ model, hyper }) => [model, hyper.lr])).toEqual([["base", 0.1]]);
		expect(outcome.table[2]).toMatchObject({ hyper: { lr: 0.2 }, failed: [{ seed: 2, reason: "the loss is NaN" }] });
		expect(outcome.notes).toContainEqual("base, trial 2 cannot be chosen: seed 2: the loss is NaN");
		expect(outcome.notes).toContainEqual(expect.stringContaining("Of esmm none is chosen"));
		expect(outcome.table[3].metric).toMatchObject({ mean: null, reason: "one class" });
		expect(events.find(({ kind }) => kind === "failed")?.reason).toBe("the loss is NaN");
	});
	it("refuses a metric that its runs do not give, at the first of them", async () => {
		const store = openStore(folder());
		const asked = swept(store, { choose: { metric: "auc(click|impression)" } });
		await expect(asked).rejects.toThrow('unknown metric of these runs "auc(click|impression)"');
		expect(store.runs("").length).toBeLessThan(4);
	});
});

describe("the final step", () => {
	const world: World = (job) => ({
		valid: 0.7 - Math.abs(lrOf(job) - 0.2),
		// The test part would choose otherwise.
		test:
			lrOf(job) +
			(job.run.model === "esmm" ? 0.01 : 0) +
			job.run.seed / 100 +
			(job.run.model === "esmm" ? job.run.seed / 1000 : 0),
	});
	it("opens the test part for the chosen trial alone, records that, and answers from the store the second time", async () => {
		const store = openStore(folder());
		const { outcome, given, sweep } = await swept(store, {}, { final: true, world });
		const opened = given.filter((job) => job.final);
		expect(opened.map(({ run }) => [run.model, run.hyper.lr, run.seed])).toEqual([
			["base", 0.2, 1],
			["esmm", 0.2, 1],
			["base", 0.2, 2],
			["esmm", 0.2, 2],
		]);
		expect(new Set(opened.map(({ final }) => final?.by))).toEqual(new Set([`sweep ${sweep.hash.slice(0, 12)}`]));
		const [base] = outcome.table;
		expect(base.test?.mean).toBeCloseTo(0.215, 10);
		expect(outcome.table.filter(({ test }) => test).length).toBe(2);
		const record = JSON.parse(readFileSync(recordFile(store, sweep), "utf8"));
		expect(record).toMatchObject({
			sweep: sweep.hash,
			chosen: [{ model: "base", hyper: { lr: 0.2 } }, { model: "esmm" }],
			before: [],
		});
		const again = await swept(store, {}, { final: true, world });
		expect([again.given, again.outcome.skipped]).toEqual([[], 16]);
		expect(again.outcome.final).toEqual(outcome.final);
		expect(again.outcome.notes).toEqual(outcome.notes);
	});
	it("chooses by validation also where a store already holds test values that would choose otherwise", async () => {
		const store = openStore(folder());
		const { runner } = madeUp(store, world);
		const sweep = readSweep(spec);
		const seen = await swept(store, {}, { world });
		for (const job of seen.given)
			await runner.do({ ...job, final: { by: "npm run train" } }, () => {}, new AbortController().signal);
		const { chosen, outcome } = await swept(store, {}, { final: true, world });
		expect(chosen.map(({ hyper }) => hyper.lr)).toEqual([0.2, 0.2]);
		expect(outcome.final?.before).toMatchObject([{ by: "npm run train", runs: 12 }]);
		expect(outcome.notes.join("\n")).toMatch(
			/The choice was not blind: .* opened before by npm run train \(.*, 12 runs\)/,
		);
		expect(existsSync(recordFile(store, sweep))).toBe(true);
	});
	it("says that another sweep had opened the test part of the same data, but not one of other data", async () => {
		const store = openStore(folder());
		const first = await swept(store, {}, { final: true, world });
		const other = await swept(store, { seeds: [7, 8] }, { final: true, world });
		expect(other.outcome.final?.before).toEqual([]);
		const space = { "*": { lr: [0.1, 0.3] } };
		const second = await swept(store, { space }, { final: true, world });
		expect(second.outcome.final?.before).toMatchObject([{ by: `sweep ${first.sweep.hash.slice(0, 12)}`, runs: 4 }]);
		expect(first.outcome.notes.join()).not.toContain("not blind");
	});
	it("compares the models seed by seed, the smallest detectable difference first", async () => {
		const { outcome } = await swept(openStore(folder()), {}, { final: true, world });
		const [comparison] = outcome.final?.comparisons ?? [];
		expect(comparison).toMatchObject({ a: "base", b: "esmm" });
		// Test values of esmm are 0.011 and 0.012 above those of base.
		expect(comparison.difference).toBeCloseTo(-0.0115, 10);
		const smallest = outcome.notes.findIndex((note) => note.startsWith("Smallest difference"));
		const test = outcome.notes.findIndex((note) => note.startsWith("Test: "));
		expect([smallest > 0, test > smallest]).toEqual([true, true]);
	});
});
