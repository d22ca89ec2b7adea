import { InputError } from "../core/problem";
import type { Dataset } from "../data/dataset";
import { applyCalibration, type Calibration, fitCalibration } from "../metrics/calibrators/calibration";
import type { CalibrationMethod } from "../metrics/calibrators/calibrator";
import type { Fitted } from "./fit";
import type { Network } from "./step";

/** A trained model whose probabilities are calibrated. Its weights are those of the model it was made of: `dispose` frees both. */
export interface Calibrated extends Fitted {
	readonly calibration: Calibration;
}

/**
 * Calibrates a trained model on the validation part of the log that it was trained on: the step after any model, for people who bid on
 * the numbers. `evaluate`, `evaluateFolder`, `saveModel` and `predictFiles` take what it gives as they take the model.
 *
 * pCTR gets a map fitted on all validation impressions, pCVR one fitted on the clicked ones, and pCTCVR is their product
 * (`fitCalibration` says why, and where that ends). Training rows are not used, for a model is over-confident on what it has seen; nor
 * test rows, which judge the outcome. The validation rows chose the epoch too, which makes them a little too friendly.
 *
 * What there is to know of a map (few positives, a turned slope, probabilities of 0) is said on stderr and kept in
 * `calibration.remarks`.
 *
 * @throws InputError another log, no validation rows, rows of one class, a model that is calibrated already
 */
export function calibrated(fitted: Fitted, data: Dataset, { method }: { method: CalibrationMethod }): Calibrated {
	const { network } = fitted;
	if (fitted.calibration)
		throw new InputError(
			`${fitted.model} is calibrated already (${fitted.calibration.method}): calibrate the model that it was made of`,
		);
	checkSameLog(fitted.model, network.data, data);
	const calibration = calibrationOn(data, method, network.model.graph, (rows) => fitted.predictOn(data, rows));
	return {
		...fitted,
		calibration,
		predict: (rows) => applyCalibration(calibration, fitted.predict(rows)),
		predictOn: (other, rows) => applyCalibration(calibration, fitted.predictOn(other, rows)),
	};
}

/** The maps for what a model gives on a log's validation rows. Remarks are said on stderr. */
export function calibrationOn(
	{ name, split, events }: Dataset,
	method: CalibrationMethod,
	graph: Network["model"]["graph"],
	predict: (rows: Int32Array) => Record<string, Float32Array>,
): Calibration {
	const rows = split.valid;
	if (rows.length === 0)
		throw new InputError(`${name} has no validation rows, which calibration is fitted on: split it with some`);
	const labels = Object.entries(events).map(([event, column]) => [event, Uint8Array.from(rows, (row) => column[row])]);
	const calibration = fitCalibration(method, predict(rows), Object.fromEntries(labels), graph);
	for (const remark of calibration.remarks) process.stderr.write(`calibration of ${remark}\n`);
	return calibration;
}

/** @throws InputError another log than the model was trained on: its validation rows may be rows that the model has seen */
export function checkSameLog(
	model: string,
	trained: { name: string; fingerprint: string },
	data: { name: string; fingerprint: string },
): void {
	if (trained.fingerprint !== data.fingerprint)
		throw new InputError(
			`${model} was trained on ${trained.name}, and ${data.name} is another log or another split of it: calibrate on the validation rows of the first`,
		);
}
