/** Whole numbers by row and column, held in pages: growing copies nothing, so it needs no room twice. */
export interface CommonRows {
	/** Adds a row and gives its numbers, all 0, to be filled at once. */
	add(): { numbers: Int32Array; at: number };
	/** Where the numbers of a row lie. */
	find(row: number): { numbers: Int32Array; at: number };
	count(): number;
}

const BITS = 12;

/** No rows yet, of `width` numbers each. Both `add` and `find` give the same object each time: read it before the next call. */
export function commonRows(width: number): CommonRows {
	const pages: Int32Array[] = [];
	let count = 0;
	const place: { numbers: Int32Array; at: number } = { numbers: new Int32Array(0), at: 0 };
	const find = (row: number) => {
		place.numbers = pages[row >> BITS];
		place.at = (row & ((1 << BITS) - 1)) * width;
		return place;
	};
	return {
		add() {
			if (count >> BITS === pages.length) pages.push(new Int32Array(width << BITS));
			return find(count++);
		},
		find,
		count: () => count,
	};
}
