/**
 * The layers written out in float64, one number after the other, for tests: nothing is fast here and everything can be read.
 * Arrays are flat, row after row.
 */

type Numbers = Float64Array;

const numbers = (length: number, value: (i: number) => number): Numbers =>
	Float64Array.from({ length }, (_, i) => value(i));

const total = (length: number, value: (i: number) => number): number => {
	let sum = 0;
	for (let i = 0; i < length; i++) sum += value(i);
	return sum;
};

/** x·w: `[rows, from] · [from, to]`. */
export function plainProduct(x: Numbers, w: Numbers, from: number, to: number): Numbers {
	return numbers((x.length / from) * to, (at) => {
		const [row, column] = [Math.floor(at / to), at % to];
		return total(from, (i) => x[row * from + i] * w[i * to + column]);
	});
}

/** x + b, b added to each row. */
export const plainBiased = (x: Numbers, b: Numbers): Numbers => x.map((value, i) => value + b[i % b.length]);

/** max(x, 0). */
export const plainRelu = (x: Numbers): Numbers => x.map((value) => Math.max(value, 0));

/** x·w + b. */
export const plainDense = (x: Numbers, w: Numbers, b: Numbers): Numbers =>
	plainBiased(plainProduct(x, w, w.length / b.length, b.length), b);

/** Mean and variance of each column, the variance divided by the rows. */
export function plainMoments(x: Numbers, width: number): { mean: Numbers; variance: Numbers } {
	const rows = x.length / width;
	const mean = numbers(width, (j) => total(rows, (i) => x[i * width + j]) / rows);
	const variance = numbers(width, (j) => total(rows, (i) => (x[i * width + j] - mean[j]) ** 2) / rows);
	return { mean, variance };
}

/** (x − mean)/√(variance + 1e-5)·scale + shift by column. */
export function plainNormalizeBy(
	x: Numbers,
	{ mean, variance }: { mean: Numbers; variance: Numbers },
	scale: Numbers,
	shift: Numbers,
): Numbers {
	const width = scale.length;
	return x.map((value, i) => {
		const j = i % width;
		return ((value - mean[j]) / Math.sqrt(variance[j] + 1e-5)) * scale[j] + shift[j];
	});
}

/** Batch normalisation by the batch's own statistics. */
export const plainBatchNorm = (x: Numbers, scale: Numbers, shift: Numbers): Numbers =>
	plainNormalizeBy(x, plainMoments(x, scale.length), scale, shift);

/** Layer normalisation of each row. */
export function plainLayerNorm(x: Numbers, scale: Numbers, shift: Numbers): Numbers {
	const width = scale.length;
	return x.map((value, at) => {
		const row = Math.floor(at / width) * width;
		const mean = total(width, (j) => x[row + j]) / width;
		const variance = total(width, (j) => (x[row + j] - mean) ** 2) / width;
		return ((value - mean) / Math.sqrt(variance + 1e-5)) * scale[at % width] + shift[at % width];
	});
}

/** Softmax of each row of a width. */
export function plainSoftmax(x: Numbers, width: number): Numbers {
	return x.map((value, at) => {
		const row = Math.floor(at / width) * width;
		return 1 / total(width, (j) => Math.exp(x[row + j] - value));
	});
}

/** What attention is over. */
export interface PlainAttention {
	rows: number;
	queries: number;
	keys: number;
	heads: number;
	width: number;
	/** `[rows, keys]` */
	mask?: readonly number[];
}

/** Scaled dot-product attention: masked keys are left out of the sums, and a row without keys is zeros. */
export function plainAttend(
	q: Numbers,
	k: Numbers,
	v: Numbers,
	{ rows, queries, keys, heads, width, mask }: PlainAttention,
): Numbers {
	const out = new Float64Array(rows * queries * width);
	const size = width / heads;
	for (let row = 0; row < rows; row++) {
		const counting = Array.from({ length: keys }, (_, j) => j).filter((j) => !mask || mask[row * keys + j] === 1);
		for (let n = 0; n < queries; n++)
			for (let head = 0; head < heads; head++) {
				const query = (row * queries + n) * width + head * size;
				const key = (j: number) => (row * keys + j) * width + head * size;
				const scores = counting.map((j) => total(size, (d) => q[query + d] * k[key(j) + d]) / Math.sqrt(size));
				const sum = total(scores.length, (i) => Math.exp(scores[i]));
				for (let d = 0; d < size; d++)
					out[query + d] = total(scores.length, (i) => (Math.exp(scores[i]) / sum) * v[key(counting[i]) + d]);
			}
	}
	return out;
}

/** Each expert's own matrix times its own input: `[rows, experts, from]`, `[experts, from, to]`. */
export function plainProductOfEach(x: Numbers, w: Numbers, experts: number, from: number, to: number): Numbers {
	return numbers((x.length / from) * to, (at) => {
		const [place, column] = [Math.floor(at / to), at % to];
		const expert = place % experts;
		return total(from, (i) => x[place * from + i] * w[(expert * from + i) * to + column]);
	});
}

/** Σⱼ gates[:, j]·experts[:, j]. */
export function plainMixture(gates: Numbers, experts: Numbers, count: number, width: number): Numbers {
	return numbers((gates.length / count) * width, (at) => {
		const [row, column] = [Math.floor(at / width), at % width];
		return total(count, (j) => gates[row * count + j] * experts[(row * count + j) * width + column]);
	});
}

/** Attention of two vectors of a row to themselves: the first vectors of all rows, then the second ones. */
export function plainTransfer(q: Numbers, k: Numbers, v: Numbers, width: number): Numbers {
	const half = q.length / 2;
	const score = (from: number) => total(width, (j) => q[from + j] * k[from + j]) / Math.sqrt(width);
	return numbers(half, (at) => {
		const row = Math.floor(at / width) * width;
		const [first, second] = [Math.exp(score(row)), Math.exp(score(half + row))];
		return (first * v[at] + second * v[half + at]) / (first + second);
	});
}
