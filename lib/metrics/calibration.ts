import { InputError } from "../core/problem";
import { type ByClass, byClass } from "./byClass";
import { mustBeFinite } from "./notNumbers";
import { fromKeys } from "./radix";

/** Bins that `evaluate` takes calibration errors over. */
export const CALIBRATION_BINS = 15;

/** One bin of a calibration curve. */
export interface ReliabilityBin {
	/** Rows in it. */
	n: number;
	/** Positives among them, a fraction where scores tie at a border. */
	positives: number;
	/** Mean score. */
	predicted: number;
	/** Rate of positives, with its 95 % interval (Wilson 1927). */
	observed: number;
	low: number;
	high: number;
}

/**
 * A calibration curve: rows by rising score in bins of equal size (fewer than asked for where there are fewer rows), each with its
 * mean score and its rate of positives. Equal width is useless at rates of 0.5 %, where nearly every row would be in the first bin.
 * Rows that tie across a border share their positives evenly.
 *
 * @param scores probabilities
 * @param labels 0 or 1 a row
 * @throws InputError NaN or infinite scores, counted; no whole number of bins
 */
export const reliability = (
	scores: Float32Array,
	labels: ArrayLike<number>,
	bins: number = CALIBRATION_BINS,
): ReliabilityBin[] =>
	sumsOf(finite(scores, labels, bins), bins).map(({ n, positives, predicted }) => ({
		...{ n, positives, predicted: predicted / n, observed: positives / n },
		...wilson(positives, n),
	}));

/** Expected and maximum calibration error; `se` is null where a bin has one row. */
export interface CalibrationErrors {
	ece: { value: number; se: number | null };
	mce: { value: number; se: number | null };
	bins: number;
}

/**
 * ECE = Σ (n_b/n)·|mean score − rate of positives| over the bins of `reliability`, and MCE, the largest of these differences
 * (Naeini et al., AAAI 2015, who bin by width). Standard errors from the spread of score − label within each bin, bins independent; that
 * of MCE is its bin's. Both are too large on few positives: noise alone is some √(rate/n_b) in each bin. Undefined without rows.
 *
 * @param scores probabilities
 * @param labels 0 or 1 a row
 * @throws InputError NaN or infinite scores, counted; no whole number of bins
 */
export const calibrationErrors = (
	scores: Float32Array,
	labels: ArrayLike<number>,
	bins: number = CALIBRATION_BINS,
): CalibrationErrors | undefined => calibrationErrorsOf(finite(scores, labels, bins), bins);

/** The same of scores that are sorted already. */
export function calibrationErrorsOf(of: ByClass, bins: number): CalibrationErrors | undefined {
	const sums = sumsOf(of, bins);
	if (sums.length === 0) return undefined;
	const all = of.positives.length + of.negatives.length;
	const each = sums.map(({ n, positives, predicted, squares }) => {
		const gap = (predicted - positives) / n;
		return {
			share: n / all,
			gap: Math.abs(gap),
			variance: n > 1 ? Math.max(0, squares / n - gap * gap) / (n - 1) : null,
		};
	});
	const worst = each.reduce((a, b) => (b.gap > a.gap ? b : a));
	const variance = each.reduce<number | null>(
		(sum, bin) => (sum === null || bin.variance === null ? null : sum + bin.share ** 2 * bin.variance),
		0,
	);
	const root = (of: number | null) => (of === null ? null : Math.sqrt(of));
	return {
		ece: { value: each.reduce((sum, { share, gap }) => sum + share * gap, 0), se: root(variance) },
		mce: { value: worst.gap, se: root(worst.variance) },
		bins: sums.length,
	};
}

function finite(scores: Float32Array, labels: ArrayLike<number>, bins: number): ByClass {
	if (!(Number.isSafeInteger(bins) && bins > 0)) throw new InputError(`${bins} bins: give a whole number from 1`);
	mustBeFinite(scores);
	return byClass(scores, labels);
}

/** Sums over a bin: rows, scores, positives, and squares of score − label. */
interface Sums {
	n: number;
	predicted: number;
	positives: number;
	squares: number;
}

function sumsOf({ positives: up, negatives: down }: ByClass, bins: number): Sums[] {
	const all = up.length + down.length;
	const count = Math.min(bins, all);
	const sums: Sums[] = [];
	const key = new Uint32Array(1);
	const score = new Float32Array(key.buffer);
	// The rows that are left of the block of ties at hand, their score, and their rate of positives.
	let [i, j, left, p, rate] = [0, 0, 0, 0, 0];
	for (let k = 0, place = 0; k < count; k++) {
		const n = Math.floor(((k + 1) * all) / count) - place;
		place += n;
		let [room, predicted, positives, squares] = [n, 0, 0, 0];
		while (room > 0) {
			if (left === 0) {
				const least = i < up.length && (j >= down.length || up[i] < down[j]) ? up[i] : down[j];
				const before = i;
				left = -i - j;
				while (i < up.length && up[i] === least) i++;
				while (j < down.length && down[j] === least) j++;
				left += i + j;
				rate = (i - before) / left;
				key[0] = least;
				fromKeys(key);
				p = score[0];
			}
			const take = left < room ? left : room;
			const hits = take * rate;
			predicted += take * p;
			positives += hits;
			squares += hits * (1 - p) * (1 - p) + (take - hits) * p * p;
			left -= take;
			room -= take;
		}
		sums.push({ n, predicted, positives, squares });
	}
	return sums;
}

/** 0.975-quantile of the normal distribution. */
const Z = 1.959963984540054;

/** Wilson's 95 % interval of a rate. */
function wilson(positives: number, n: number): { low: number; high: number } {
	const rate = positives / n;
	const middle = (rate + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
	const half = ((Z / n) * Math.sqrt(positives * (1 - rate) + (Z * Z) / 4)) / (1 + (Z * Z) / n);
	return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
