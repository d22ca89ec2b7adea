import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Model } from "../core/model";
import { streamed } from "../data/prepared/streamed";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { modelNamed } from "../models/index";
import { tf } from "../tensor/native";
import { bitsOf as bits } from "./checkpointBits";
import { type FitOptions, fit } from "./fit";
import { staged, stagedHyper } from "./stagedModel";
import { toyFolder } from "./toyFolder";

const folder = temporaryFolders();
const data = toyDataset();
const hyper = { embedding: 4, mlp: [16], lr: 0.01, batch: 128, epochs: 2, dropout: 0.3 };

/** Trains, stopping after so many steps where it is said; a stopped training keeps its checkpoint. */
async function train(model: string | Model, path: string, stopAfter?: number, more: Partial<FitOptions> = {}) {
	const abort = new AbortController();
	let steps = 0;
	const fitted = await fit(typeof model === "string" ? modelNamed(model) : model, {
		...{ data, seed: 1, hyper, checkpoint: { path } },
		...{ signal: abort.signal, on: () => void (++steps === stopAfter && abort.abort()) },
		...more,
	});
	fitted.dispose();
	return { steps, stopped: fitted.stopped, history: fitted.history, kept: fitted.kept };
}

describe("a training that is stopped and goes on", () => {
	it.each(["esmm", "base"])("%s: has the bits of one that was never stopped, wherever it stopped", async (model) => {
		const whole = join(folder(), "whole");
		const straight = await train(model, whole);
		const end = await bits(whole);
		for (let after = 1; after < straight.steps; after += model === "base" ? 3 : 1) {
			const path = join(folder(), "again");
			expect((await train(model, path, after)).stopped).toBe(true);
			const rest = await train(model, path);
			expect(rest).toEqual({ ...straight, steps: straight.steps - after });
			expect(await bits(path), `stopped after ${after} steps`).toEqual(end);
		}
	});

	it("with a table of items: has the same bits too", async () => {
		const fields = data.fields.map((field) => (field.name === "a" ? { ...field, group: "item" as const } : field));
		const more = { data: { ...data, fields }, hyper: { ...hyper, itemEmbedding: 6 } };
		const [whole, path] = [join(folder(), "whole"), join(folder(), "again")];
		const straight = await train("esmm", whole, undefined, more);
		expect((await train("esmm", path, 4, more)).stopped).toBe(true);
		expect(await train("esmm", path, undefined, more)).toEqual({ ...straight, steps: straight.steps - 4 });
		expect(await bits(path)).toEqual(await bits(whole));
		expect((await bits(path)).arrays.map(([name]) => name)).toContain("value/embedding/item");
	});

	it.each([false, true])(
		"two stages with hooks, balances and frozen weights (streamed: %s): the same bits, wherever it stopped",
		async (streams) => {
			const made = folder();
			if (streams) await toyFolder(folder(), made);
			const more = { hyper: { ...hyper, ...stagedHyper }, ...(streams ? { data: streamed(made, 300) } : {}) };
			const whole = join(folder(), "whole");
			const straight = await train(staged, whole, undefined, more);
			const end = await bits(whole);
			expect(straight.history.map(({ stage }) => stage)).toEqual([1, 1, 2, 2]);
			for (let after = 1; after < straight.steps; after += 2) {
				const path = join(folder(), "again");
				expect((await train(staged, path, after, more)).stopped).toBe(true);
				expect(await train(staged, path, undefined, more)).toEqual({ ...straight, steps: straight.steps - after });
				expect(await bits(path), `stopped after ${after} steps`).toEqual(end);
			}
		},
		60_000,
	);

	it("trained to its end it is not trained again", async () => {
		const path = join(folder(), "c");
		const first = await train("esmm", path);
		const end = readFileSync(path);
		expect(await train("esmm", path)).toEqual({ ...first, steps: 0 });
		expect((await bits(path)).arrays.length).toBeGreaterThan(3);
		expect(end.length).toBeGreaterThan(1000);
	});

	it("leaves no tensor behind", async () => {
		const path = join(folder(), "c");
		await train("esmm", path, 3);
		const before = tf.memory().numTensors;
		await train("esmm", path);
		expect(tf.memory().numTensors).toBe(before);
	});

	it("the checkpoint makes no difference to what is learnt", async () => {
		const plain = await fit(modelNamed("esmm"), { data, seed: 1, hyper });
		const kept = await fit(modelNamed("esmm"), {
			data,
			seed: 1,
			hyper,
			checkpoint: { path: join(folder(), "c"), every: 0 },
		});
		expect(kept.predict(data.split.test)).toEqual(plain.predict(data.split.test));
		for (const fitted of [plain, kept]) fitted.dispose();
	});
});

describe("a checkpoint that does not fit", () => {
	it.each([
		["another seed", { seed: 2 }],
		["another hyperparameter", { hyper: { ...hyper, lr: 0.02 } }],
		["other data", { data: { ...data, fingerprint: "other" } }],
	])("%s: refused by name, and left as it is", async (_, more) => {
		const path = join(folder(), "c");
		await train("esmm", path, 2);
		const before = readFileSync(path);
		const before0 = tf.memory().numTensors;
		await expect(train("esmm", path, undefined, more)).rejects.toThrow(
			`${path} is the checkpoint of another training (esmm;`,
		);
		expect(tf.memory().numTensors).toBe(before0);
		expect(readFileSync(path)).toEqual(before);
	});

	it("another model, a damaged file, half a file: refused by name", async () => {
		const path = join(folder(), "c");
		await train("esmm", path, 2);
		await expect(train("base", path)).rejects.toThrow(`${path} is the checkpoint of another training`);
		const whole = readFileSync(path);
		const damaged = Buffer.from(whole);
		damaged[whole.length - 5] ^= 8;
		writeFileSync(path, damaged);
		await expect(train("esmm", path)).rejects.toThrow(`${path} is damaged`);
		writeFileSync(path, whole.subarray(0, whole.length / 2));
		await expect(train("esmm", path)).rejects.toThrow(path);
		writeFileSync(path, "hello");
		await expect(train("esmm", path)).rejects.toThrow(`${path} is no safetensors file`);
	});

	it("what a killed write left beside it is not read", async () => {
		const path = join(folder(), "c");
		await train("esmm", path, 2);
		copyFileSync(path, `${path}.1.part`);
		writeFileSync(`${path}.2.part`, "half");
		expect((await train("esmm", path)).stopped).toBe(false);
		expect(existsSync(path)).toBe(true);
	});
});
