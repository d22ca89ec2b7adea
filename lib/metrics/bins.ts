import { ascending } from "./truth";

/** One of some equally large groups of rows. */
export interface Bin {
	/** Rows in it. */
	n: number;
	/** Mean of the column that the rows were sorted by. */
	by: number;
	/** Mean of each other column. */
	means: Record<string, number>;
}

/**
 * Sorts rows by one column, cuts them into bins of equal size, and averages other columns in each: predictions
 * beside the truth along P(click), for example, show where a model is biased.
 *
 * @param bins how many; with fewer rows than that, one bin a row
 */
export function binned(by: Float32Array, columns: Readonly<Record<string, ArrayLike<number>>>, bins: number): Bin[] {
	const order = ascending(by);
	const count = Math.min(bins, order.length);
	return Array.from({ length: count }, (_, k) => {
		const rows = order.subarray(Math.floor((k * order.length) / count), Math.floor(((k + 1) * order.length) / count));
		const mean = (column: ArrayLike<number>) => rows.reduce((sum, row) => sum + column[row], 0) / rows.length;
		const means = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, mean(column)]));
		return { n: rows.length, by: mean(by), means };
	});
}
