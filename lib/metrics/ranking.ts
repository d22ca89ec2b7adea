import { type ByClass, byClass, positivesOf } from "./byClass";

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
 * @throws InputError NaN scores, counted
 * @throws Error lengths that differ
 */
export function auc(scores: Float32Array | Float64Array, labels: ArrayLike<number>): Auc {
	if (scores instanceof Float32Array) return aucOf(byClass(scores, labels));
	const positives = positivesOf(scores, labels);
	const negatives = scores.length - positives;
	if (positives === 0 || negatives === 0) return { value: null, se: null, n: scores.length, positives };
	return merged(sorted(scores, labels, 1, positives), sorted(scores, labels, 0, negatives));
}

/** The same of scores that are sorted already. */
export function aucOf({ positives, negatives }: ByClass): Auc {
	if (positives.length > 0 && negatives.length > 0) return merged(positives, negatives);
	return { value: null, se: null, n: positives.length + negatives.length, positives: positives.length };
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
