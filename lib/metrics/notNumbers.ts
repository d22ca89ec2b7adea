import { InputError } from "../core/problem";

/** Scores of one prediction column that are no numbers, while its pieces go by. */
export interface NotNumbers {
	nan: number;
	infinite: number;
	/** Row of the first of them, counted from 0; −1 without one. */
	first: number;
}

/** Counts what is not finite among some scores that begin at a row. */
export function countNotNumbers(of: NotNumbers, scores: ArrayLike<number>, from = 0): void {
	for (let i = 0; i < scores.length; i++) {
		const score = scores[i];
		// NaN − NaN and ∞ − ∞ are NaN.
		if (score - score === 0) continue;
		if (of.nan + of.infinite === 0) of.first = from + i;
		if (Number.isNaN(score)) of.nan++;
		else of.infinite++;
	}
}

/**
 * "3 of 1000 scores of P(conversion|click) are NaN, the first in row 17: …", rows counted from 0.
 *
 * @param infinite whether an infinite score is a fault too: it can be ranked, but is no probability
 */
export function notNumbersError(found: NotNumbers, all: number, infinite: boolean, prob?: string): InputError {
	const count = found.nan + (infinite ? found.infinite : 0);
	const both = infinite && found.nan > 0 && found.infinite > 0;
	const kind = both ? `NaN or infinite (${found.nan} NaN)` : found.nan > 0 ? "NaN" : "infinite";
	return new InputError(
		`${count} of ${all} scores${prob === undefined ? "" : ` of P(${prob})`} ${count === 1 ? "is" : "are"} ${kind}, the first in row ${found.first}: every row needs a number, so train again with a smaller lr or leave these rows out`,
	);
}

/** Refuses scores that cannot be ranked; infinite ones can. */
export function nanError(scores: ArrayLike<number>): InputError {
	const found: NotNumbers = { nan: 0, infinite: 0, first: -1 };
	for (let i = 0; i < scores.length; i++) {
		if (!Number.isNaN(scores[i])) continue;
		if (found.nan++ === 0) found.first = i;
	}
	return notNumbersError(found, scores.length, false);
}

/** Refuses scores that are no probabilities: NaN, or infinite. */
export function mustBeFinite(scores: ArrayLike<number>): void {
	const found: NotNumbers = { nan: 0, infinite: 0, first: -1 };
	countNotNumbers(found, scores);
	if (found.first >= 0) throw notNumbersError(found, scores.length, true);
}
