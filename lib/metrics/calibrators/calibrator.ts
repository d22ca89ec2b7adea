import { unknownName } from "../../core/problem";
import { checkScores } from "./checkedScores";
import { applyIsotonic, fitIsotonic, type Isotonic } from "./isotonic";
import { applyPlatt, fitPlatt, type Platt } from "./platt";

/** A map from a model's probabilities to calibrated ones, as plain JSON. */
export type Calibrator = Platt | Isotonic;

/** Ways to calibrate: "platt" has two numbers and keeps the order of scores; "isotonic" takes no shape for granted and makes ties. */
export const calibrationMethods = ["platt", "isotonic"] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** The method of that name. @throws InputError another name */
export function calibrationMethod(name: string): CalibrationMethod {
	const method = calibrationMethods.find((one) => one === name);
	if (method === undefined) throw unknownName("calibration", name, calibrationMethods);
	return method;
}

/**
 * Fits a map from scores to the rate of their labels. Fit it on rows that the model was not trained on, and judge it on others again.
 *
 * @param scores probabilities, or quotients of them, which may exceed 1
 * @param labels 0/1, as many
 * @throws InputError scores that are no probabilities, one class
 */
export const fitCalibrator = (method: CalibrationMethod, scores: Float32Array, labels: Uint8Array): Calibrator =>
	method === "platt" ? fitPlatt(scores, labels) : fitIsotonic(scores, labels);

/**
 * Calibrated probabilities of some scores, in their order: in [0, 1], and never falling where scores rise unless Platt's slope is
 * negative.
 *
 * @throws InputError scores that are no probabilities
 */
export function calibrate(calibrator: Calibrator, scores: Float32Array): Float32Array {
	checkScores(scores);
	return calibrator.kind === "platt" ? applyPlatt(calibrator, scores) : applyIsotonic(calibrator, scores);
}

/**
 * Rows of the rarer class below which a map is told to be uncertain. Platt's shift then has a standard error above 0.1, so every bid
 * may be 10 % off; isotonic maps over-fit, and do worse than Platt's (Niculescu-Mizil & Caruana 2005, whose curves cross between 200
 * and 1000 rows).
 */
const FEW = { platt: 100, isotonic: 200 };

/** What to know before one bids on a map's numbers: few rows of a class, a slope that turns the order, rows that get 0 or 1. */
export function remarksOn(calibrator: Calibrator): string[] {
	const { kind, n, positives } = calibrator;
	const remarks: string[] = [];
	const [rarer, name] = positives <= n - positives ? [positives, "positives"] : [n - positives, "negatives"];
	if (rarer < FEW[kind])
		remarks.push(
			`fitted on ${rarer} ${name} among ${n} rows, and ${kind} wants ${FEW[kind]} or more: ${
				kind === "isotonic" && rarer >= FEW.platt ? "take platt, or more rows" : "its map is uncertain"
			}`,
		);
	if (kind === "platt" && !(calibrator.a > 0))
		remarks.push(
			`the slope is ${calibrator.a.toPrecision(3)}: higher scores had fewer positives, so the order is turned`,
		);
	if (kind === "isotonic") {
		const { x, y } = calibrator;
		const [zero, one] = [y.lastIndexOf(0), y.indexOf(1)];
		if (zero >= 0) remarks.push(`scores up to ${x[zero].toPrecision(4)} get probability 0: no such row was positive`);
		if (one >= 0) remarks.push(`scores from ${x[one].toPrecision(4)} get probability 1: every such row was positive`);
	}
	return remarks;
}
