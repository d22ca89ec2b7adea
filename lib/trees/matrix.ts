import type { Field } from "../data/dataset";
import type { Matrix } from "./booster";
import type { Groups } from "./order";
import {
	type CodedField,
	type Rates,
	ratesFromCodes,
	ratesOfCodes,
	ratesOfRows,
	type Smoothing,
} from "./targetStatistics";

/** Field → target statistics of its codes. */
export type CodeRates = ReadonlyMap<string, Rates>;

/** Whether a field enters as target statistics: lists do, and ids of more codes than there are bins; codes of others get a bin each. */
const rated = (field: Field, bins: number): CodedField | undefined =>
	field.kind === "ids" || (field.kind === "id" && field.size > bins) ? field : undefined;

/**
 * Fields as the columns that trees split by: a number as it is (NaN is missing), an id of few codes as its code, any other as a smoothed
 * target statistic and the logarithm of its count.
 */
function filled(
	fields: readonly Field[],
	rows: Int32Array,
	bins: number,
	ratesOf: (field: CodedField) => Rates,
): Matrix {
	const columns = fields.reduce((sum, field) => sum + (rated(field, bins) ? 2 : 1), 0);
	const values = new Float32Array(rows.length * columns);
	let at = 0;
	const put = (of: ArrayLike<number>, place: (i: number) => number) => {
		for (let i = 0, cell = at; i < rows.length; i++, cell += columns) values[cell] = of[place(i)];
		at++;
	};
	for (const field of fields) {
		const coded = rated(field, bins);
		if (coded) {
			const { rate, count } = ratesOf(coded);
			put(rate, (i) => i);
			put(count, (i) => i);
		} else put(field.kind === "number" ? field.values : field.ids, (i) => rows[i]);
	}
	return { values, rows: rows.length, columns };
}

/** The matrix of training rows, and the target statistics of codes that other rows will get. */
export function trainingMatrix(
	fields: readonly Field[],
	rows: Int32Array,
	labels: ArrayLike<number>,
	groups: Groups,
	how: Smoothing & { readonly bins: number },
): { matrix: Matrix; rates: CodeRates } {
	const rates = new Map<string, Rates>();
	const matrix = filled(fields, rows, how.bins, (field) => {
		rates.set(field.name, ratesOfCodes(field, rows, labels, how));
		return ratesOfRows(field, rows, labels, groups, how);
	});
	return { matrix, rates };
}

/** The matrix of rows outside of the training. */
export const matrixOf = (fields: readonly Field[], rows: Int32Array, bins: number, rates: CodeRates): Matrix =>
	filled(fields, rows, bins, (field) => ratesFromCodes(field, rows, rates.get(field.name) as Rates));
