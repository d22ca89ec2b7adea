import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Model } from "../core/model";
import { projectRoot } from "../core/root";
import type { Field } from "../data/dataset";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { esmm } from "../models/esmm";
import { modelNamed } from "../models/index";
import { tf } from "../tensor/native";
import { readSafetensors } from "../tensor/safetensors";
import { calibrated } from "./calibrated";
import { type Fitted, fit } from "./fit";
import { loadModel } from "./loadModel";
import { hashOfFile, type ModelFile } from "./modelFile";
import { saveModel } from "./saveModel";

const folder = temporaryFolders();
const hyper = { embedding: 4, mlp: [16, 8], lr: 0.01, batch: 64, epochs: 2, dropout: 0.2 };
const data = toyDataset();
/** The toy's rows with a list, weighted, beside the ids and the number. */
const withLists = toyDataset({
	fields: [
		...data.fields,
		{
			...{ kind: "ids", name: "tags", size: 5 },
			offsets: Int32Array.from({ length: data.rows + 1 }, (_, row) => row * 2),
			ids: Int32Array.from({ length: data.rows * 2 }, (_, at) => at % 5),
			weights: Float32Array.from({ length: data.rows * 2 }, (_, at) => 1 / (1 + (at % 3))),
		},
	],
});
/** The same, where a and the lists tell of the item. */
const ofItems = {
	...withLists,
	fields: withLists.fields.map((field) =>
		["a", "tags"].includes(field.name) ? { ...field, group: "item" as const } : field,
	),
};
const wideItems = { ...hyper, itemEmbedding: 6 };
let [fitted, saved]: [Fitted, string] = [undefined as never, ""];
const aboutOf = (of: string): ModelFile => JSON.parse(readFileSync(join(of, "model.json"), "utf8"));

beforeAll(async () => {
	fitted = await fit(esmm, { data, seed: 5, hyper });
	saved = join(folder(), "toy.model");
	await saveModel(fitted, saved);
});
afterAll(() => fitted.dispose());

/** A copy of the saved model whose model.json says something else, with the hash of that unless it is left as it was. */
function changed(change: (about: ModelFile) => object, hashed = true): string {
	const copy = folder();
	cpSync(saved, copy, { recursive: true });
	const about = { ...aboutOf(saved), ...change(aboutOf(saved)) };
	const hash = hashed ? hashOfFile(about) : about.hash;
	writeFileSync(join(copy, "model.json"), JSON.stringify({ ...about, hash }));
	return copy;
}

describe("a saved model", () => {
	it.each([
		["esmm", "", data],
		["base", "", data],
		["esmm", ", with lists", withLists],
	])("gives the bits of the fitted one: %s%s", async (name, _, log) => {
		const one = await fit(modelNamed(name), { data: log, seed: 2, hyper });
		const to = join(folder(), "model");
		await saveModel(one, to);
		const expected = one.predict(log.split.test);
		one.dispose();
		const loaded = await loadModel(to);
		expect(loaded.predictOn(log, log.split.test)).toEqual(expected);
		loaded.dispose();
	});
	it("gives the bits of the fitted one where items have a table of their own, whatever another log says of its fields", async () => {
		const one = await fit(esmm, { data: ofItems, seed: 2, hyper: wideItems });
		const to = join(folder(), "model");
		await saveModel(one, to);
		const expected = one.predict(data.split.test);
		expect(aboutOf(to).weights.slice(0, 2)).toEqual([
			{ name: "embedding", shape: [7, 4], kind: "table", of: "other" },
			{ name: "embedding/item", shape: [18, 6], kind: "table", of: "item" },
		]);
		const loaded = await loadModel(to);
		for (const log of [ofItems, withLists]) {
			expect(loaded.predictOn(log, log.split.test)).toEqual(expected);
			expect(one.predictOn(log, log.split.test)).toEqual(expected);
		}
		for (const model of [one, loaded]) model.dispose();
	});
	it("says in model.json what it is, and leaves nothing beside the folder", async () => {
		expect(readdirSync(saved).sort()).toEqual(["model.json", "weights.safetensors"]);
		const about = aboutOf(saved);
		expect(about).toMatchObject({
			...{ format: 2, model: "esmm", version: esmm.version, paper: esmm.paper, graph: esmm.graph, seed: 5 },
			probs: ["click|impression", "conversion|click", "conversion|impression"],
			inputs: [
				{ name: "a", kind: "id", size: 13 },
				{ name: "b", kind: "id", size: 7 },
				{ name: "number", kind: "number" },
			],
			data: { name: "toy", fingerprint: "toy", vocabulary: null },
		});
		expect(about.hyper).toMatchObject(hyper);
		expect(about.weights[0]).toEqual({ name: "embedding", shape: [20, 4], kind: "table" });
		const { arrays } = await readSafetensors(join(saved, "weights.safetensors"));
		expect([...arrays.keys()]).toEqual(about.weights.map(({ name }) => name));
		const clicks = data.split.train.filter((row) => data.events.click[row] === 1).length;
		expect(about.priors.ctr).toBeCloseTo(Math.log((clicks + 0.5) / (700 - clicks + 0.5)), 12);
	});
	it("predicts rows given as codes by field, and refuses rows that do not fit", async () => {
		const loaded = await loadModel(saved);
		const at = 1234;
		const [a, b, number] = data.fields.map((field) => (field.kind === "number" ? field.values : field.ids)[at]);
		expect(loaded.predict([{ a, b, number }])).toEqual(fitted.predict(Int32Array.of(at)));
		expect(() => loaded.predict([{ a, b, number, c: 1 }])).toThrow(/unknown field in row 0 "c"/);
		expect(() => loaded.predict([{ a, b }])).toThrow('row 0 has no "number"');
		expect(() =>
			loaded.predict([
				{ a, b, number },
				{ a: 13, b, number },
			]),
		).toThrow('row 1: "a" is 13, but the model\'s vocabulary has the codes 0 to 12');
		for (const code of [3.7, Number.NaN, 2 ** 32 + 1])
			expect(() => loaded.predict([{ a: code, b, number }])).toThrow(
				`row 0: "a" is ${code}, but codes are whole numbers`,
			);
		loaded.dispose();
		expect(() => loaded.predict([{ a, b, number }])).toThrow("were freed by dispose()");
	});
	it("refuses a data set with other fields or vocabularies of another size", async () => {
		const loaded = await loadModel(saved);
		expect(() => loaded.predictOn(withLists, Int32Array.of(0))).toThrow(/toy is encoded otherwise/);
		loaded.dispose();
	});
	it("takes the place of one of before, and never that of anything else", async () => {
		const to = join(folder(), "model");
		await saveModel(fitted, to);
		writeFileSync(join(to, "weights.safetensors"), "damaged");
		await saveModel(fitted, to);
		(await loadModel(to)).dispose();
		const mine = folder();
		writeFileSync(join(mine, "thesis.tex"), "years of work");
		await expect(saveModel(fitted, mine)).rejects.toThrow("holds no saved model: give another folder");
		expect(readdirSync(mine)).toEqual(["thesis.tex"]);
	});
	it("is not written by a model whose weights were freed", async () => {
		const one = await fit(esmm, { data, seed: 1, hyper: { ...hyper, epochs: 1 } });
		one.dispose();
		const to = join(folder(), "model");
		await expect(saveModel(one, to)).rejects.toThrow("were freed by dispose()");
		expect(readdirSync(join(to, ".."))).toEqual([]);
	});
	it("leaves no tensor behind, loaded or refused", async () => {
		const before = tf.memory().numTensors;
		const loaded = await loadModel(saved);
		loaded.predictOn(data, data.split.test);
		loaded.dispose();
		await expect(
			loadModel(changed(({ check }) => ({ check: { ...check, probs: { "click|impression": [0.9] } } }))),
		).rejects.toThrow();
		expect(tf.memory().numTensors).toBe(before);
	});
});

describe("refused by name", () => {
	it.each<[string, (about: ModelFile) => object, string]>([
		["another format", () => ({ format: 5 }), "has format 5, this program reads 2 to 4"],
		["an unknown model", () => ({ model: "esnm" }), 'unknown model "esnm": did you mean "esmm"?'],
		["another version", ({ version }) => ({ version: version + 1 }), `but this program has version ${esmm.version}`],
		["another graph", ({ graph }) => ({ graph: { ...graph, cart: {} } }), "holds another behaviour graph"],
		[
			"an unknown hyperparameter",
			({ hyper }) => ({ hyper: { ...hyper, depth: 1 } }),
			'unknown hyperparameter of esmm "depth"',
		],
		["weights of another file", () => ({ sha256: "0".repeat(64) }), "is damaged: weights.safetensors is not the file"],
		[
			"a weight that the file has not",
			({ weights }) => ({ weights: [{ name: "x", shape: [1], kind: "dense" }, ...weights] }),
			'weights.safetensors has no "x" of shape [1]',
		],
		[
			"a weight that is not named",
			({ weights }) => ({ weights: weights.slice(0, -1) }),
			"lacks weights that esmm has: cvr/logit/b",
		],
		[
			"an engine that computed otherwise",
			({ priors }) => ({ priors: { ...priors, cvr: priors.cvr + 0.2 } }),
			"where this program computes",
		],
	])("%s", async (_, change, message) => {
		await expect(loadModel(changed(change))).rejects.toThrow(message);
	});
	it.each<[string, (about: ModelFile) => object]>([
		["a field that is gone", () => ({ check: undefined })],
		["one of another kind", () => ({ inputs: "a" })],
		["the check left out", ({ check }) => ({ check: { ...check, probs: {} } })],
		[
			"a mean, which raw numbers are scaled with",
			({ inputs }) => ({ inputs: inputs.map((one) => ({ ...one, mean: 5 })) }),
		],
		["its own hash", () => ({ hash: undefined })],
	])("a model.json that was changed: %s", async (_, change) => {
		await expect(loadModel(changed(change, false))).rejects.toThrow(/model\.json is damaged, or was changed/);
	});
	it("bytes of the weights, of model.json, and a folder without one", async () => {
		const copy = changed(() => ({}));
		const bytes = readFileSync(join(copy, "weights.safetensors"));
		bytes[bytes.length - 3] ^= 1;
		writeFileSync(join(copy, "weights.safetensors"), bytes);
		await expect(loadModel(copy)).rejects.toThrow("is damaged: weights.safetensors is not the file");
		writeFileSync(join(copy, "model.json"), '{"format": 2,');
		await expect(loadModel(copy)).rejects.toThrow("is damaged: it is not JSON");
		await expect(loadModel(join(copy, "nowhere"))).rejects.toThrow("is no saved model: it has no model.json");
	});
	it("an unregistered model loads with the model given, and no other", async () => {
		const mine = { ...esmm, name: "mine" } as unknown as Model;
		const one = await fit(mine, { data, seed: 1, hyper: { ...hyper, epochs: 1 } });
		const to = join(folder(), "model");
		await saveModel(one, to);
		await expect(loadModel(to)).rejects.toThrow('unknown model "mine"');
		await expect(loadModel(to, modelNamed("base"))).rejects.toThrow('is a model "mine", not "base"');
		const loaded = await loadModel(to, mine);
		expect(loaded.predictOn(data, data.split.test)).toEqual(one.predict(data.split.test));
		for (const model of [one, loaded]) model.dispose();
	});
});

it.each([
	["ids and numbers", data, undefined],
	["weighted lists too", withLists, undefined],
	["items with a table of their own", ofItems, undefined],
	["calibrated by platt", data, "platt"],
	["calibrated by isotonic", data, "isotonic"],
] as const)(
	"Python's standard library reads it in 35 lines and computes the same to 1e-6: %s",
	async (_, log, method) => {
		const program = join(projectRoot(), "lib/train/readModel.py");
		expect(readFileSync(program, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(35);
		const plain = await fit(esmm, { data: log, seed: 5, hyper: log === ofItems ? wideItems : hyper });
		const one = method ? calibrated(plain, log, { method }) : plain;
		const to = join(folder(), "model");
		await saveModel(one, to);
		const at = data.split.test.subarray(0, 50);
		const numberOf = (field: Field, row: number) => {
			if (field.kind !== "ids") return (field.kind === "number" ? field.values : field.ids)[row];
			const [from, end] = [field.offsets[row], field.offsets[row + 1]];
			return {
				ids: [...field.ids.subarray(from, end)],
				weights: [...(field.weights as Float32Array).subarray(from, end)],
			};
		};
		const rows = Array.from(at, (row) =>
			Object.fromEntries(log.fields.map((field) => [field.name, numberOf(field, row)])),
		);
		const python = (rows: object) =>
			spawnSync(join(projectRoot(), ".venv/bin/python"), [program, to], {
				input: JSON.stringify(rows),
				encoding: "utf8",
			});
		const { status, stdout, stderr } = python(rows);
		expect(status, stderr).toBe(0);
		const theirs = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as Record<string, number>);
		expect(theirs).toHaveLength(50);
		for (const [prob, ours] of Object.entries(one.predict(at)))
			for (const [row, p] of ours.entries())
				expect(Math.abs(theirs[row][prob] - p), `${prob}, row ${row}`).toBeLessThan(
					// Its steep pieces magnify the last bit of a float32 score.
					method === "isotonic" ? 1e-5 : 1e-6,
				);
		expect(python([{ ...rows[0], a: 13 }]).stderr).toContain("a is [13], but its codes are 0 to 12");
		one.dispose();
	},
);
