import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Model } from "../core/model";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { base } from "../models/base";
import { esmm } from "../models/esmm";
import { tf } from "../tensor/native";
import type { Run } from "./result";
import { describe as describeRun, type Execute, execute, hashOf, Interrupted } from "./run";
import { openStore } from "./store";

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
	it("every part of it: model, versions, hyperparameters, seed, data, source of pCTR", () => {
		const others: Run[] = [
			{ ...run, model: "base" },
			{ ...run, modelVersion: 2 },
			{ ...run, hyper: { ...run.hyper, lr: 0.002 } },
			{ ...run, seed: 2 },
			{ ...run, data: "other" },
			{ ...run, ctr: network },
			{ ...run, ctr: { ...network, modelVersion: 2 } },
			{ ...run, ctr: { ...network, hyper: { ...network.hyper, lr: 0.5 } } },
			{ ...run, engineVersion: run.engineVersion + 1 },
			{ ...run, metricsVersion: run.metricsVersion + 1 },
		];
		expect(others.length).toBe(Object.keys(run).length + 2);
		expect(new Set([run, ...others].map((run) => hashOf(run))).size).toBe(11);
		expect(hashOf(run, "pure-js")).not.toBe(hashOf(run));
		expect(hashOf(run, "gpu")).toBe(hashOf(run));
	});
	it("not the order in which it is written, nor whether a default was spelt out", () => {
		const turned = Object.fromEntries(Object.entries(run).reverse()) as unknown as Run;
		expect(hashOf(turned)).toBe(hashOf(run));
		const spelt = describeRun(model, { hyper: { ...hyper, lr: esmm.hyper.lr }, seed: 1, data: "toy", ctr: "own" });
		expect(hashOf(spelt)).toBe(hashOf(run));
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
		const first = await doing(at).result;
		const final = await doing(at, { final: true }).result;
		expect([final.cached, final.test?.["auc(click|impression)"].n]).toEqual([false, 600]);
		expect(final.metrics).toEqual(first.metrics);
		for (const wanted of [true, false]) {
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
	const shared = describeRun(base as unknown as Model, { hyper, seed: 1, data: "toy", ctr: network });
	const half = async (rows: Int32Array) => new Float32Array(rows.length).fill(0.5);

	it("replaces the model's own in pCTR and pCTCVR", async () => {
		const { result } = doing(folder(), { sharedCtr: half }, shared);
		const { metrics } = await result;
		expect(metrics[`auc(${pCTR})`].value).toBe(0.5);
		// pCTCVR = pCVR / 2 ranks all impressions as pCVR does.
		const own = await doing(folder(), {}, { ...shared, ctr: "own" }).result;
		expect(metrics[`auc(${pCVR})`]).toEqual(own.metrics[`auc(${pCVR})`]);
		expect(metrics[`auc(${pCTCVR})`].value).not.toBe(own.metrics[`auc(${pCTCVR})`].value);
	});
	it("must be given", async () => {
		await expect(doing(folder(), {}, shared).result).rejects.toThrow(
			"the run takes pCTR from base: give it as sharedCtr",
		);
	});
});
