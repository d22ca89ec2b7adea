import { bitsOf, sortable, sortKeys } from "./radix";

/** An AUC with DeLong's standard error. */
export interface Auc {
	/** In [0, 1]; null when a class is absent. */
	value: number | null;
	se: number | null;
	n: number;
	positives: number;
}

/**
 * Area under the ROC curve with mid-ranks: P(score of a positive > score of a negative) + ½ P(equal).
 *
 * Definition: Mann & Whitney 1947; standard error: DeLong, DeLong & Clarke-Pearson 1988. Sums in float64.
 * The two classes are sorted apart and merged, so a block of ties is met whole. Float32 scores are sorted in O(n).
 *
 * @param scores one a row; only their order counts
 * @param labels 0 or 1 a row
 * @throws Error lengths that differ, a NaN score
 */
export function auc(scores: Float32Array | Float64Array, labels: ArrayLike<number>): Auc {
	if (scores instanceof Float32Array) return aucInPlace(scores.slice(), labels, new Uint32Array(scores.length));
	const positives = positivesOf(scores, labels);
	const negatives = scores.length - positives;
	if (positives === 0 || negatives === 0) return { value: null, se: null, n: scores.length, positives };
	return merged(sorted(scores, labels, 1, positives), sorted(scores, labels, 0, negatives));
}

/**
 * The same where memory is scarce: 8 bytes a row beside the labels.
 *
 * @param scores overwritten
 * @param scratch as long as `scores`; overwritten
 */
export function aucInPlace(scores: Float32Array, labels: ArrayLike<number>, scratch: Uint32Array): Auc {
	const n = scores.length;
	const positives = positivesOf(scores, labels);
	if (positives === 0 || positives === n) return { value: null, se: null, n, positives };
	const bits = bitsOf(scores);
	for (let row = 0, up = 0, down = positives; row < n; row++)
		scratch[labels[row] ? up++ : down++] = sortable(bits[row]);
	const [up, down] = [scratch.subarray(0, positives), scratch.subarray(positives, n)];
	sortKeys(up, bits.subarray(0, positives));
	sortKeys(down, bits.subarray(positives));
	return merged(up, down);
}

function positivesOf(scores: Float32Array | Float64Array, labels: ArrayLike<number>): number {
	const n = scores.length;
	if (labels.length !== n) throw new Error(`auc: ${n} scores, ${labels.length} labels`);
	let positives = 0;
	for (let i = 0; i < n; i++) {
		if (Number.isNaN(scores[i])) throw new Error(`auc: the score of row ${i} is NaN`);
		positives += labels[i];
	}
	return positives;
}

/** AUC of the scores of the positives and of the negatives, both rising and neither empty. */
function merged(up: Uint32Array | Float64Array, down: Uint32Array | Float64Array): Auc {
	const [positives, negatives] = [up.length, down.length];
	// Placements: for each positive the share of negatives below it, for each negative the share of positives above.
	let [sum10, squares10, sum01, squares01] = [0, 0, 0, 0];
	for (let i = 0, j = 0; i < positives || j < negatives; ) {
		const score = Math.min(
			i < positives ? up[i] : Number.POSITIVE_INFINITY,
			j < negatives ? down[j] : Number.POSITIVE_INFINITY,
		);
		const [fromUp, fromDown] = [i, j];
		while (i < positives && up[i] <= score) i++;
		while (j < negatives && down[j] <= score) j++;
		const [tiedUp, tiedDown] = [i - fromUp, j - fromDown];
		const below = (fromDown + tiedDown / 2) / negatives;
		const above = (positives - i + tiedUp / 2) / positives;
		sum10 += tiedUp * below;
		squares10 += tiedUp * below * below;
		sum01 += tiedDown * above;
		squares01 += tiedDown * above * above;
	}
	const value = sum10 / positives;
	const variance = (sum: number, squares: number, m: number) => (m > 1 ? (squares - (sum * sum) / m) / (m - 1) / m : 0);
	const se = Math.sqrt(Math.max(0, variance(sum10, squares10, positives) + variance(sum01, squares01, negatives)));
	return { value, se: positives > 1 && negatives > 1 ? se : null, n: positives + negatives, positives };
}

function sorted(scores: Float64Array, labels: ArrayLike<number>, wanted: number, count: number): Float64Array {
	const picked = new Float64Array(count);
	for (let i = 0, k = 0; i < scores.length; i++) if (labels[i] === wanted) picked[k++] = scores[i];
	return picked.sort();
}
