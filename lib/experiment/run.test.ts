import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Model } from "../core/model";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { evaluate, labelled } from "../metrics/evaluate";
import { base } from "../models/base";
import { esmm } from "../models/esmm";
import { tf } from "../tensor/native";
import type { TrainEvent } from "../train/fit";
import { arePredictionsKept, readPredictions, sumOfFile } from "./predictions";
import type { Run, RunResult } from "./result";
import { describe as describeRun, type Execute, execute, hashOf, Interrupted } from "./run";
import { openStore } from "./store";
import { lastDays, subsample } from "./subsample";

const folder = temporaryFolders();
const model = esmm as unknown as Model;
const data = toyDataset();
const hyper = { embedding: 4, mlp: [8], epochs: 1, batch: 256 };
const run = describeRun(model, { hyper, seed: 1, data: "toy" });
/** Does the run in a folder; counts how often the data set was loaded. */
function doing(at: string, more: Partial<Execute> = {}, what: Run = run) {
	const load = vi.fn(async () => data);
	return { load, result: execute(model, what, { store: openStore(at), data: load, ...more }) };
}

const network = { model: "base", modelVersion: 1, hyper: run.hyper };

describe("what names a run", () => {
	it("every part of it: model, versions, hyperparameters, seed, data, share, source of pCTR", () => {
		const others: Run[] = [
			{ ...run, model: "base" },
			{ ...run, modelVersion: 2 },
			{ ...run, hyper: { ...run.hyper, lr: 0.002 } },
			{ ...run, seed: 2 },
			{ ...run, data: "other" },
			{ ...run, share: 0.5 },
			{ ...run, ctr: network },
			{ ...run, ctr: { ...network, modelVersion: 2 } },
			{ ...run, ctr: { ...network, hyper: { ...network.hyper, lr: 0.5 } } },
			{ ...run, engineVersion: run.engineVersion + 1 },
			{ ...run, metricsVersion: run.metricsVersion + 1 },
		];
		expect(others.length).toBe(Object.keys(run).length + 2);
		expect(new Set([run, ...others].map((run) => hashOf(run))).size).toBe(12);
		expect(hashOf(run, "pure-js")).not.toBe(hashOf(run));
		expect(hashOf(run, "gpu")).toBe(hashOf(run));
	});
	it("not the order in which it is written, nor whether a default was spelt out", () => {
		const turned = Object.fromEntries(Object.entries(run).reverse()) as unknown as Run;
		expect(hashOf(turned)).toBe(hashOf(run));
		const spelt = describeRun(model, { hyper: { ...hyper, lr: esmm.hyper.lr }, seed: 1, data: "toy", ctr: "own" });
		expect(hashOf(spelt)).toBe(hashOf(run));
	});
	it("of a model that is not registered, the text of its functions too: an edited one is another run", () => {
		const own = (width: number) => ({
			...esmm,
			towers: width === 1 ? (...given: Parameters<typeof esmm.towers>) => esmm.towers(...given) : esmm.towers,
		});
		const names = [1, 2].map((width) => describeRun(own(width) as unknown as Model, { hyper, seed: 1, data: "toy" }));
		expect(run.code).toBeUndefined();
		expect(new Set([run, ...names].map((run) => hashOf(run))).size).toBe(3);
		const again = describeRun(own(1) as unknown as Model, { hyper, seed: 1, data: "toy" });
		expect(hashOf(again)).toBe(hashOf(names[0]));
	});
	it("refuses an unknown hyperparameter", () => {
		expect(() => describeRun(model, { hyper: { larning: 1 }, seed: 1, data: "" })).toThrow("unknown hyperparameter");
	});
});

describe("execute", () => {
	it("trains, measures the validation part, stores, and answers from the store the second time", async () => {
		const at = folder();
		const first = await doing(at).result;
		expect(first).toMatchObject({ run: hashOf(run), cached: false, model: "esmm", seed: 1, part: "valid", epochs: 1 });
		expect(first.data).toMatchObject({ read: 1600, rows: { train: 700, valid: 300, test: 600 } });
		expect(first.metrics["auc(click|impression)"]).toMatchObject({ n: 300, space: "impression" });
		expect(first.metrics["auc(conversion|click)"].space).toBe("click");
		expect(first.test).toBeUndefined();
		const again = doing(at);
		expect(await again.result).toEqual({ ...first, cached: true });
		expect(again.load).not.toHaveBeenCalled();
		expect(readdirSync(at)).toEqual([`${hashOf(run)}.json`]);
	});
	it("two fresh stores hold the same metrics, bit for bit", async () => {
		const [one, two] = [await doing(folder()).result, await doing(folder()).result];
		expect(two.metrics).toEqual(one.metrics);
	});
	it("another seed is another result in the same store", async () => {
		const at = folder();
		const [one, two] = [await doing(at).result, await doing(at, {}, { ...run, seed: 2 }).result];
		expect(two.cached).toBe(false);
		expect(two.metrics).not.toEqual(one.metrics);
		expect(readdirSync(at).length).toBe(2);
	});
	it("a stored result without the test part is done again when the test part is asked for, and once alone", async () => {
		const at = folder();
		const first = await doing(at, { keep: true }).result;
		const final = await doing(at, { final: { by: "a test" } }).result;
		expect([final.cached, final.test?.["auc(click|impression)"].n]).toEqual([false, 600]);
		expect(final.metrics).toEqual(first.metrics);
		expect(final.opened?.by).toBe("a test");
		for (const wanted of [{ by: "another" }, undefined]) {
			const again = doing(at, { final: wanted });
			expect(await again.result).toEqual({ ...final, cached: true });
			expect(again.load).not.toHaveBeenCalled();
		}
	});
	it("a damaged result is done again, and it is said", async () => {
		const at = folder();
		const first = await doing(at).result;
		const file = join(at, `${hashOf(run)}.json`);
		writeFileSync(file, readFileSync(file, "utf8").slice(0, 50));
		const heard = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
		const again = await doing(at).result;
		expect(heard.mock.calls.map(([text]) => text)).toEqual([`${file} is damaged; the run is done again\n`]);
		heard.mockRestore();
		expect(again).toMatchObject({ cached: false, metrics: first.metrics });
		expect(JSON.parse(readFileSync(file, "utf8")).metrics).toEqual(first.metrics);
	});
	it("an interrupted run keeps its checkpoint, frees its weights, and goes on the next time to the same result", async () => {
		const at = folder();
		const before = tf.memory().numTensors;
		const stop = new AbortController();
		const { result } = doing(at, { signal: stop.signal, on: ({ step }) => step === 2 && stop.abort() });
		await expect(result).rejects.toThrow(Interrupted);
		expect(readdirSync(at)).toEqual([`${hashOf(run)}.checkpoint`]);
		expect(tf.memory().numTensors).toBe(before);
		const steps: number[] = [];
		const { samplesPerSecond: _, ...rest } = await doing(at, { on: ({ step }) => void steps.push(step) }).result;
		expect(steps).toEqual([3]);
		expect(readdirSync(at)).toEqual([`${hashOf(run)}.json`]);
		const { samplesPerSecond: __, ...undisturbed } = await doing(folder()).result;
		expect(rest).toEqual(undisturbed);
	});
	it("the trained model can be looked at before its weights are freed", async () => {
		const seen: number[] = [];
		await doing(folder(), { fitted: async (fitted) => void seen.push(fitted.predict(data.split.test)[pCTR].length) })
			.result;
		expect(seen).toEqual([600]);
	});
});

describe("a shared pCTR", () => {
	const baseModel = base as unknown as Model;
	const own = describeRun(baseModel, { hyper, seed: 1, data: "toy" });
	const shared: Run = { ...run, ctr: { model: "base", modelVersion: base.version, hyper: own.hyper } };

	it("is that of the network's own run, which is done first, kept, and done once", async () => {
		const at = folder();
		const steps: TrainEvent[] = [];
		const { metrics } = await doing(at, { on: (event) => void steps.push(event) }, shared).result;
		const store = openStore(at);
		expect(store.runs("")).toEqual([hashOf(own), hashOf(shared)].sort());
		const network = store.get(hashOf(own)) as RunResult;
		expect(network.test).toBeUndefined();
		expect(metrics[`auc(${pCTR})`]).toEqual(network.metrics[`auc(${pCTR})`]);
		const alone = await doing(at).result;
		expect(metrics[`auc(${pCVR})`]).toEqual(alone.metrics[`auc(${pCVR})`]);
		expect(metrics[`auc(${pCTCVR})`].value).not.toBe(alone.metrics[`auc(${pCTCVR})`].value);
		const again = doing(at, {}, { ...shared, hyper: { ...shared.hyper, lr: 0.5 } });
		await again.result;
		expect(store.runs("").length).toBe(4);
	});
	it("is that of the test part too where it is opened", async () => {
		const at = folder();
		const { test } = await doing(at, { final: { by: "a test" } }, shared).result;
		expect(test?.[`auc(${pCTR})`]).toEqual(openStore(at).get(hashOf(own))?.test?.[`auc(${pCTR})`]);
	});
});

describe("kept predictions", () => {
	it("are those of valid and test, with labels and users, and give the metrics of the result", async () => {
		const at = folder();
		const final = await doing(at, { final: { by: "a test" } }).result;
		const store = openStore(at);
		for (const part of ["valid", "test"] as const) {
			const kept = await readPredictions(store, final.run, part);
			expect(kept.rows).toEqual(data.split[part]);
			expect(kept.events).toEqual(labelled(data, data.split[part]).events);
			expect(evaluate(kept.predictions, kept)).toEqual(part === "test" ? final.test : final.metrics);
		}
	});
	it("that were changed are refused, and kept anew where they are asked for", async () => {
		const at = folder();
		const first = await doing(at, { keep: true }).result;
		const store = openStore(at);
		writeFileSync(store.predictions(first.run), "PAR1");
		await expect(readPredictions(store, first.run, "valid")).rejects.toThrow("do the run again");
		await expect(readPredictions(store, first.run, "test")).rejects.toThrow("has kept no predictions of its test part");
		expect((await doing(at).result).cached).toBe(true);
		expect((await doing(at, { keep: true }).result).cached).toBe(false);
		expect((await readPredictions(store, first.run, "valid")).rows.length).toBe(300);
	});
	it("of the test part that were changed are kept anew, other bits too, and the test part stays opened by whom it was", async () => {
		const at = folder();
		const store = openStore(at);
		const first = await doing(at, { final: { by: "a test" } }).result;
		const file = store.predictions(first.run);
		writeFileSync(file, "PAR1");
		expect(await doing(at, { final: { by: "another" } }).result).toMatchObject({ cached: false, opened: first.opened });
		expect((await readPredictions(store, first.run, "test")).rows.length).toBe(600);
		// As a run on another number of threads would: the same rows, in a file of another hash.
		const kept = { ...store.get(first.run), cached: false } as RunResult;
		writeFileSync(file, "other bits");
		const predictions = { parts: ["valid", "test"] as const, rows: 900, sha256: await sumOfFile(file) };
		expect(await store.put({ ...kept, predictions })).toBe(true);
		expect(await arePredictionsKept(store, store.get(first.run) as RunResult)).toBe(true);
		expect((await doing(at, { keep: true, final: { by: "third" } }).result).cached).toBe(true);
		writeFileSync(file, "PAR1");
		expect(await doing(at, { keep: true }).result).toMatchObject({ cached: false, opened: first.opened });
		expect((await readPredictions(store, first.run, "test")).rows.length).toBe(600);
	});
});

describe("a share of the training rows", () => {
	it("is trained on alone, and smaller shares lie within larger ones", async () => {
		const rows = (share: number) => subsample(data, share).split.train;
		const [tenth, half] = [rows(0.1), rows(0.5)];
		expect(half.filter((row) => tenth.includes(row))).toEqual(tenth);
		expect(Math.abs(half.length - 350)).toBeLessThan(60);
		expect(subsample(data, 1)).toBe(data);
		expect(() => subsample(data, 1e-9)).toThrow("is none");
		for (const wrong of [0, -1, 1.5, Number.NaN]) expect(() => subsample(data, wrong)).toThrow("above 0 and at most 1");
		const result = await doing(folder(), {}, { ...run, share: 0.5 }).result;
		expect(result).toMatchObject({ share: 0.5, data: { rows: { train: half.length, valid: 300, test: 600 } } });
	});
	it("is of the last days where a run names some", async () => {
		const timed = { ...data, time: Int32Array.from({ length: data.rows }, (_, row) => row * 864) };
		const last = { ...run, days: 2, share: 0.5 };
		const result = await doing(folder(), { data: async () => timed }, last).result;
		expect(result).toMatchObject({ run: hashOf(last), days: 2, share: 0.5 });
		expect(result.data.rows.train).toBe(subsample(lastDays(timed, 2), 0.5).split.train.length);
		await expect(doing(folder(), {}, last).result).rejects.toThrow("does not tell the time of its rows");
	});
});

describe("two at one run", () => {
	it("train it once: the other waits for the result", async () => {
		const at = folder();
		const both = await Promise.all([doing(at).result, doing(at).result]);
		expect(both.map(({ cached }) => cached).sort()).toEqual([false, true]);
		expect(readdirSync(at)).toEqual([`${hashOf(run)}.json`]);
	});
});
