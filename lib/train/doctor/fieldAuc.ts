import type { Field } from "../../data/dataset";
import { auc } from "../../metrics/ranking";

/** Bins of a number field, at the quantiles of the rows counted. */
const BINS = 64;

/** A row without an id in its list, and a number that is none. */
const NOTHING = -2;

/**
 * How well one field alone tells an event: the rate of each of its values is counted on some rows, and rows that were not counted are
 * ranked by it. So an id with a row or two of its own, which tells everything of the rows it was counted on, tells nothing here: one
 * that was never counted has the rate of those counted once (Good 1953). A number is cut into 64 bins; a list has the rate of its
 * highest id.
 *
 * @param counted rows whose values and events are counted
 * @param scored other rows, which are ranked
 * @returns the AUC on the scored rows; null when they have one class alone
 */
export function fieldAuc(
	field: Field,
	happened: ArrayLike<number>,
	counted: Int32Array,
	scored: Int32Array,
): number | null {
	const valuesOf = reader(field, counted);
	const counts = new Map<number, { rows: number; events: number }>();
	let positives = 0;
	for (const row of counted) {
		positives += happened[row];
		const values = valuesOf(row);
		for (let i = 0; i < values.length; i++) {
			if (values.indexOf(values[i]) < i) continue;
			const count = counts.get(values[i]);
			if (count) {
				count.rows++;
				count.events += happened[row];
			} else counts.set(values[i], { rows: 1, events: happened[row] });
		}
	}
	const overall = positives / counted.length;
	let [once, onceEvents] = [0, 0];
	for (const { rows, events } of counts.values())
		if (rows === 1) {
			once++;
			onceEvents += events;
		}
	const smoothed = (events: number, rows: number) => (events + overall) / (rows + 1);
	const unseen = smoothed(onceEvents, once);
	const scores = Float64Array.from(scored, (row) => {
		let highest = Number.NEGATIVE_INFINITY;
		const values = valuesOf(row);
		for (let i = 0; i < values.length; i++) {
			const count = counts.get(values[i]);
			highest = Math.max(highest, count ? smoothed(count.events, count.rows) : unseen);
		}
		return highest;
	});
	return auc(
		scores,
		Uint8Array.from(scored, (row) => happened[row]),
	).value;
}

/** The values of a row: an id, a bin, or the ids of a list. What it gives is valid until the next call. */
function reader(
	field: Field,
	counted: Int32Array,
): (row: number) => ArrayLike<number> & { indexOf(value: number): number } {
	const one = [0];
	if (field.kind === "id")
		return (row) => {
			one[0] = field.ids[row];
			return one;
		};
	if (field.kind === "ids")
		return (row) => {
			const list = field.list ? field.list[row] : row;
			const [from, to] = [field.offsets[list], field.offsets[list + 1]];
			return from === to ? [NOTHING] : field.ids.subarray(from, to);
		};
	const sorted = Float32Array.from(counted, (row) => field.values[row])
		.filter(Number.isFinite)
		.sort();
	const cuts = [
		...new Set(Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BINS)])),
	];
	return (row) => {
		const value = field.values[row];
		let [low, high] = [0, Number.isFinite(value) ? cuts.length : 0];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (cuts[middle] <= value) low = middle + 1;
			else high = middle;
		}
		one[0] = Number.isFinite(value) ? low : NOTHING;
		return one;
	};
}
