import type { Field } from "../data/dataset";
import type { Groups } from "./order";

/** A feature of codes: one a row, or a list. */
export type CodedField = Exclude<Field, { kind: "number" }>;

/** What a target statistic is made with. */
export interface Smoothing {
	/** The event's share among all training rows of its space: what a code that was never seen gets. */
	readonly prior: number;
	/** α: as many rows of the prior are added to a code's own. */
	readonly smoothing: number;
}

/** Target statistics, by code or by row: (positives + α·prior)/(count + α), and log(1 + count). */
export interface Rates {
	readonly rate: Float32Array;
	readonly count: Float32Array;
}

/** Rows and positives of each code so far: whole numbers, so that what was added can be taken away again without a trace. */
interface Totals {
	readonly positives: Float64Array;
	readonly count: Float64Array;
}

const zero = (size: number): Totals => ({ positives: new Float64Array(size), count: new Float64Array(size) });
const rateOf = (positives: number, count: number, { prior, smoothing }: Smoothing): number =>
	Math.fround((positives + smoothing * prior) / (count + smoothing));
const countOf = (count: number): number => Math.fround(Math.log1p(count));

const listOf = (field: Extract<Field, { kind: "ids" }>, row: number): number => field.list?.[row] ?? row;

/** Adds a row's codes, each as often as it stands there, or takes them away (`sign` −1). */
function add({ positives, count }: Totals, field: CodedField, row: number, label: number, sign: 1 | -1): void {
	const { ids } = field;
	const [from, to] =
		field.kind === "id" ? [row, row + 1] : [field.offsets[listOf(field, row)], field.offsets[listOf(field, row) + 1]];
	for (let i = from; i < to; i++) {
		count[ids[i]] += sign;
		positives[ids[i]] += sign * label;
	}
}

/** The mean of a code's value over a row's codes, each with its weight; NaN for an empty list. */
function meanOf(field: CodedField, row: number, of: (code: number) => number): number {
	if (field.kind === "id") return of(field.ids[row]);
	const { ids, offsets, weights } = field;
	const list = listOf(field, row);
	let [sum, all] = [0, 0];
	for (let i = offsets[list]; i < offsets[list + 1]; i++) {
		const weight = weights ? weights[i] : 1;
		sum += weight * of(ids[i]);
		all += weight;
	}
	return sum / all;
}

/** Target statistics of every code of a field, from all given rows: what rows outside of the training get. */
export function ratesOfCodes(
	field: CodedField,
	rows: Int32Array,
	labels: ArrayLike<number>,
	smoothing: Smoothing,
): Rates {
	const totals = zero(field.size);
	for (let place = 0; place < rows.length; place++) add(totals, field, rows[place], labels[place], 1);
	return {
		rate: Float32Array.from(totals.count, (count, code) => rateOf(totals.positives[code], count, smoothing)),
		count: Float32Array.from(totals.count, countOf),
	};
}

/**
 * Target statistics of training rows: each row's are made of the rows that its group may see, so never of its own label, nor, where the
 * time is known, of a later one's.
 *
 * The prior is the same for all rows. It does count a row's own label, once among all of them, and tells rows apart by nothing.
 *
 * @param labels 0 or 1 for each of `rows`
 */
export function ratesOfRows(
	field: CodedField,
	rows: Int32Array,
	labels: ArrayLike<number>,
	{ seen, places, ends }: Groups,
	smoothing: Smoothing,
): Rates {
	const totals = zero(field.size);
	const inFolds = seen !== "earlier rows";
	if (inFolds) for (let place = 0; place < rows.length; place++) add(totals, field, rows[place], labels[place], 1);
	const rates: Rates = { rate: new Float32Array(rows.length), count: new Float32Array(rows.length) };
	const rate = (code: number) => rateOf(totals.positives[code], totals.count[code], smoothing);
	const count = (code: number) => countOf(totals.count[code]);
	let from = 0;
	for (const to of ends) {
		if (inFolds) for (let i = from; i < to; i++) add(totals, field, rows[places[i]], labels[places[i]], -1);
		for (let i = from; i < to; i++) {
			rates.rate[places[i]] = meanOf(field, rows[places[i]], rate);
			rates.count[places[i]] = meanOf(field, rows[places[i]], count);
		}
		for (let i = from; i < to; i++) add(totals, field, rows[places[i]], labels[places[i]], 1);
		from = to;
	}
	return rates;
}

/** Target statistics of rows from those of their codes. */
export function ratesFromCodes(field: CodedField, rows: Int32Array, { rate, count }: Rates): Rates {
	return {
		rate: Float32Array.from(rows, (row) => meanOf(field, row, (code) => rate[code])),
		count: Float32Array.from(rows, (row) => meanOf(field, row, (code) => count[code])),
	};
}
