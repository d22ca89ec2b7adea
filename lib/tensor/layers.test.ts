import type { Tensor, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Layers } from "../core/layers";
import { checkGradient, drawn, type Given } from "./gradientCheck";
import type { Kernels } from "./kernels";
import { layers, type Pass } from "./layers";
import { engine, type NativeBackend, tf } from "./native";
import { nativeKernels } from "./nativeKernels";
import {
	plainAttend,
	plainBatchNorm,
	plainBiased,
	plainDense,
	plainLayerNorm,
	plainMixture,
	plainMoments,
	plainProduct,
	plainProductOfEach,
	plainRelu,
	plainSoftmax,
	plainTransfer,
} from "./plainLayers";
import { pureJsKernels } from "./pureJsKernels";
import { disposeWeights, type Weights } from "./weights";

const weights: Weights = new Map();
beforeEach(() => void tf.engine().startScope());
afterEach(() => {
	disposeWeights(weights);
	tf.engine().endScope();
});

const values = (x: Tensor) => [...x.dataSync()];
const read: Pass["read"] = (name) => weights.get(name)?.value.read() as Tensor;
const training = (more: Partial<Pass> = {}) => layers({ weights, seed: 1, step: 1, read, ...more });
const predicting = () => layers({ weights, seed: 1, read });
const shapes = () => Object.fromEntries([...weights].map(([name, { value, kind }]) => [name, [kind, ...value.shape]]));
const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-6) => {
	expect(a.length).toBe(b.length);
	for (let i = 0; i < a.length; i++) expect(Math.abs(a[i] - b[i])).toBeLessThanOrEqual(tolerance);
};

/** A layer with the weights of given names in place of its own, against its plain form. */
function check(
	given: Record<string, Given>,
	ours: (nn: Layers, x: Record<string, Tensor>) => Tensor,
	plain: (x: Record<string, Float64Array>) => ArrayLike<number>,
): void {
	checkGradient(given, (x) => ours(training({ read: (name) => x[name] }), x), plain);
	for (const [name, { kind, value }] of weights)
		if (kind !== "state") expect([name, ...value.shape]).toEqual([name, ...given[name].shape]);
}

describe("names and shapes of weights, values and gradients in all of them", () => {
	it("mlp", () =>
		check(
			{
				x: drawn("x", 5, 3),
				"t/0/w": drawn("w0", 3, 4),
				"t/0/b": drawn("b0", 4),
				"t/1/w": drawn("w1", 4, 2),
				"t/1/b": drawn("b1", 2),
			},
			(nn, { x }) => nn.mlp("t", x as Tensor2D, [4, 2]),
			(x) => plainRelu(plainDense(plainRelu(plainDense(x.x, x["t/0/w"], x["t/0/b"])), x["t/1/w"], x["t/1/b"])),
		));
	it("mlp with batch normalisation", () =>
		check(
			{
				x: drawn("x", 5, 3),
				"t/0/w": drawn("w0", 3, 4),
				"t/0/norm/scale": drawn("s0", 4),
				"t/0/norm/shift": drawn("t0", 4),
			},
			(nn, { x }) => nn.mlp("t", x as Tensor2D, [4], { batchNorm: true }),
			(x) => plainRelu(plainBatchNorm(plainProduct(x.x, x["t/0/w"], 3, 4), x["t/0/norm/scale"], x["t/0/norm/shift"])),
		));
	it("logit", () =>
		check(
			{ x: drawn("x", 5, 3), "t/logit/w": drawn("w", 3, 1), "t/logit/b": drawn("b", 1) },
			(nn, { x }) => nn.logit("t", x as Tensor2D),
			(x) => plainDense(x.x, x["t/logit/w"], x["t/logit/b"]),
		));
	it("layer normalisation along the last of three axes", () =>
		check(
			{ x: drawn("x", 2, 3, 4), "n/scale": drawn("s", 4), "n/shift": drawn("t", 4) },
			(nn, { x }) => nn.layerNorm("n", x as Tensor3D),
			(x) => plainLayerNorm(x.x, x["n/scale"], x["n/shift"]),
		));
	it("attention", () => {
		const how = { rows: 3, queries: 2, keys: 4, heads: 2, width: 6, mask: [1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1] };
		check(
			{
				x: drawn("x", 3, 2, 5),
				y: drawn("y", 3, 4, 3),
				"a/query": drawn("q", 5, 6),
				"a/key": drawn("k", 3, 6),
				"a/value": drawn("v", 3, 6),
			},
			(nn, { x, y }) =>
				nn.attention("a", x as Tensor3D, y as Tensor3D, { heads: 2, width: 6, mask: tf.tensor2d(how.mask, [3, 4]) }),
			({ x, y, ...w }) =>
				plainAttend(
					plainProduct(x, w["a/query"], 5, 6),
					plainProduct(y, w["a/key"], 3, 6),
					plainProduct(y, w["a/value"], 3, 6),
					how,
				),
		);
	});
	it("attention of one query a row", () => {
		const how = { rows: 3, queries: 1, keys: 4, heads: 2, width: 6, mask: [1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1] };
		check(
			{
				x: drawn("x", 3, 1, 5),
				y: drawn("y", 3, 4, 4),
				"a/query": drawn("q", 5, 6),
				"a/key": drawn("k", 4, 6),
				"a/value": drawn("v", 4, 6),
			},
			(nn, { x, y }) =>
				nn.attention("a", x as Tensor3D, y as Tensor3D, { heads: 2, width: 6, mask: tf.tensor2d(how.mask, [3, 4]) }),
			({ x, y, ...w }) =>
				plainAttend(
					plainProduct(x, w["a/query"], 5, 6),
					plainProduct(y, w["a/key"], 4, 6),
					plainProduct(y, w["a/value"], 4, 6),
					how,
				),
		);
	});
	it("attention of a layer to itself", () => {
		const how = { rows: 2, queries: 3, keys: 3, heads: 1, width: 2 };
		const [q, k, v] = ["q", "k", "v"].map((name) => drawn(name, 4, 2));
		check(
			{ x: drawn("x", 2, 3, 4), "a/query": q, "a/key": k, "a/value": v },
			(nn, { x }) => nn.attention("a", x as Tensor3D, x as Tensor3D, { heads: 1, width: 2 }),
			({ x, ...w }) => {
				const [q, k, v] = ["query", "key", "value"].map((of) => plainProduct(x, w[`a/${of}`], 4, 2));
				return plainAttend(q, k, v, how);
			},
		);
	});
	it.each([1, 3])("%i experts of two layers", (count) =>
		check(
			{
				x: drawn("x", 5, 3),
				"e/0/w": drawn("w0", 3, count * 4),
				"e/0/b": drawn("b0", count * 4),
				"e/1/w": drawn("w1", count, 4, 2),
				"e/1/b": drawn("b1", count * 2),
			},
			(nn, { x }) => nn.experts("e", x as Tensor2D, count, [4, 2]),
			({ x, ...w }) => {
				const first = plainRelu(plainDense(x, w["e/0/w"], w["e/0/b"]));
				return plainRelu(plainBiased(plainProductOfEach(first, w["e/1/w"], count, 4, 2), w["e/1/b"]));
			},
		),
	);
	it("experts with batch normalisation: each unit by itself", () =>
		check(
			{
				x: drawn("x", 5, 3),
				"e/0/w": drawn("w0", 3, 4),
				"e/0/norm/scale": drawn("s0", 4),
				"e/0/norm/shift": drawn("t0", 4),
				"e/1/w": drawn("w1", 2, 2, 3),
				"e/1/norm/scale": drawn("s1", 6),
				"e/1/norm/shift": drawn("t1", 6),
			},
			(nn, { x }) => nn.experts("e", x as Tensor2D, 2, [2, 3], { batchNorm: true }),
			({ x, ...w }) => {
				const first = plainBatchNorm(plainProduct(x, w["e/0/w"], 3, 4), w["e/0/norm/scale"], w["e/0/norm/shift"]);
				const second = plainProductOfEach(plainRelu(first), w["e/1/w"], 2, 2, 3);
				return plainRelu(plainBatchNorm(second, w["e/1/norm/scale"], w["e/1/norm/shift"]));
			},
		));
	it("a gate over two groups of experts", () =>
		check(
			{
				x: drawn("x", 5, 3),
				a: drawn("a", 5, 2, 4),
				b: drawn("b", 5, 1, 4),
				"g/w": drawn("w", 3, 3),
				"g/b": drawn("bias", 3),
			},
			(nn, { x, a, b }) => nn.mixture(nn.gate("g", x as Tensor2D, 3), a as Tensor3D, b as Tensor3D),
			({ x, a, b, ...w }) => {
				const gates = plainSoftmax(plainDense(x, w["g/w"], w["g/b"]), 3);
				const both = Float64Array.from({ length: 60 }, (_, i) => {
					const [row, at] = [Math.floor(i / 12), i % 12];
					return at < 8 ? a[row * 8 + at] : b[row * 4 + at - 8];
				});
				return plainMixture(gates, both, 3, 4);
			},
		));
	it("transfer", () =>
		check(
			{
				x: drawn("x", 5, 3),
				y: drawn("y", 5, 3),
				"t/query": drawn("q", 3, 3),
				"t/key": drawn("k", 3, 3),
				"t/value": drawn("v", 3, 3),
			},
			(nn, { x, y }) => nn.transfer("t", x as Tensor2D, y as Tensor2D),
			({ x, y, ...w }) => {
				const both = Float64Array.of(...x, ...y);
				const [q, k, v] = ["query", "key", "value"].map((of) => plainProduct(both, w[`t/${of}`], 3, 3));
				return plainTransfer(q, k, v, 3);
			},
		));
});

describe("batch normalisation", () => {
	const x = drawn("x", 5, 2).values;
	const batch = (rows = 5) => tf.tensor2d(x.slice(0, 2 * rows), [rows, 2]);
	const state = () => ["mean", "variance"].map((of) => values(read(`n/${of}`)));
	const plain = plainMoments(Float64Array.from(x), 2);

	it("training moves the running statistics by a tenth, the variance divided by rows − 1", () => {
		training().batchNorm("n", batch());
		const [mean, variance] = state();
		close(
			mean,
			plain.mean.map((m) => 0.1 * m),
		);
		close(
			variance,
			plain.variance.map((v) => 0.9 + (0.1 * v * 5) / 4),
		);
		expect(shapes()).toEqual({
			"n/scale": ["dense", 2],
			"n/shift": ["dense", 2],
			"n/mean": ["state", 2],
			"n/variance": ["state", 2],
		});
	});

	it("predicting uses the running statistics, and leaves them as they are", () => {
		for (let i = 0; i < 3; i++) training().batchNorm("n", batch());
		const before = state();
		const [mean, variance] = before;
		const out = values(predicting().batchNorm("n", batch(2)));
		close(
			out,
			[...x.slice(0, 4)].map((v, i) => (v - mean[i % 2]) / Math.sqrt(variance[i % 2] + 1e-5)),
			1e-5,
		);
		expect(state()).toEqual(before);
	});

	it("frozen: training too uses the running statistics, and leaves them as they are", () => {
		training().batchNorm("n", batch());
		const before = state();
		const frozen = training({ frozen: (name) => name.startsWith("n/") });
		expect(values(frozen.batchNorm("n", batch()))).toEqual(values(predicting().batchNorm("n", batch())));
		expect(state()).toEqual(before);
	});

	it("one row has no variance: the running statistics serve, and stay as they are", () => {
		training().batchNorm("n", batch());
		const before = state();
		expect(values(training().batchNorm("n", batch(1)))).toEqual(values(predicting().batchNorm("n", batch(1))));
		expect(state()).toEqual(before);
	});

	it("no gradient reaches a state", () => {
		training().batchNorm("n", batch());
		const inputs = [...weights.keys()].map((name) => read(name));
		const at = (name: string) => inputs[[...weights.keys()].indexOf(name)];
		const pass = { read: at, frozen: () => true };
		const loss = () =>
			tf.sum(tf.add(training(pass).batchNorm("n", batch()), training(pass).constant("c", [2]))) as never;
		const { grads } = tf.engine().gradients(loss, inputs, undefined, true);
		expect([...weights.values()].filter((_, i) => grads[i]).map(({ name }) => name)).toEqual(["n/scale", "n/shift"]);
	});
});

describe("dropout", () => {
	const x = () => tf.ones([200, 50]) as Tensor2D;
	const dropped = (nn: Layers, dropout: number | number[]) => {
		const out = values(nn.mlp("t", x(), [30, 40], { dropout }));
		return out.filter((v) => v === 0).length / out.length;
	};

	it("has a share of its own for each layer", () => {
		const none = dropped(training(), 0);
		expect(dropped(training(), [0, 0])).toBe(none);
		expect(dropped(training(), [0, 0.5])).toBeGreaterThan(none + 0.2 * (1 - none));
		expect(() => training().mlp("t", x(), [30, 40], { dropout: [0.5] })).toThrow(
			'"t" has 2 layers and 1 shares of dropout',
		);
	});
	it("is off in a layer that is frozen", () => {
		expect(dropped(training({ frozen: () => true }), 0.5)).toBe(dropped(predicting(), 0.5));
	});
});

it("a constant is zeros until it is set, and then what was set", () => {
	expect(values(training().constant("c", [2, 2]))).toEqual([0, 0, 0, 0]);
	weights.get("c")?.value.assign(tf.tensor2d([1, 2, 3, 4], [2, 2]));
	expect(values(predicting().constant("c", [2, 2]))).toEqual([1, 2, 3, 4]);
	expect(shapes()).toEqual({ c: ["state", 2, 2] });
});

it("heads must share the width evenly", () => {
	const x = tf.zeros([1, 1, 4]) as Tensor3D;
	expect(() => training().attention("a", x, x, { heads: 3, width: 4 })).toThrow(
		'"a": 3 heads cannot share a width of 4',
	);
});

describe("native and pure-JS kernels agree", () => {
	const sets = () => [nativeKernels(engine().native as NativeBackend), pureJsKernels()] as [Kernels, Kernels];

	it("batch normalisation and its gradient", () => {
		for (const rows of [1, 2, 33]) {
			const [x, dy] = ["x", "dy"].map((name) => tf.tensor2d(drawn(name, rows, 3).values, [rows, 3]));
			const [scale, shift] = ["s", "t"].map((name) => tf.tensor1d(drawn(name, 3).values));
			const [a, b] = sets().map((k) => {
				const { y, mean, variance, kept } = k.batchNorm(x, scale, shift, 1e-5);
				return [y, mean, variance, ...k.batchNormGrad(dy, x, scale, kept, 1e-5)].map(values);
			});
			for (let i = 0; i < a.length; i++) close(a[i], b[i], 1e-4);
		}
	});

	it("masks: the share asked for, by the key alone, and a unit's neighbours tell nothing of it", () => {
		const n = 40_001;
		for (const k of sets())
			for (const rate of [0.1, 0.5]) {
				const kept = values(k.keep([n], rate, tf.tensor1d([3, 4], "int32")));
				expect(values(k.keep([n], rate, tf.tensor1d([3, 4], "int32")))).toEqual(kept);
				expect(values(k.keep([n], rate, tf.tensor1d([3, 5], "int32")))).not.toEqual(kept);
				const share = (of: number[]) => of.reduce((sum, x) => sum + x / of.length, 0);
				// four standard errors of a share, and of the share in which two independent units are both kept
				const room = (p: number) => 4 * Math.sqrt((p * (1 - p)) / n);
				expect(Math.abs(share(kept) - (1 - rate))).toBeLessThan(room(rate));
				for (const apart of [1, Math.ceil(n / 2)]) {
					const both = kept.slice(0, n - apart).map((x, i) => x * kept[i + apart]);
					const p = (1 - rate) ** 2;
					expect(Math.abs(share(both) - p)).toBeLessThan(2 * room(p));
				}
			}
	});
});
