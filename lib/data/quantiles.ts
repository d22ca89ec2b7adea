/** Buckets that a number is divided into where a schema asks for quantiles. */
export const BUCKETS = 32;

/** Ranks, from 0, of those of n sorted values at which a bucket may begin: the quantiles 1/32, 2/32, …, each once. */
export function quantileRanks(n: number): number[] {
	const ranks = Array.from({ length: BUCKETS - 1 }, (_, k) => Math.floor(((k + 1) * n) / BUCKETS));
	return [...new Set(ranks)].filter((rank) => rank < n);
}

/**
 * Where the buckets 2, 3, … of a number begin: the different values among its quantiles that lie above its smallest value, so
 * each of the buckets holds training rows. Values that are often the same have fewer than 32 buckets; a constant has one.
 *
 * @param smallest the smallest training value
 * @param quantiles training values at `quantileRanks`, rising
 */
export const edgesOf = (smallest: number, quantiles: readonly number[]): number[] => [
	...new Set(quantiles.filter((value) => value > smallest)),
];

/** `edgesOf` training values; those that are not there (NaN) are left out. */
export function quantileEdges(values: Float64Array): number[] {
	const sorted = values.filter((value) => !Number.isNaN(value)).sort();
	if (sorted.length === 0) return [];
	const ranks = quantileRanks(sorted.length);
	return edgesOf(
		sorted[0],
		ranks.map((rank) => sorted[rank]),
	);
}

/** Ids of a number with these edges: the buckets, and 0 for a value that is not there. */
export const bucketsOf = (edges: readonly number[]): number => edges.length + 2;

/** The bucket of a value: 1 below the first edge, one more from each edge on; 0 where the value is not there (NaN). */
export function bucketOf(edges: readonly number[], value: number): number {
	if (Number.isNaN(value)) return 0;
	let [low, high] = [0, edges.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (edges[middle] <= value) low = middle + 1;
		else high = middle;
	}
	return 1 + low;
}
