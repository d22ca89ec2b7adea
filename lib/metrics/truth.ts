import { type Estimate, meanOf } from "./estimate";
import { nanError } from "./notNumbers";
import { bitsOf, fromKeys, sortKeys, toKeys } from "./radix";
import { correlationOf, toMidRanks } from "./spearman";

export { type Estimate, meanOf } from "./estimate";

/**
 * AUC against soft labels: over pairs (i, j), i ≠ j, the share ranked rightly when i is positive with
 * probability c_i and j negative with probability 1 − c_j, ties half. With scores = truth it is the Bayes ceiling.
 *
 * In O(n log n): sort by score; for each tied block with C = Σc, B = Σ(1−c), S = Σc(1−c), the numerator gains
 * C·B_below + ½(C·B − S). The standard error is that of the two-sample U-statistic's row influences.
 *
 * @param scores float32, only their order counts
 * @param truth probabilities in [0, 1]
 * @param weight of each row, for a space that is itself known by probability (clicked rows: weight P(click))
 */
export function softAuc(scores: Float32Array, truth: ArrayLike<number>, weight?: ArrayLike<number>): Estimate {
	const { keys, order } = ranked(scores);
	const inOrder = (column: ArrayLike<number>) => Float64Array.from(order, (row) => column[row]);
	return softAucOf(keys, inOrder(truth), classes(truth, weight), weight && inOrder(weight));
}

/**
 * The same without weights, its ceiling (what the truth itself reaches), and Spearman's correlation of both, which shares the two sorts;
 * where memory is scarce: 16 bytes a row in all.
 *
 * @param scores overwritten
 * @param truth overwritten
 * @param scratch two as long as these; overwritten
 */
export function softAucInPlace(
	scores: Float32Array,
	truth: Float32Array,
	scratch: readonly [Uint32Array, Uint32Array],
): { ranked: Estimate; ceiling: number; correlation: Estimate } {
	const sums = classes(truth);
	const keys = keysOf(scores);
	sortKeys(keys, scratch[0], bitsOf(truth), scratch[1]);
	const ranked = softAucOf(keys, truth, sums);
	// From here on the scores are ranks, which move with the truth as it is sorted.
	toMidRanks(keys);
	const truthKeys = keysOf(truth);
	sortKeys(truthKeys, scratch[0], keys, scratch[1]);
	const correlation = correlationOf(truthKeys, keys);
	keys.set(truthKeys);
	fromKeys(keys);
	return { ranked, ceiling: softAucOf(truthKeys, scores, sums).value, correlation };
}

/** Weight of the positives, of the negatives, and of the pairs that a row would form with itself. */
interface Classes {
	positive: number;
	negative: number;
	self: number;
}

function classes(truth: ArrayLike<number>, weight?: ArrayLike<number>): Classes {
	let [positive, negative, self] = [0, 0, 0];
	for (let i = 0; i < truth.length; i++) {
		const [c, w] = [truth[i], weight ? weight[i] : 1];
		positive += w * c;
		negative += w * (1 - c);
		self += w * w * c * (1 - c);
	}
	return { positive, negative, self };
}

/** `softAuc` of rows by rising key. */
function softAucOf(
	keys: Uint32Array,
	truth: Float32Array | Float64Array,
	{ positive, negative, self }: Classes,
	weight?: Float64Array,
): Estimate {
	const n = keys.length;
	/** Sums over the block of ties that begins at a place, and where it ends. */
	const blockAt = (from: number) => {
		let [C, B, S, to] = [0, 0, 0, from];
		for (const key = keys[from]; to < n && keys[to] === key; to++) {
			const [c, w] = [truth[to], weight ? weight[to] : 1];
			C += w * c;
			B += w * (1 - c);
			S += w * w * c * (1 - c);
		}
		return { C, B, S, to };
	};
	let [below, above, numerator] = [0, positive, 0];
	for (let from = 0; from < n; ) {
		const { C, B, S, to } = blockAt(from);
		numerator += C * below + (C * B - S) / 2;
		below += B;
		above -= C;
		from = to;
	}
	const value = numerator / (positive * negative - self);
	let squares = 0;
	[below, above] = [0, positive];
	for (let from = 0; from < n; ) {
		const { C, B, to } = blockAt(from);
		const negativeBelow = (below + B / 2) / negative;
		const positiveAbove = (above - C / 2) / positive;
		for (; from < to; from++) {
			const [c, w] = [truth[from], weight ? weight[from] : 1];
			const influence =
				((w * c) / positive) * (negativeBelow - value) + ((w * (1 - c)) / negative) * (positiveAbove - value);
			squares += influence * influence;
		}
		below += B;
		above -= C;
	}
	return { value, se: Math.sqrt(squares) };
}

/**
 * Root mean squared error of predicted against true probabilities. Standard error through the slope of the root.
 *
 * @throws InputError NaN predictions, counted
 */
export function rmse(predicted: ArrayLike<number>, truth: ArrayLike<number>): Estimate {
	return rootOf(
		numbersOf(
			predicted,
			meanOf(predicted.length, (i) => (predicted[i] - truth[i]) ** 2),
		),
	);
}

/**
 * Mean absolute error of predicted against true probabilities.
 *
 * @throws InputError NaN predictions, counted
 */
export function mae(predicted: ArrayLike<number>, truth: ArrayLike<number>): Estimate {
	const { mean, se } = numbersOf(
		predicted,
		meanOf(predicted.length, (i) => Math.abs(predicted[i] - truth[i])),
	);
	return { value: mean, se };
}

/**
 * Root mean squared error of the natural logarithms, both held at 1e-7 or above: how far a prediction is off as a factor, which a small
 * rate needs.
 *
 * @throws InputError NaN predictions, counted
 */
export function logRmse(predicted: ArrayLike<number>, truth: ArrayLike<number>): Estimate {
	const square = (i: number) => Math.log(Math.max(predicted[i], 1e-7) / Math.max(truth[i], 1e-7)) ** 2;
	return rootOf(numbersOf(predicted, meanOf(predicted.length, square)));
}

const rootOf = ({ mean, se }: { mean: number; se: number }): Estimate => {
	const value = Math.sqrt(mean);
	return { value, se: value > 0 ? se / (2 * value) : 0 };
};

/** A mean over rows, which is NaN where a prediction is. */
function numbersOf<M extends { mean: number }>(predicted: ArrayLike<number>, found: M): M {
	if (Number.isNaN(found.mean) && Array.prototype.some.call(predicted, Number.isNaN)) throw nanError(predicted);
	return found;
}

/**
 * Σ predicted / Σ true: 1 is unbiased, above 1 over-estimates. Standard error of a ratio of means (linearised).
 *
 * @throws InputError NaN predictions, counted
 */
export function pcoc(predicted: ArrayLike<number>, truth: ArrayLike<number>): Estimate {
	const n = predicted.length;
	const bottom = meanOf(n, (i) => truth[i]).mean;
	const value =
		numbersOf(
			predicted,
			meanOf(n, (i) => predicted[i]),
		).mean / bottom;
	return { value, se: meanOf(n, (i) => (predicted[i] - value * truth[i]) / bottom).se };
}

/**
 * Mean Kullback-Leibler divergence of predicted from true probabilities, in nats: the log-loss beyond the entropy.
 *
 * @throws InputError NaN predictions, counted
 */
export function kl(predicted: ArrayLike<number>, truth: ArrayLike<number>): Estimate {
	const divergence = (i: number) => {
		const p = Math.min(Math.max(predicted[i], 1e-7), 1 - 1e-7);
		const c = truth[i];
		return (c > 0 ? c * Math.log(c / p) : 0) + (c < 1 ? (1 - c) * Math.log((1 - c) / (1 - p)) : 0);
	};
	const { mean, se } = numbersOf(predicted, meanOf(predicted.length, divergence));
	return { value: mean, se };
}

/** Row numbers by rising score; rows of equal score in their order. */
export const ascending = (scores: Float32Array): Uint32Array => ranked(scores).order;

function ranked(scores: Float32Array): { keys: Uint32Array; order: Uint32Array } {
	const n = scores.length;
	const keys = keysOf(scores.slice());
	const order = new Uint32Array(n);
	for (let row = 0; row < n; row++) order[row] = row;
	sortKeys(keys, new Uint32Array(n), order, new Uint32Array(n));
	return { keys, order };
}

/** Makes scores into keys that sort as they do, in their place. */
function keysOf(scores: Float32Array): Uint32Array {
	const keys = bitsOf(scores);
	for (let row = 0; row < scores.length; row++) if (Number.isNaN(scores[row])) throw nanError(scores);
	toKeys(keys);
	return keys;
}
