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
	const kinds = [new Int32Array(rows.length), new Int32Array(rows.length)];
	const sizes = [0, 0];
	for (let i = 0; i < rows.length; i++) {
		const kind = happened[rows[i]] === 1 ? 1 : 0;
		kinds[kind][sizes[kind]++] = rows[i];
	}
	const down = spread(kinds[0].subarray(0, sizes[0]), most.negatives);
	const up = spread(kinds[1].subarray(0, sizes[1]), most.positives);
	const both = new Int32Array(up.length + down.length);
	both.set(up);
	both.set(down, up.length);
	return both.sort();
}
