import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pCTR } from "../core/prob";
import { openDuckDb } from "../data/duckdb";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { calibrationMethods } from "../metrics/calibrators/calibrator";
import { evaluate, labelled } from "../metrics/evaluate";
import { esmm } from "../models/esmm";
import { tf } from "../tensor/native";
import { calibrated } from "./calibrated";
import { calibrateModel } from "./calibrateModel";
import { type Fitted, fit } from "./fit";
import { loadModel } from "./loadModel";
import { hashOfFile, type ModelFile } from "./modelFile";
import { predictFiles } from "./predictFiles";
import { saveModel } from "./saveModel";

const folder = temporaryFolders();
const hyper = { embedding: 4, mlp: [16], lr: 0.01, batch: 64, epochs: 2, dropout: 0 };
const data = toyDataset();
const { valid, test } = data.split;
let fitted: Fitted = undefined as never;
const aboutOf = (of: string): ModelFile => JSON.parse(readFileSync(join(of, "model.json"), "utf8"));
const load = async () => data;

beforeAll(async () => {
	fitted = await fit(esmm, { data, seed: 4, hyper });
});
afterAll(() => fitted.dispose());

/** The trained model, saved as it is. */
async function saved(of: Fitted = fitted): Promise<string> {
	const to = join(folder(), "toy.model");
	await saveModel(of, to);
	return to;
}

describe.each(calibrationMethods)("a saved model calibrated by %s", (method) => {
	it("gives the bits of the one in memory, and before calibration those of the fitted model", async () => {
		const one = calibrated(fitted, data, { method });
		const to = await saved(one);
		expect(aboutOf(to)).toMatchObject({ format: 3, calibration: one.calibration });
		const loaded = await loadModel(to);
		expect(loaded.about.calibration).toEqual(one.calibration);
		expect(loaded.predictOn(data, test)).toEqual(one.predict(test));
		expect(loaded.predictUncalibrated(data, test)).toEqual(fitted.predict(test));
		loaded.dispose();
	});
	it("predicts files calibrated", async () => {
		const loaded = await loadModel(await saved(calibrated(fitted, data, { method })));
		const [a, b, number] = [3, 2, 0.25];
		const given = loaded.predict([{ a, b, number }])[pCTR][0];
		expect(given).not.toBe(loaded.predictUncalibrated(data, Int32Array.of(0))[pCTR][0]);
		const [from, out] = [join(folder(), "rows.csv"), join(folder(), "p.parquet")];
		writeFileSync(from, `a,b,number\n${a},${b},${number}\n`);
		await predictFiles({ model: loaded, files: [from], out, encoded: true });
		loaded.dispose();
		const db = await openDuckDb({ memory: "100MB", threads: 1 });
		const [row] = await db.rows(`SELECT "${pCTR}" AS p FROM '${out}'`);
		db.close();
		expect(row.p).toBe(given);
	});
	it("is calibrated in its place to the same bits, as often as one likes", async () => {
		const to = await saved();
		const before = tf.memory().numTensors;
		for (const one of [...calibrationMethods, method]) {
			const given = await calibrateModel(to, { method: one, data: load });
			expect(given.method).toBe(one);
		}
		expect(tf.memory().numTensors).toBe(before);
		const [expected, loaded] = [calibrated(fitted, data, { method }), await loadModel(to)];
		expect(loaded.predictOn(data, test)).toEqual(expected.predict(test));
		expect(aboutOf(to)).toEqual(aboutOf(await saved(expected)));
		loaded.dispose();
	});
});

describe("what calibrating a saved model gives", () => {
	it("metrics of the validation part, of the test part where it is opened, and where the maps are from", async () => {
		const to = await saved();
		const given = await calibrateModel(to, { method: "platt", data: load, final: true });
		const expected = calibrated(fitted, data, { method: "platt" });
		const measure = (rows: Int32Array) => evaluate(expected.predict(rows), labelled(data, rows));
		expect(given).toEqual({
			method: "platt",
			fittedOn: expected.calibration.fittedOn,
			remarks: expected.calibration.remarks,
			metrics: measure(valid),
			test: measure(test),
		});
	});
	it("is read from the folder the second time; not of another method, nor with a test part that was not opened", async () => {
		const to = await saved();
		let loads = 0;
		const counted = async () => {
			loads++;
			return data;
		};
		const calibrate = (method: (typeof calibrationMethods)[number], final?: boolean) =>
			calibrateModel(to, { method, final, data: counted });
		const first = await calibrate("platt");
		expect(await calibrate("platt")).toEqual(first);
		expect(loads).toBe(1);
		expect((await calibrate("platt", true)).test).toBeDefined();
		expect((await calibrate("isotonic")).method).toBe("isotonic");
		expect(loads).toBe(3);
		writeFileSync(join(to, "calibrated.json"), "{damaged");
		expect((await calibrate("isotonic")).method).toBe("isotonic");
		expect(loads).toBe(4);
		await saveModel(fitted, to);
		expect(readdirSync(to).sort()).toEqual(["model.json", "weights.safetensors"]);
	});
	it("another log is refused, and the model stays as it was", async () => {
		const to = await saved();
		const other = async () => toyDataset({ name: "other", fingerprint: "other" });
		await expect(calibrateModel(to, { method: "platt", data: other })).rejects.toThrow(
			"esmm was trained on toy, and other is another log",
		);
		expect(aboutOf(to)).toMatchObject({ format: 2 });
		await expect(calibrateModel(folder(), { method: "platt", data: load })).rejects.toThrow("is no saved model");
	});
});

describe("a calibrated model.json", () => {
	it("that was changed is refused, with or without another hash", async () => {
		const to = await saved(calibrated(fitted, data, { method: "platt" }));
		const about = aboutOf(to);
		const map = about.calibration?.maps[pCTR] as { a: number };
		map.a += 0.01;
		const [one, other] = [folder(), folder()];
		for (const copy of [one, other]) cpSync(to, copy, { recursive: true });
		writeFileSync(join(one, "model.json"), JSON.stringify(about));
		writeFileSync(join(other, "model.json"), JSON.stringify({ ...about, hash: hashOfFile(about) }));
		await expect(loadModel(one)).rejects.toThrow("is damaged, or was changed");
		await expect(loadModel(other)).rejects.toThrow("was saved with a calibration that gave P(click|impression) =");
	});
	it("of a model without a calibration has none", async () => {
		const about = aboutOf(await saved());
		expect(about.format).toBe(2);
		expect(about).not.toHaveProperty("calibration");
		expect(about.check).not.toHaveProperty("calibrated");
	});
});
