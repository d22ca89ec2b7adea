import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pCTCVR, pCTR } from "../core/prob";
import { InputError } from "../core/problem";
import { openDuckDb, sqlText } from "../data/duckdb";
import { makeFolder } from "../data/prepared/madeFolder";
import { readPrepared } from "../data/prepared/read";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { gbdt } from "../models/gbdt";
import { xgboost } from "../models/xgboost";
import { calibrated } from "./calibrated";
import { calibrateModel } from "./calibrateModel";
import { type Fitted, fit } from "./fit";
import { loadModel } from "./loadModel";
import { hashOfFile, type ModelFile } from "./modelFile";
import { predictFiles } from "./predictFiles";
import { saveModel } from "./saveModel";

const folder = temporaryFolders();
const plain = toyDataset();
/** The toy with a list, weighted, and the time. */
const data = toyDataset({
	time: Int32Array.from({ length: plain.rows }, (_, row) => row),
	fields: [
		...plain.fields,
		{
			...{ kind: "ids", name: "tags", size: 5 },
			offsets: Int32Array.from({ length: plain.rows + 1 }, (_, row) => row * 2),
			ids: Int32Array.from({ length: plain.rows * 2 }, (_, at) => at % 5),
			weights: Float32Array.from({ length: plain.rows * 2 }, (_, at) => 1 / (1 + (at % 3))),
		},
	],
});
const hyper = { trees: 6, depth: 3, bins: 8 };
const { test } = data.split;
const filesIn = (of: string) =>
	Object.fromEntries(
		readdirSync(of)
			.sort()
			.map((name) => [name, readFileSync(join(of, name)).toString("hex")]),
	);

it("predicts a prepared folder into a file: the same bits, row for row", async () => {
	const [log, to] = [folder(), folder()];
	await makeFolder(log, { train: 3000, valid: 500, test: 700 }, true, 6);
	const prepared = await readPrepared(log);
	const fitted = await fit(gbdt, { data: prepared, seed: 1, hyper });
	await saveModel(fitted, join(to, "model"));
	const expected = fitted.predict(prepared.split.test);
	fitted.dispose();
	const model = await loadModel(join(to, "model"));
	expect(model.about.trees?.seen).toBe("rows of other users");
	const out = join(to, "p.parquet");
	expect(await predictFiles({ model, files: [join(log, "test.parquet")], out })).toMatchObject({ rows: 700 });
	model.dispose();
	const db = await openDuckDb();
	const rows = await db.rows(`FROM ${sqlText(out)} ORDER BY row`);
	db.close();
	for (const [prob, column] of Object.entries(expected))
		expect(rows.map((row) => Math.fround(row[prob] as number))).toEqual([...column]);
});

describe.each([
	[gbdt, "txt"],
	[xgboost, "ubj"],
] as const)("$name saved", (model, ending) => {
	let [fitted, saved]: [Fitted, string] = [undefined as never, ""];
	beforeAll(async () => {
		fitted = await fit(model, { data, seed: 4, hyper });
		saved = join(folder(), "toy.model");
		await saveModel(fitted, saved);
	});
	afterAll(() => fitted.dispose());

	/** A copy of the saved model with another file, or another model.json. */
	function changed(change: (about: ModelFile, copy: string) => object | undefined): string {
		const copy = folder();
		cpSync(saved, copy, { recursive: true });
		const about: ModelFile = JSON.parse(readFileSync(join(copy, "model.json"), "utf8"));
		const other = change(about, copy);
		if (other) {
			const said = { ...about, ...other };
			writeFileSync(join(copy, "model.json"), JSON.stringify({ ...said, hash: hashOfFile(said) }));
		}
		return copy;
	}

	it("gives the bits of the fitted one when it is read", async () => {
		const loaded = await loadModel(saved);
		expect(loaded.predictOn(data, test)).toEqual(fitted.predict(test));
		expect(
			loaded.predict([{ a: 1, b: 2, number: 0.5, tags: { ids: [1, 3], weights: [1, 0.5] } }])[pCTR][0],
		).toBeGreaterThan(0);
		loaded.dispose();
		expect(() => loaded.predictOn(data, test)).toThrow("were freed by dispose()");
	});
	it("is the same bytes whenever the same trees are saved", async () => {
		const again = await fit(model, { data, seed: 4, hyper });
		const to = join(folder(), "again");
		await saveModel(again, to);
		again.dispose();
		expect(filesIn(to)).toEqual(filesIn(saved));
		expect(Object.keys(filesIn(to))).toEqual([`ctr.${ending}`, `cvr.${ending}`, "model.json", "weights.safetensors"]);
		await expect(saveModel(again, to)).rejects.toThrow("were freed by dispose()");
	});
	it("says in model.json what it is", () => {
		const about: ModelFile = JSON.parse(readFileSync(join(saved, "model.json"), "utf8"));
		expect(about).toMatchObject({ format: 4, model: model.name, graph: model.graph, priors: {}, seed: 4 });
		expect(about.hyper).toMatchObject(hyper);
		expect(about.trees).toMatchObject({ library: model.library, seen: "earlier rows" });
		expect(about.trees?.boosters.map(({ prob, trees, file }) => [prob, trees, file])).toEqual([
			["click|impression", 6, `ctr.${ending}`],
			["conversion|click", 6, `cvr.${ending}`],
		]);
		expect(about.weights.map(({ name, shape }) => `${name} ${shape}`)).toEqual(
			["ctr", "cvr"].flatMap((tower) =>
				["a/rate 13", "a/count 13", "tags/rate 5", "tags/count 5"].map((of) => `${tower}/${of}`),
			),
		);
	});
	it("keeps a calibration, made before it is saved or afterwards", async () => {
		const maps = calibrated(fitted, data, { method: "platt" });
		const to = join(folder(), "calibrated");
		await saveModel(maps, to);
		const [loaded, expected] = [await loadModel(to), maps.predict(test)];
		expect(loaded.predictOn(data, test)).toEqual(expected);
		expect(loaded.predictUncalibrated(data, test)).toEqual(fitted.predict(test));
		loaded.dispose();
		const later = changed(() => undefined);
		await calibrateModel(later, { method: "platt", data: async () => data });
		const reread = await loadModel(later);
		expect(reread.predictOn(data, test)[pCTCVR]).toEqual(expected[pCTCVR]);
		reread.dispose();
	});
	it.each<[string, (about: ModelFile, copy: string) => object | undefined, string]>([
		[
			"trees of another file",
			(_, copy) => {
				cpSync(join(copy, `cvr.${ending}`), join(copy, `ctr.${ending}`));
				return undefined;
			},
			`is damaged: ctr.${ending} is not the file that model.json was written with`,
		],
		[
			"trees that are missing",
			(_, copy) => {
				rmSync(join(copy, `cvr.${ending}`));
				return undefined;
			},
			`cvr.${ending} cannot be read (ENOENT)`,
		],
		[
			"statistics that are not named",
			({ weights }) => ({ weights: weights.map((of) => ({ ...of, shape: [of.shape[0] + 1] })) }),
			'has no "ctr/a/rate" of shape [14]',
		],
		[
			"trees of another booster",
			({ trees }) => ({ trees: trees && { ...trees, boosters: [] } }),
			"names no trees for P(click",
		],
		["no word of trees", () => ({ trees: undefined }), "names no trees"],
	])("refused by name: %s", async (_, change, message) => {
		const copy = changed(change);
		await expect(loadModel(copy)).rejects.toThrow(message);
		await expect(loadModel(copy)).rejects.toThrow(InputError);
	});
});
