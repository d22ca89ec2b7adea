import type { Random } from "../../core/random";

/** Exponent of Ali-CCP's popularities. */
const S = 1.26;

/** A draw of 0 … n−1 with P(k) falling as (k + 1 + shift)^−1.26: the continuous power law, cut down to whole numbers. */
export function zipfRank(n: number, shift = 0): (random: Random) => number {
	const low = (1 + shift) ** (1 - S);
	const span = (n + 1 + shift) ** (1 - S) - low;
	const power = 1 / (1 - S);
	return (random) => Math.min(n - 1, Math.floor((low + span * random.uniform()) ** power - 1 - shift));
}

/** Distinct items by training rows in the source: 3,078,306 of 42,300,135. */
const ITEMS_A_ROW = 3_078_306 / 42_300_135;

/**
 * Shift and number of ranks by the number of distinct items wanted, with which the expected counts C (k + shift)^−1.26 of
 * 13.7 rows an item give that many distinct items, 42.6 % of them in one row. (Solved from ∫ 1 − e^−λ dk = 1 and
 * ∫ λ e^−λ dk = 0.426. A pure power law with s = 1.26 has 79 % in one row, and a third of the items.)
 */
const SHIFT = 0.000689;
const RANKS = 1.6457;

/** How many items there may be in a log of `rows` training rows, and a draw of one. */
export function itemRanks(rows: number): { items: number; rank: (random: Random) => number } {
	const distinct = Math.max(40, ITEMS_A_ROW * rows);
	const items = Math.round(RANKS * distinct);
	return { items, rank: zipfRank(items, SHIFT * distinct) };
}

/** 1 or more, geometric with this mean, at most `most`. */
export function several(random: Random, mean: number, most: number): number {
	return Math.min(most, 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - 1 / mean)));
}
