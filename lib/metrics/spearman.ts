import type { Estimate } from "./estimate";
import { nanError } from "./notNumbers";
import { bitsOf, sortKeys, toKeys } from "./radix";

/**
 * Spearman's rank correlation: Pearson's of the mid-ranks. Standard error (1 − ρ²)·√[(1 + ρ²/2)/(n − 3)], of Bonett and Wright 2000
 * (Psychometrika 65) through Fisher's z. NaN where one column is constant; the standard error is NaN below four rows.
 *
 * @throws InputError NaN in a column, counted
 */
export function spearman(a: Float32Array, b: Float32Array): Estimate {
	const n = a.length;
	if (b.length !== n) throw new Error(`spearman: ${n} and ${b.length} values`);
	const [first, second] = [a, b].map((column) => {
		if (column.some(Number.isNaN)) throw nanError(column);
		const keys = bitsOf(column.slice());
		toKeys(keys);
		return keys;
	});
	const [scratch, spare] = [new Uint32Array(n), new Uint32Array(n)];
	sortKeys(first, scratch, second, spare);
	toMidRanks(first);
	sortKeys(second, scratch, first, spare);
	return correlationOf(second, first);
}

/** Makes rising keys into twice their mid-ranks from 1, whole numbers, in their place. */
export function toMidRanks(keys: Uint32Array): void {
	const n = keys.length;
	for (let from = 0; from < n; ) {
		let to = from;
		for (const key = keys[from]; to < n && keys[to] === key; to++);
		for (const rank = from + 1 + to; from < to; from++) keys[from] = rank;
	}
}

/**
 * Spearman's correlation of two columns of rows that are sorted by one of them.
 *
 * @param keys rising: of the column that they are sorted by
 * @param ranks twice the mid-ranks of the other
 */
export function correlationOf(keys: Uint32Array, ranks: Uint32Array): Estimate {
	const n = keys.length;
	let [both, first, second] = [0, 0, 0];
	for (let from = 0; from < n; ) {
		let to = from;
		let sum = 0;
		for (const key = keys[from]; to < n && keys[to] === key; to++) {
			// Half of twice the rank, from the mean rank.
			const rank = (ranks[to] - n - 1) / 2;
			sum += rank;
			second += rank * rank;
		}
		const rank = (from + to - n) / 2;
		both += rank * sum;
		first += (to - from) * rank * rank;
		from = to;
	}
	const value = both / Math.sqrt(first * second);
	return { value, se: (1 - value * value) * Math.sqrt((1 + (value * value) / 2) / (n > 3 ? n - 3 : Number.NaN)) };
}
