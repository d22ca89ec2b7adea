/** Some neighbouring points that share a value. */
export interface Block {
	/** The first point, and the one after the last. */
	from: number;
	to: number;
	value: number;
	weight: number;
}

/**
 * Pool adjacent violators (Ayer et al. 1955): the rising sequence nearest to `y` in weighted squares, as blocks of equal value. Each
 * block's value is the weighted mean of its points. Linear in the points.
 *
 * @param weight above 0
 */
export function pav(y: ArrayLike<number>, weight: ArrayLike<number>): Block[] {
	const blocks: Block[] = [];
	for (let i = 0; i < y.length; i++) {
		let last: Block = { from: i, to: i + 1, value: y[i], weight: weight[i] };
		for (let before = blocks.at(-1); before && before.value >= last.value; before = blocks.at(-1)) {
			const sum = before.weight + last.weight;
			const value = (before.value * before.weight + last.value * last.weight) / sum;
			last = { from: before.from, to: last.to, value, weight: sum };
			blocks.pop();
		}
		blocks.push(last);
	}
	return blocks;
}
