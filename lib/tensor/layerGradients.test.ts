import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { attend, transfer } from "./attention";
import { biased, dense, product, relu } from "./dense";
import { mixture, productOfEach } from "./experts";
import { checkGradient, drawn } from "./gradientCheck";
import { tf } from "./native";
import { batchNorm, layerNorm, normalizeBy } from "./norm";
import {
	plainAttend,
	plainBatchNorm,
	plainBiased,
	plainDense,
	plainLayerNorm,
	plainMixture,
	plainNormalizeBy,
	plainProduct,
	plainProductOfEach,
	plainRelu,
	plainTransfer,
} from "./plainLayers";

beforeEach(() => void tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const two = (x: Tensor) => x as Tensor2D;
const three = (x: Tensor) => x as Tensor3D;
const one = (x: Tensor) => x as Tensor1D;

describe("values and gradients agree with float64", () => {
	describe.each([
		[1, 1, 1],
		[5, 3, 7],
		[33, 17, 1],
	])("%i×%i → %i", (rows, from, to) => {
		const [x, w, b] = [drawn("x", rows, from), drawn("w", from, to), drawn("b", to)];
		const [scale, shift] = [drawn("scale", from), drawn("shift", from)];

		it("dense", () => {
			checkGradient(
				{ x, w, b },
				({ x, w, b }) => dense(two(x), two(w), one(b), "none"),
				({ x, w, b }) => plainDense(x, w, b),
			);
			checkGradient(
				{ x, w, b },
				({ x, w, b }) => dense(two(x), two(w), one(b), "relu"),
				({ x, w, b }) => plainRelu(plainDense(x, w, b)),
			);
		});
		it("product, bias, ReLU", () => {
			checkGradient(
				{ x, w },
				({ x, w }) => product(two(x), two(w)),
				({ x, w }) => plainProduct(x, w, from, to),
			);
			checkGradient(
				{ x, shift },
				({ x, shift }) => biased(two(x), one(shift)),
				({ x, shift }) => plainBiased(x, shift),
			);
			checkGradient(
				{ x },
				({ x }) => relu(two(x)),
				({ x }) => plainRelu(x),
			);
		});
		it("layer normalisation", () =>
			checkGradient(
				{ x, scale, shift },
				({ x, scale, shift }) => layerNorm(two(x), one(scale), one(shift)),
				({ x, scale, shift }) => plainLayerNorm(x, scale, shift),
			));
		it("batch normalisation, by the batch and by given statistics", () => {
			checkGradient(
				{ x, scale, shift },
				({ x, scale, shift }) => batchNorm(two(x), one(scale), one(shift), () => {}),
				({ x, scale, shift }) => plainBatchNorm(x, scale, shift),
			);
			const mean = drawn("mean", from).values;
			const variance = drawn("variance", from).values.map((v) => v * v + 0.1);
			checkGradient(
				{ x, scale, shift },
				({ x, scale, shift }) =>
					normalizeBy(two(x), { mean: tf.tensor1d(mean), variance: tf.tensor1d(variance) }, one(scale), one(shift)),
				({ x, scale, shift }) =>
					plainNormalizeBy(x, { mean: new Float64Array(mean), variance: new Float64Array(variance) }, scale, shift),
			);
		});
	});

	it.each([
		["1 of everything", { rows: 1, queries: 1, keys: 1, heads: 1, width: 1 }],
		["one query", { rows: 3, queries: 1, keys: 4, heads: 1, width: 3 }],
		["one key", { rows: 3, queries: 2, keys: 1, heads: 2, width: 4 }],
		["two heads, three queries", { rows: 2, queries: 3, keys: 5, heads: 2, width: 6 }],
		[
			"masks: some keys, none, all",
			{ rows: 4, queries: 2, keys: 3, heads: 2, width: 4, mask: [1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0] },
		],
	] as const)("attention: %s", (_, how) => {
		const { rows, queries, keys, width } = how;
		const [q, k, v] = [drawn("q", rows, queries, width), drawn("k", rows, keys, width), drawn("v", rows, keys, width)];
		const mask = "mask" in how ? tf.tensor2d([...how.mask], [rows, keys]) : undefined;
		checkGradient(
			{ q, k, v },
			({ q, k, v }) => attend(three(q), three(k), three(v), how.heads, mask),
			({ q, k, v }) => plainAttend(q, k, v, how),
		);
	});

	it.each([
		[1, 1, 1, 1],
		[5, 1, 3, 2],
		[4, 3, 2, 5],
	])("%i rows, %i experts, %i → %i: products and mixture", (rows, count, from, to) => {
		checkGradient(
			{ x: drawn("x", rows, count, from), w: drawn("w", count, from, to) },
			({ x, w }) => productOfEach(three(x), three(w)),
			({ x, w }) => plainProductOfEach(x, w, count, from, to),
		);
		checkGradient(
			{ gates: drawn("gates", rows, count), experts: drawn("experts", rows, count, to) },
			({ gates, experts }) => mixture(two(gates), three(experts)),
			({ gates, experts }) => plainMixture(gates, experts, count, to),
		);
	});

	it.each([
		[1, 1],
		[5, 3],
	])("transfer of %i rows of %i", (rows, width) =>
		checkGradient(
			{ q: drawn("q", 2 * rows, width), k: drawn("k", 2 * rows, width), v: drawn("v", 2 * rows, width) },
			({ q, k, v }) => transfer(two(q), two(k), two(v)),
			({ q, k, v }) => plainTransfer(q, k, v, width),
		),
	);
});

describe("attention", () => {
	it("in pieces gives what it gives row by row", () => {
		const [rows, keys, width] = [80, 128, 4];
		const inputs = ["q", "k", "v"].map((name) => {
			const { values } = drawn(name, rows, keys, width);
			return tf.tensor3d(values, [rows, keys, width]);
		});
		const mask = tf.tensor2d(
			Float32Array.from({ length: rows * keys }, (_, i) => (i % 7 ? 1 : 0)),
			[rows, keys],
		);
		const factors = tf.tensor3d(drawn("factors", rows, keys, width).values, [rows, keys, width]);
		const cut = <T extends Tensor>(x: T, from: number, to: number): T => tf.slice(x, from, to - from);
		const gradients = (from: number, to: number) =>
			tf.grads((q, k, v) =>
				tf.sum(tf.mul(attend(three(q), three(k), three(v), 1, cut(mask, from, to)), cut(factors, from, to))),
			)(inputs.map((x) => cut(x, from, to)));
		const [whole, first, last] = [gradients(0, rows), gradients(0, 17), gradients(17, rows)];
		for (let i = 0; i < 3; i++)
			expect([...tf.concat([first[i], last[i]]).dataSync()]).toEqual([...whole[i].dataSync()]);
	});

	it("a key that is masked has no weight at all, however large its score", () => {
		const [q, k] = [tf.tensor3d([1], [1, 1, 1]), tf.tensor3d([1e4, 1], [1, 2, 1])];
		const out = attend(q, k, tf.tensor3d([5, 3], [1, 2, 1]), 1, tf.tensor2d([[0, 1]]));
		expect([...out.dataSync()]).toEqual([3]);
	});
});
