/** At most `most` of some rows, evenly spread and in their order. No draw is made, so a training's streams stay as they are. */
export function spread(rows: Int32Array, most: number): Int32Array {
	if (rows.length <= most) return rows;
	return Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]);
}

/** At most `positives` rows with the event and `negatives` without, each kind spread evenly. */
export function stratified(
	rows: Int32Array,
	happened: ArrayLike<number>,
	most: { positives: number; negatives: number },
): Int32Array {
	const up = spread(
		rows.filter((row) => happened[row] === 1),
		most.positives,
	);
	const down = spread(
		rows.filter((row) => happened[row] !== 1),
		most.negatives,
	);
	const both = new Int32Array(up.length + down.length);
	both.set(up);
	both.set(down, up.length);
	return both.sort();
}
