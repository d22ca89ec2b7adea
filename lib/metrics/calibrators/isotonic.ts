import { ascending } from "../truth";
import { checkedCounts } from "./checkedScores";
import { pav } from "./pav";

/** A rising map through points (x, y), straight between them, flat before the first and after the last. */
export interface Isotonic {
	kind: "isotonic";
	/** Scores, rising. */
	x: number[];
	/** Probabilities, never falling. */
	y: number[];
	n: number;
	positives: number;
}

/**
 * Fits the rising map that is nearest to the labels in squares (Zadrozny & Elkan 2002), by `pav`. Rows of equal score count as one
 * point: their rate, with their number as weight.
 *
 * The map is flat over each block of rows that it pools and straight between the last score of one block and the first of the next,
 * as scikit-learn draws it: steps would make a jump somewhere in a gap in which no row was seen. Scores beyond those fitted
 * get the value at the end. It takes no shape for granted, so it needs many positives; on the rows that it was fitted on
 * the mean is exactly the rate.
 *
 * Within a block all rows get one value: ties are made, so AUC changes (on fresh rows it falls a little), where Platt's map leaves it
 * as it is. A block without positives gets probability 0, one without negatives 1: fresh rows there can cost any log-loss, and nobody bids on
 * 0. `remarksOn` names them.
 *
 * @throws InputError scores that are no probabilities, one class
 */
export function fitIsotonic(scores: Float32Array, labels: Uint8Array): Isotonic {
	const counts = checkedCounts(scores, labels);
	const [points, rate, weight]: number[][] = [[], [], []];
	for (const row of ascending(scores)) {
		const last = points.length - 1;
		if (last >= 0 && points[last] === scores[row]) {
			rate[last] += labels[row];
			weight[last]++;
			continue;
		}
		points.push(scores[row]);
		rate.push(labels[row]);
		weight.push(1);
	}
	for (let i = 0; i < rate.length; i++) rate[i] /= weight[i];
	const [x, y]: number[][] = [[], []];
	for (const { from, to, value } of pav(rate, weight))
		for (const end of to - from > 1 ? [from, to - 1] : [from]) {
			x.push(points[end]);
			y.push(value);
		}
	return { kind: "isotonic", x, y, ...counts };
}

/** The rising map of some scores. */
export function applyIsotonic({ x, y }: Isotonic, scores: Float32Array): Float32Array {
	return scores.map((p) => {
		let [low, high] = [0, x.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (x[middle] < p) low = middle + 1;
			else high = middle;
		}
		if (low === 0) return y[0];
		if (low === x.length) return y[low - 1];
		const between = y[low - 1] + ((y[low] - y[low - 1]) * (p - x[low - 1])) / (x[low] - x[low - 1]);
		return Math.min(between, y[low]);
	});
}
