import type { Random } from "../core/random";

/** Draws an index in proportion to fixed weights, in constant time: the alias method (Vose, 1991). Two uniforms a draw. */
export function weighted(random: Random, weights: ArrayLike<number>): () => number {
	const n = weights.length;
	let total = 0;
	for (let i = 0; i < n; i++) total += weights[i];
	const share = Float64Array.from(weights, (weight) => (weight * n) / total);
	const alias = Int32Array.from(share, (_, i) => i);
	const small: number[] = [];
	const large: number[] = [];
	share.forEach((value, i) => {
		(value < 1 ? small : large).push(i);
	});
	while (small.length > 0 && large.length > 0) {
		const from = small.pop() as number;
		const to = large[large.length - 1];
		alias[from] = to;
		share[to] -= 1 - share[from];
		if (share[to] < 1) small.push(large.pop() as number);
	}
	// What rounding left over is 1 up to rounding.
	for (const i of [...small, ...large]) share[i] = 1;
	return () => {
		const i = random.int(n);
		return random.uniform() < share[i] ? i : alias[i];
	};
}

/** Weights (rank)^(−exponent) of n things in a random order of ranks. */
export function zipf(random: Random, n: number, exponent: number): Float64Array {
	const rank = random.shuffle(Int32Array.from({ length: n }, (_, i) => i + 1));
	return Float64Array.from(rank, (value) => value ** -exponent);
}

/** Quantile bucket of each value: 1…count, of equal sizes up to rounding. Equal values are split by index. */
export function buckets(values: Float64Array, count: number): Int32Array {
	const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
	const bucket = new Int32Array(values.length);
	order.forEach((index, rank) => {
		bucket[index] = 1 + Math.floor((rank * count) / values.length);
	});
	return bucket;
}

/** n draws of a standard normal. */
export function normals(random: Random, n: number): Float64Array {
	const values = new Float64Array(n);
	for (let i = 0; i < n; i++) values[i] = random.normal();
	return values;
}
