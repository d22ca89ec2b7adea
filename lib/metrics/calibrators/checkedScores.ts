import { InputError } from "../../core/problem";

/** Rows that a calibrator is fitted on, and the positives among them. */
export interface Counts {
	n: number;
	positives: number;
}

/**
 * Counts the rows that a calibrator is to be fitted on.
 *
 * @param scores probabilities
 * @param labels 0/1, as many
 * @throws InputError other lengths, labels that are neither 0 nor 1, scores that are no probabilities, no rows, or one class
 */
export function checkedCounts(scores: Float32Array, labels: Uint8Array): Counts {
	const n = scores.length;
	if (labels.length !== n)
		throw new InputError(`${n} scores but ${labels.length} labels: give as many labels as scores`);
	checkScores(scores);
	let [positives, strange] = [0, 0];
	for (let row = 0; row < n; row++) {
		positives += labels[row];
		if (labels[row] > 1) strange++;
	}
	if (strange > 0) throw new InputError(`${strange} of ${n} labels are neither 0 nor 1`);
	if (n === 0) throw new InputError("no rows to calibrate on");
	if (positives === 0 || positives === n)
		throw new InputError(
			`all ${n} labels are ${positives && 1}: calibration needs rows of both classes, so take more rows`,
		);
	return { n, positives };
}

/**
 * Scores above 1 are taken: a quotient of two probabilities may be one.
 *
 * @throws InputError scores that are NaN, negative or infinite, counted
 */
export function checkScores(scores: Float32Array): void {
	let [nan, outside] = [0, 0];
	for (let row = 0; row < scores.length; row++) {
		if (Number.isNaN(scores[row])) nan++;
		else if (!(scores[row] >= 0 && scores[row] < Number.POSITIVE_INFINITY)) outside++;
	}
	if (nan > 0) throw new InputError(`${nan} of ${scores.length} scores are NaN: find where they come from`);
	if (outside > 0)
		throw new InputError(
			`${outside} of ${scores.length} scores are negative or infinite: calibration takes probabilities, so pass logits through a sigmoid`,
		);
}
