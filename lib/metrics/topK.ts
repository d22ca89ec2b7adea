import { InputError } from "../core/problem";
import { type ByClass, byClass } from "./byClass";

/** The shares of rows, in percent, at which `evaluate` cuts. */
export const topPercents = [0.1, 0.6, 1] as const;

/** A value with its standard error; null where there is none. */
interface Rate {
	value: number | null;
	se: number | null;
}

/** What the highest scores hold. */
export interface TopK {
	/** n_k = ⌈k·n⌉: rows above the cut. */
	rows: number;
	/** TP: positives among them. */
	hits: number;
	/** TP / n_k; null without rows. */
	precision: Rate;
	/** TP / n₊; null without positives. */
	recall: Rate;
	/** 2·precision·recall / (precision + recall) = 2·TP / (n_k + n₊); 0 where TP is 0, null without positives. */
	f1: Rate;
}

/**
 * Precision, recall and F1 when the ⌈percent/100 · n⌉ rows of the highest scores count as positive. Where scores tie at the cut,
 * the share of the tied rows that is above it has that share of their positives: the expected value of a random draw, without one.
 *
 * Standard errors are those of the rows' influences (the delta method), rows independent, with the cut itself estimated: with m the
 * rate of positives at the cut (over the ranks n_k/2 to 3·n_k/2), a row changes TP/n by 1[above]·(t − m), as a change of the cut lets
 * in or out rows of rate m. For precision that is √[(P(1 − P) + (1 − k)(P − m)²) / n_k]. Null where TP is 0, and of a precision of 1.
 *
 * @param labels 0 or 1 a row
 * @param percent in (0, 100]
 * @throws InputError NaN scores, counted; a percentage out of range
 */
export function topK(scores: Float32Array, labels: ArrayLike<number>, percent: number): TopK {
	if (!(percent > 0 && percent <= 100))
		throw new InputError(`the top ${percent} % of the rows: give a percentage above 0 and at most 100`);
	return topsOf(byClass(scores, labels), [percent])[0];
}

/** `topK` at several cuts, of scores that are sorted already. */
export function topsOf(of: ByClass, percents: readonly number[]): TopK[] {
	const positives = of.positives.length;
	const n = positives + of.negatives.length;
	const cuts = percents.map((percent) => {
		// To 12 digits: 0.1 % of 3000 is 3 rows, though 0.1 · 3000 / 100 is a little more than 3 in float64 arithmetic.
		const rows = Math.ceil(Number(((percent * n) / 100).toPrecision(12)));
		const around = Math.ceil(rows / 2);
		return { rows, below: rows - around, above: Math.min(n, rows + around) };
	});
	const counts = [...new Set(cuts.flatMap(({ rows, below, above }) => [below, rows, above]))].sort((a, b) => a - b);
	const found = new Map(hitsAmong(of, counts).map((hits, i) => [counts[i], hits]));
	const hitsAt = (rows: number) => found.get(rows) ?? 0;
	return cuts.map(({ rows, below, above }) => {
		const atCut = above > below ? (hitsAt(above) - hitsAt(below)) / (above - below) : 0;
		return measured({ n, positives, rows, hits: hitsAt(rows), atCut });
	});
}

interface Cut {
	n: number;
	positives: number;
	rows: number;
	hits: number;
	/** Rate of positives at the cut. */
	atCut: number;
}

function measured({ n, positives, rows, hits, atCut }: Cut): TopK {
	const none: Rate = { value: null, se: null };
	if (n === 0) return { rows, hits, precision: none, recall: none, f1: none };
	const [k, rate, share] = [rows / n, positives / n, hits / n];
	/** Of a value that changes by `byHits` with TP/n and by −`byRate` with n₊/n. */
	const se = (byHits: number, byRate: number): number | null => {
		if (hits === 0 || n < 2) return null;
		const influence = (above: number, t: number) =>
			byHits * (above * (t - atCut) - (share - k * atCut)) - byRate * (t - rate);
		const squares =
			hits * influence(1, 1) ** 2 +
			(rows - hits) * influence(1, 0) ** 2 +
			(positives - hits) * influence(0, 1) ** 2 +
			(n - rows - positives + hits) * influence(0, 0) ** 2;
		return Math.sqrt(squares / n / (n - 1));
	};
	const precision = { value: hits / rows, se: hits === rows ? null : se(1 / k, 0) };
	if (positives === 0) return { rows, hits, precision, recall: none, f1: none };
	const [recall, f1] = [hits / positives, (2 * hits) / (rows + positives)];
	return {
		...{ rows, hits, precision },
		recall: { value: recall, se: se(1 / rate, recall / rate) },
		f1: { value: f1, se: se(2 / (k + rate), f1 / (k + rate)) },
	};
}

/** Positives among so many rows of the highest scores, for each of some rising counts; a block of ties is shared evenly. */
function hitsAmong({ positives, negatives }: ByClass, counts: readonly number[]): number[] {
	let [i, j] = [positives.length, negatives.length];
	// The rows of whole blocks above, and the block of ties at hand.
	let [taken, hits, tied, tiedHits] = [0, 0, 0, 0];
	return counts.map((count) => {
		while (taken + tied < count) {
			taken += tied;
			hits += tiedHits;
			const [fromUp, fromDown] = [i, j];
			const key = Math.max(i > 0 ? positives[i - 1] : 0, j > 0 ? negatives[j - 1] : 0);
			while (i > 0 && positives[i - 1] === key) i--;
			while (j > 0 && negatives[j - 1] === key) j--;
			tiedHits = fromUp - i;
			tied = tiedHits + fromDown - j;
		}
		return tied === 0 ? 0 : hits + (tiedHits * (count - taken)) / tied;
	});
}
