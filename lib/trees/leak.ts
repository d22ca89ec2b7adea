import { stream } from "../core/random";

/** A row whose label shows in the statistics of rows that must not know it. */
export interface Leak {
	/** Place of the row whose label was turned. */
	readonly of: number;
	/** Place of a row that noticed: the same row, one of the same moment, or an earlier one. */
	readonly at: number;
}

/**
 * Looks for a leak in target statistics of training rows: turns the label of one row after another, and looks at whose statistics move.
 * Only a later row's may. It needs no knowledge of how they are made, and costs one making of them for each row that is turned.
 *
 * @param statistics makes the statistics of all rows from their labels, with a prior that stays as it is
 * @param time of each row
 * @param turned how many rows' labels are turned, drawn with the seed
 */
export function leakOf(
	statistics: (labels: Uint8Array) => Float32Array,
	labels: Uint8Array,
	time: ArrayLike<number>,
	turned = 20,
	seed = 0,
): Leak | undefined {
	const before = statistics(labels);
	const random = stream(seed, "leak");
	for (let n = 0; n < turned; n++) {
		const of = random.int(labels.length);
		const other = labels.slice();
		other[of] = 1 - other[of];
		const after = statistics(other);
		const at = after.findIndex((value, place) => !Object.is(value, before[place]) && time[place] <= time[of]);
		if (at >= 0) return { of, at };
	}
	return undefined;
}
