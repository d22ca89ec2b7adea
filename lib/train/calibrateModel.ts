import { existsSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AnyModel } from "../core/model";
import type { Dataset } from "../data/dataset";
import { writeWholeFolder } from "../data/wholeFolder";
import { applyCalibration, type Calibration } from "../metrics/calibrators/calibration";
import type { CalibrationMethod } from "../metrics/calibrators/calibrator";
import { evaluate, labelled } from "../metrics/evaluate";
import type { MetricValue } from "../metrics/value";
import { calibrationOn, checkSameLog } from "./calibrated";
import { loadModel, readModelFile } from "./loadModel";
import { hashOfFile, MODEL, type ModelFile, VOCABULARY, WEIGHTS } from "./modelFile";
import { asJson } from "./saveModel";

/** The file of a saved model's folder that holds what its calibration gave. */
const CALIBRATED = "calibrated.json";

/** What calibrating a model gave. */
export interface CalibratedMetrics {
	method: CalibrationMethod;
	/** Validation rows, and for each map the positives among those of its space. */
	fittedOn: Calibration["fittedOn"];
	remarks: readonly string[];
	/** Metrics of the validation part, on whose rows the maps were fitted: friendlier than fresh rows are. */
	metrics: Record<string, MetricValue>;
	/** Metrics of the test part, where it was opened. */
	test?: Record<string, MetricValue>;
}

/** What `calibrateModel` needs beside the folder. */
export interface CalibrateModel {
	method: CalibrationMethod;
	/** Loads the log that the model was trained on; not called where the folder holds the answer. */
	data: () => Promise<Dataset>;
	/** Opens the test part. */
	final?: boolean;
	/** The model, where it is not a registered one. */
	model?: AnyModel;
}

/**
 * Calibrates a saved model in its place, without training: fits the maps on the validation rows of its log, writes them into model.json
 * instead of those of before, and measures. The same again reads what was measured from the folder.
 *
 * @throws InputError as `loadModel` and `calibrated`; the model stays as it was
 */
export async function calibrateModel(folder: string, options: CalibrateModel): Promise<CalibratedMetrics> {
	const { method, final } = options;
	const known = await measured(folder);
	if (known?.method === method && (known.test || !final)) return known;
	const data = await options.data();
	const loaded = await loadModel(folder, options.model);
	try {
		const { about } = loaded;
		checkSameLog(about.model, about.data, data);
		const predict = (rows: Int32Array) => loaded.predictUncalibrated(data, rows);
		const calibration = calibrationOn(data, method, about.graph, predict);
		const measure = (rows: Int32Array) => evaluate(applyCalibration(calibration, predict(rows)), labelled(data, rows));
		const given: CalibratedMetrics = {
			method,
			fittedOn: calibration.fittedOn,
			remarks: calibration.remarks,
			metrics: measure(data.split.valid),
			...(final ? { test: measure(data.split.test) } : {}),
		};
		await rewrite(folder, about, calibration, given);
		return given;
	} finally {
		loaded.dispose();
	}
}

/** What the folder's calibration gave, where that is written down for the model.json as it is. */
async function measured(folder: string): Promise<CalibratedMetrics | undefined> {
	const { hash } = await readModelFile(folder);
	const text = await readFile(join(folder, CALIBRATED), "utf8").catch(() => "null");
	try {
		const found = JSON.parse(text) as { model: string; given: CalibratedMetrics } | null;
		return found?.model === hash ? found.given : undefined;
	} catch {
		return undefined;
	}
}

/** Writes a saved model's folder anew, with another calibration. */
async function rewrite(
	folder: string,
	about: ModelFile,
	calibration: Calibration,
	given: CalibratedMetrics,
): Promise<void> {
	const scores = Object.entries(about.check.probs).map(([prob, of]) => [prob, Float32Array.from(of)] as const);
	const changed: ModelFile = {
		...about,
		format: about.trees ? 4 : 3,
		calibration,
		check: { ...about.check, calibrated: asJson(applyCalibration(calibration, Object.fromEntries(scores))) },
	};
	const hash = hashOfFile(changed);
	await writeWholeFolder(folder, async (temporary) => {
		for (const file of [WEIGHTS, VOCABULARY, ...(about.trees?.boosters ?? []).map((booster) => booster.file)])
			if (existsSync(join(folder, file))) await copyFile(join(folder, file), join(temporary, file));
		await writeFile(join(temporary, MODEL), `${JSON.stringify({ ...changed, hash }, null, "\t")}\n`);
		await writeFile(join(temporary, CALIBRATED), `${JSON.stringify({ model: hash, given }, null, "\t")}\n`);
	});
}
