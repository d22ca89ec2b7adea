import { nanError } from "./notNumbers";
import { bitsOf, sortKeys, toKeys } from "./radix";

/** Scores of the positives and of the negatives, each rising, as keys that sort as they do (`sortable`). */
export interface ByClass {
	readonly positives: Uint32Array;
	readonly negatives: Uint32Array;
}

/**
 * Sorts scores by class, the one sort that AUC, top-k and calibration share: 8 bytes a row beside the labels, O(n).
 *
 * @param scores overwritten
 * @param labels 0 or 1 a row
 * @param scratch as long as `scores`; holds the result
 * @throws InputError NaN scores, counted
 */
export function byClassInPlace(scores: Float32Array, labels: ArrayLike<number>, scratch: Uint32Array): ByClass {
	const n = scores.length;
	const positives = positivesOf(scores, labels);
	const bits = bitsOf(scores);
	toKeys(bits);
	for (let row = 0, up = 0, down = positives; row < n; row++) scratch[labels[row] ? up++ : down++] = bits[row];
	const [up, down] = [scratch.subarray(0, positives), scratch.subarray(positives, n)];
	sortKeys(up, bits.subarray(0, positives));
	sortKeys(down, bits.subarray(positives));
	return { positives: up, negatives: down };
}

/** The same of scores that are kept as they are. */
export const byClass = (scores: Float32Array, labels: ArrayLike<number>): ByClass =>
	byClassInPlace(scores.slice(), labels, new Uint32Array(scores.length));

/**
 * Counts positives, and refuses columns that cannot be ranked.
 *
 * @throws InputError NaN scores, counted
 */
export function positivesOf(scores: Float32Array | Float64Array, labels: ArrayLike<number>): number {
	const n = scores.length;
	if (labels.length !== n) throw new Error(`${n} scores, ${labels.length} labels: one a row is needed`);
	let positives = 0;
	for (let i = 0; i < n; i++) {
		if (Number.isNaN(scores[i])) throw nanError(scores);
		positives += labels[i];
	}
	return positives;
}
