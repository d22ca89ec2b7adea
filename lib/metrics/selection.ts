import { ascending } from "./truth";

/** How far the distribution of one column among kept rows is from that among all rows. */
export interface Shift {
	/** Σ o·ln(o/d), in nats: Kullback-Leibler divergence of the kept rows from all rows. */
	kl: number;
	/** Σ (o − d)·ln(o/d): population stability index; above 0.25 is usually called a large shift. */
	psi: number;
	/** Cells that the column was cut into. */
	cells: number;
}

/**
 * How selection shifts a column: its distribution over the kept rows (o) against that over all rows (d), in cells.
 *
 * Each cell has half a row added on both sides, so that an empty one is finite. With few kept rows a cell both measures are
 * too large by about cells / (2 · kept) even without a shift: compare ids of many values with that in mind.
 *
 * @param values one a row: an id, or a number
 * @param kept 1 for rows that the selection keeps (clicked rows, say)
 * @param cells "ids": a cell a value; or so many cells of equal size over all rows, for numbers
 */
export function shift(values: ArrayLike<number>, kept: ArrayLike<number>, cells: "ids" | number): Shift {
	const cell = cells === "ids" ? distinct(values) : quantiles(values, cells);
	const count = cell.reduce((most, value) => Math.max(most, value), -1) + 1;
	const all = new Float64Array(count).fill(0.5);
	const some = new Float64Array(count).fill(0.5);
	let rows = 0;
	cell.forEach((at, row) => {
		all[at]++;
		if (kept[row] === 0) return;
		some[at]++;
		rows++;
	});
	let [kl, psi] = [0, 0];
	for (let at = 0; at < count; at++) {
		const d = all[at] / (values.length + count / 2);
		const o = some[at] / (rows + count / 2);
		kl += o * Math.log(o / d);
		psi += (o - d) * Math.log(o / d);
	}
	return { kl, psi, cells: count };
}

function distinct(values: ArrayLike<number>): Int32Array {
	const seen = new Map<number, number>();
	return Int32Array.from(values, (value) => {
		const known = seen.get(value);
		if (known !== undefined) return known;
		seen.set(value, seen.size);
		return seen.size - 1;
	});
}

/** Cells of equal size; equal values share the cell of the first of them. */
function quantiles(values: ArrayLike<number>, count: number): Int32Array {
	const order = ascending(Float32Array.from(values));
	const cell = new Int32Array(values.length);
	let last = -1;
	order.forEach((row, rank) => {
		const same = rank > 0 && values[order[rank - 1]] === values[row];
		if (!same) last = Math.floor((rank * count) / order.length);
		cell[row] = last;
	});
	return distinct(cell);
}
