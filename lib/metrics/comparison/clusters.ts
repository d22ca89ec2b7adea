/** Rows in groups that are drawn together: those of a user. */
export interface Clusters {
	/** Number of each row's cluster, from 0 on without gaps, in the order of their first rows. */
	of: Int32Array;
	count: number;
}

/**
 * The rows of a user are one cluster. A row of a negative number has no user and is a cluster of its own: it is taken to be
 * independent of all others, which is what is known of it.
 *
 * @param user whole numbers without great gaps (memory is 4 bytes for each up to the largest)
 */
export function clustersOf(user: Int32Array): Clusters {
	let largest = -1;
	for (let row = 0; row < user.length; row++) if (user[row] > largest) largest = user[row];
	const numbers = new Int32Array(largest + 1).fill(-1);
	const of = new Int32Array(user.length);
	let count = 0;
	for (let row = 0; row < user.length; row++) {
		const u = user[row];
		if (u < 0) of[row] = count++;
		else {
			if (numbers[u] < 0) numbers[u] = count++;
			of[row] = numbers[u];
		}
	}
	return { of, count };
}

/**
 * How many clusters of the same size are worth as much as clusters of these sizes: (Σm)²/Σm² (Kish 1965, Survey Sampling, §8.2).
 *
 * @param sizes 0 or above; their number when all are the same, less the more they differ, 0 when all are 0
 */
export function effectiveNumber(sizes: Float64Array): number {
	let [sum, squares] = [0, 0];
	for (let c = 0; c < sizes.length; c++) {
		sum += sizes[c];
		squares += sizes[c] * sizes[c];
	}
	return sum > 0 ? (sum * sum) / squares : 0;
}

/** Sizes of the clusters among the rows of a label. */
export function sizesWith({ of, count }: Clusters, labels: Uint8Array, label: number): Float64Array {
	const sizes = new Float64Array(count);
	for (let row = 0; row < of.length; row++) if (labels[row] === label) sizes[of[row]]++;
	return sizes;
}
