import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { numbers } from "../core/algebra";
import { type Graph, logProb, not } from "../core/graph";
import { rowLoss as rowLossOf } from "../core/loss";
import { type Prob, pCTCVR, pCTR } from "../core/prob";
import { stream } from "../core/random";
import type { Dataset } from "../data/dataset";
import { rowLoss, tensors } from "./algebra";
import { batchOf } from "./batch";
import { dense } from "./dense";
import type { Kernels } from "./kernels";
import { layers } from "./layers";
import { engine, type NativeBackend, tf } from "./native";
import { nativeKernels } from "./nativeKernels";
import { type Optimizing, update } from "./optimizers";
import { pureJsKernels } from "./pureJsKernels";
import { kernels } from "./tier";
import { disposeWeights, snapshot, type Weight, type Weights, weight } from "./weights";

const random = stream(1, "tensors");
const normals = (n: number) => Float32Array.from({ length: n }, random.normal);
const values = (t: Tensor) => [...t.dataSync()];
const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
	expect(a.length).toBe(b.length);
	for (let i = 0; i < a.length; i++)
		expect(Math.abs(a[i] - b[i])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b[i])));
};

beforeEach(() => void tf.engine().startScope());
afterEach(() => tf.engine().endScope());

it("native TensorFlow is there: 2.21 on CPU or GPU", () => {
	expect(engine().tier).toMatch(/^(native-cpu|gpu)$/);
	expect(engine().version).toMatch(/^2\.21\./);
});

describe("the formulas of core on tensors", () => {
	const esm2: Graph = {
		impression: { click: "ctr" },
		click: { dAction: "dar", oAction: not("dar") },
		dAction: { conversion: "dCvr" },
		oAction: { conversion: "oCvr" },
	};
	const direct: Graph = { impression: { click: "ctr", conversion: "dar" } };

	it.each([
		["a product and a mixture", esm2, pCTCVR],
		["one edge", esm2, pCTR],
		["a quotient", direct, "conversion|click"],
	] as [string, Graph, Prob][])("%s: value and gradient agree with float64", (_, graph, prob) => {
		const n = 40;
		const towers = ["ctr", "dar", "dCvr", "oCvr"];
		const s = Object.fromEntries(towers.map((t) => [t, normals(n).map((x) => 3 * x)]));
		if (graph === direct) for (let i = 0; i < n; i++) s.dar[i] = s.ctr[i] - 1 - Math.abs(s.dar[i]); // conversion < click
		const y = Float32Array.from({ length: n }, (_, i) => i % 2);
		const inOnePiece = (label: Tensor1D, L: Tensor1D) => rowLoss(label, L);
		const byTheAlgebra = (label: Tensor1D, L: Tensor1D) => rowLossOf(label, L, tensors);
		for (const each of [inOnePiece, byTheAlgebra]) {
			const loss = (...xs: Tensor[]) => {
				const logits = Object.fromEntries(towers.map((t, k) => [t, xs[k] as Tensor1D]));
				return tf.sum(each(tf.tensor1d(y), logProb(graph, logits, prob, tensors)));
			};
			const inputs = towers.map((t) => tf.tensor1d(s[t]));
			const { value, grads } = tf.engine().gradients(() => loss(...inputs), inputs, undefined, true);
			const row = (i: number, change: Record<string, number> = {}) => {
				const at = Object.fromEntries(towers.map((t) => [t, s[t][i] + (change[t] ?? 0)]));
				return rowLossOf(y[i], logProb(graph, at, prob, numbers), numbers);
			};
			const total = Array.from({ length: n }, (_, i) => row(i)).reduce((a, b) => a + b);
			close([(value as Tensor).dataSync()[0]], [total], 1e-5);
			for (const [k, t] of towers.entries()) {
				if (!grads[k]) continue;
				const h = 1e-5;
				const numeric = Array.from({ length: n }, (_, i) => (row(i, { [t]: h }) - row(i, { [t]: -h })) / (2 * h));
				close(values(grads[k]), numeric, 2e-4);
			}
			expect(grads.filter(Boolean).length).toBe(prob === pCTR ? 1 : graph === direct ? 2 : 4);
		}
	});

	it("stays finite from p = 1e-12 to p = 1", () => {
		const L = tf.tensor1d([Math.log(1e-12), -20, -1, -1e-6, -1e-9, 0]);
		const [gradient] = tf.grads((x: Tensor) => tf.sum(rowLoss(tf.zeros([6]), x as Tensor1D)))([L]);
		expect(values(gradient).every(Number.isFinite)).toBe(true);
		close(values(gradient).slice(0, 1), [1e-12], 1e-16);
		close(values(gradient).slice(4), [0, 0], 0);
	});
});

describe("dense", () => {
	it.each([
		[1, 1, 1],
		[5, 3, 7],
		[33, 17, 1],
	])("%i×%i → %i: gradients by hand agree with tfjs's own", (rows, from, to) => {
		for (const activation of ["relu", "none"] as const) {
			const inputs = [
				tf.tensor2d(normals(rows * from), [rows, from]),
				tf.tensor2d(normals(from * to), [from, to]),
				tf.tensor1d(normals(to)),
			];
			const target = tf.tensor2d(normals(rows * to), [rows, to]);
			const ours = tf.grads((x, w, b) =>
				tf.sum(tf.mul(dense(x as Tensor2D, w as Tensor2D, b as Tensor1D, activation), target)),
			);
			const theirs = tf.grads((x, w, b) => {
				const y = tf.add(tf.matMul(x as Tensor2D, w as Tensor2D), b);
				return tf.sum(tf.mul(activation === "relu" ? tf.relu(y) : y, target));
			});
			const [a, b] = [ours(inputs), theirs(inputs)];
			for (let i = 0; i < 3; i++) close(values(a[i]), values(b[i]), 1e-5);
		}
	});
});

const toy = (more: Dataset["fields"] = []): Dataset => ({
	name: "toy",
	rows: 4,
	fingerprint: "",
	split: { train: Int32Array.of(0, 1, 2), valid: Int32Array.of(3), test: Int32Array.of(3) },
	fields: [
		{ kind: "id", name: "a", size: 3, ids: Int32Array.of(0, 1, 2, 1) },
		{ kind: "id", name: "b", size: 2, ids: Int32Array.of(1, 1, 0, 0) },
		...more,
	],
	events: { click: Uint8Array.of(1, 0, 1, 0) },
	truth: {},
	read: 4,
	dropped: [],
});

describe("embed", () => {
	const table = Float32Array.from({ length: 20 }, (_, i) => i);
	const read = (names: Weights) => (name: string, batch?: { unique: Tensor1D }) => {
		const w = names.get(name);
		if (!w) throw new Error(name);
		return w.kind === "table" && batch ? w.value.rows(batch.unique) : w.value.read();
	};
	const filled = (rows: number, width: number): Weights => {
		const weights: Weights = new Map();
		weight(weights, 1, "e", [rows, width], { std: 0.01 }, "table").value.assign(
			tf.tensor2d(table.slice(0, rows * width), [rows, width]),
		);
		return weights;
	};

	it("puts the fields' rows side by side, each field in its own part of the table", () => {
		const weights = filled(5, 2);
		const e = layers({ weights, seed: 1, read: read(weights) }).embed("e", batchOf(toy(), Int32Array.of(2, 0)), 2);
		// row 2: a = 2 → table row 2; b = 0 → table row 3. Row 0: a = 0 → row 0; b = 1 → row 4.
		expect(e.arraySync()).toEqual([
			[4, 5, 6, 7],
			[0, 1, 8, 9],
		]);
		disposeWeights(weights);
	});

	it("appends numbers and pools lists by weighted sum; an empty list is 0", () => {
		const data = toy([
			{
				kind: "ids",
				name: "tags",
				size: 3,
				offsets: Int32Array.of(0, 2, 2, 3, 3),
				ids: Int32Array.of(1, 2, 2),
				weights: Float32Array.of(1, 0.5, 2),
			},
			{ kind: "number", name: "n", values: Float32Array.of(0.25, -1, 0, 1) },
		]);
		const weights = filled(8, 1);
		const e = layers({ weights, seed: 1, read: read(weights) }).embed("e", batchOf(data, Int32Array.of(0, 1, 2)), 1);
		// tags begin at table row 5: row 0 = 1·6 + 0.5·7, row 1 = nothing, row 2 = 2·7.
		expect(e.arraySync()).toEqual([
			[0, 4, 9.5, 0.25],
			[1, 4, 0, -1],
			[2, 3, 14, 0],
		]);
		disposeWeights(weights);
	});

	it("pools the list that a row shares with others", () => {
		const shared = { offsets: Int32Array.of(0, 2, 3), list: Int32Array.of(1, 0, 1, 0), ids: Int32Array.of(1, 2, 2) };
		const data = toy([{ kind: "ids", name: "past", size: 3, ...shared }]);
		const weights = filled(8, 1);
		const e = layers({ weights, seed: 1, read: read(weights) }).embed("e", batchOf(data, Int32Array.of(0, 1)), 1);
		// past begins at table row 5: list 1 = 7, list 0 = 6 + 7.
		expect(e.arraySync()).toEqual([
			[0, 4, 7],
			[1, 4, 13],
		]);
		disposeWeights(weights);
	});

	it("gives the fields of items a width and a table of their own, after the others and before the numbers", () => {
		const numbers = { kind: "number", name: "n", values: Float32Array.of(0.25, -1, 0, 1) } as const;
		const past = { offsets: Int32Array.of(0, 2, 2, 3, 3), ids: Int32Array.of(1, 2, 2) };
		const data = toy([{ kind: "ids", name: "past", size: 3, ...past }, numbers]);
		const fields = data.fields.map((field) => (field.name === "a" ? { ...field, group: "item" as const } : field));
		const weights: Weights = new Map();
		weight(weights, 1, "e", [5, 1], { std: 1 }, "table", "other").value.assign(
			tf.tensor2d([10, 11, 12, 13, 14], [5, 1]),
		);
		const items = weight(weights, 1, "e/item", [3, 2], { std: 1 }, "table", "item");
		items.value.assign(tf.tensor2d([0, 1, 2, 3, 4, 5], [3, 2]));
		const batch = batchOf({ fields }, Int32Array.of(2, 0, 3));
		const pass = (name: string) => {
			const { of, value } = weights.get(name) as Weight;
			return value.rows((of ? batch.of(of) : batch)?.unique as Tensor1D);
		};
		const e = layers({ weights, seed: 1, read: pass }).embed("e", batch, 1, { item: 2 });
		// b has the rows 10 and 11 of the other table, past 12 to 14; a has the item table.
		expect(e.arraySync()).toEqual([
			[10, 14, 4, 5, 0],
			[11, 27, 0, 1, 0.25],
			[10, 0, 2, 3, 1],
		]);
		expect([...weights.keys()]).toEqual(["e", "e/item"]);
		disposeWeights(weights);
	});

	it("keeps one table where items have the same width as the others, or no field tells of an item", () => {
		const grouped = toy().fields.map((field) => ({ ...field, group: "item" as const }));
		for (const [fields, item, tables] of [
			[grouped, 0, ["e"]],
			[grouped, 2, ["e"]],
			[grouped, 3, ["e/item"]],
			[toy().fields, 3, ["e"]],
		] as const) {
			const weights: Weights = new Map();
			const batch = batchOf({ fields }, Int32Array.of(2, 0));
			const pass = (name: string) => (weights.get(name) as Weight).value.rows(batch.unique);
			layers({ weights, seed: 1, read: pass }).embed("e", batch, 2, { item });
			expect([...weights.keys()]).toEqual(tables);
			disposeWeights(weights);
		}
	});

	it("names each different id once, field by field in order of first appearance, batch after batch", () => {
		for (const at of [Int32Array.of(2, 0, 2), Int32Array.of(1, 3), Int32Array.of(2, 0, 2)]) {
			const { unique, index, order, places: rising } = batchOf(toy(), at);
			const ids = [...at].flatMap((row) => [[0, 1, 2, 1][row], 3 + [1, 1, 0, 0][row]]);
			const [different, places] = [values(unique), values(index)];
			expect(different).toEqual([...new Set([0, 1].flatMap((field) => ids.filter((_, i) => i % 2 === field)))]);
			expect(places.map((place) => different[place])).toEqual(ids);
			const sorted = values(order).map((i) => [places[i], i]);
			expect(sorted).toEqual(
				[...places.entries()].map(([i, place]) => [place, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]),
			);
			expect(values(rising)).toEqual(sorted.map(([place]) => place));
		}
	});

	it("sums the gradients of a row that is looked up more than once", () => {
		const weights = filled(5, 2);
		const batch = batchOf(toy(), Int32Array.of(0, 1, 2, 3));
		const rows = weights.get("e")?.value.rows(batch.unique) as Tensor2D;
		const [gradient] = tf.grads((x: Tensor) =>
			tf.sum(layers({ weights, seed: 1, read: () => x }).embed("e", batch, 2)),
		)([rows]);
		const times = new Map(values(batch.unique).map((id, i) => [id, values(gradient)[2 * i]]));
		expect([...times].sort()).toEqual([
			[0, 1],
			[1, 2],
			[2, 1],
			[3, 2],
			[4, 2],
		]);
		disposeWeights(weights);
	});
});

describe("weights", () => {
	it("start from seed and name alone", () => {
		const make = (seed: number, names: string[]) => {
			const weights: Weights = new Map();
			for (const name of names) weight(weights, seed, name, [4, 3], { std: 1 });
			const all = Object.fromEntries([...weights].map(([name, w]) => [name, values(w.value.read())]));
			disposeWeights(weights);
			return all;
		};
		expect(make(1, ["a", "b"]).b).toEqual(make(1, ["b"]).b);
		expect(make(1, ["a", "b"]).a).not.toEqual(make(1, ["a", "b"]).b);
		expect(make(1, ["a"]).a).not.toEqual(make(2, ["a"]).a);
	});

	it("start with the deviation asked for", () => {
		const weights: Weights = new Map();
		const n = 40_000;
		const drawn = values(weight(weights, 3, "w", [n / 10, 10], { std: 0.01 }, "table").value.read());
		const [mean, square] = drawn.reduce(([m, s], x) => [m + x / n, s + (x * x) / n], [0, 0]);
		// four standard errors of a mean and of a variance
		expect(Math.abs(mean)).toBeLessThan((4 * 0.01) / Math.sqrt(n));
		expect(Math.abs(square / 1e-4 - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
		disposeWeights(weights);
	});

	it("one name with two shapes is refused", () => {
		const weights: Weights = new Map();
		weight(weights, 1, "w", [2, 2], { std: 1 });
		expect(() => weight(weights, 1, "w", [3, 2], { std: 1 })).toThrow('weight "w" is used with shapes [2,2] and [3,2]');
		disposeWeights(weights);
	});

	it("a snapshot stays as it was while training goes on, and comes back", () => {
		const weights: Weights = new Map();
		const made = [
			weight(weights, 1, "w", [2, 2], { std: 1 }),
			weight(weights, 1, "t", [4, 2], { std: 1 }, "table"),
		] as const;
		const now = () => made.map(({ value }) => values(value.read()));
		const before = now();
		const kept = snapshot(weights);
		const [whole, rows] = [tf.ones([2, 2]), tf.ones([1, 2])];
		update(
			[
				{ weight: made[0], value: made[0].value.read(), gradient: whole },
				{ weight: made[1], value: made[1].value.rows(tf.tensor1d([1], "int32")), gradient: rows },
			],
			tf.tensor1d([1], "int32"),
			adam,
		);
		for (const [i, changed] of now().entries()) expect(changed).not.toEqual(before[i]);
		kept.restore();
		expect(now()).toEqual(before);
		kept.dispose();
		disposeWeights(weights);
	});
});

const adam: Optimizing = { optimizer: "adam", dense: false, l2: 0, lr: 0.1 };

describe("native and pure-JS kernels agree", () => {
	const sets = () => [nativeKernels(engine().native as NativeBackend), pureJsKernels()] as [Kernels, Kernels];
	const both = (run: (k: Kernels) => Tensor, tolerance = 1e-5) => {
		const [a, b] = sets().map((k) => values(run(k)));
		close(a, b, tolerance);
	};

	it("products, biases, ReLU's gradient", () => {
		const [a, b, dy] = [
			tf.tensor2d(normals(12), [4, 3]),
			tf.tensor2d(normals(8), [4, 2]),
			tf.tensor2d(normals(12), [4, 3]),
		];
		both((k) => k.matMul(a, b, true, false));
		both((k) => k.matMul(a, dy, false, true));
		both((k) => k.biasAdd(a, tf.tensor1d([1, 2, 3])));
		both((k) => k.biasAddGrad(dy));
		both((k) => k.reluGrad(dy, tf.relu(a)));
	});

	it("variables, Adam, Adagrad, gradient descent", () => {
		const g = normals(6);
		const run = (k: Kernels) => {
			const [x, m, v] = [tf.ones([3, 2]), tf.zeros([3, 2]), tf.zeros([3, 2])].map((t) => k.variable(t));
			const [lr, power1, power2, beta1, beta2, epsilon] = [0.1, 0.9, 0.999, 0.9, 0.999, 1e-8].map((s) => tf.scalar(s));
			const gradient = tf.tensor2d(g, [3, 2]);
			k.adam(x, m, v, { lr, power1, power2, beta1, beta2, epsilon }, gradient);
			k.adagrad(x, v, lr, epsilon, gradient);
			k.descend(x, lr, gradient);
			const rows = tf.tensor2d(g.slice(0, 4), [2, 2]);
			m.assignRows(tf.tensor1d([2, 0], "int32"), rows);
			const out = tf.concat([x.read(), m.read(), v.read(), x.rows(tf.tensor1d([2, 0], "int32"))]);
			for (const variable of [x, m, v]) variable.dispose();
			return out;
		};
		both(run, 1e-5);
	});

	it("draws depend on the key alone", () => {
		for (const k of sets())
			for (const draw of [k.normal, k.uniform]) {
				expect(values(draw([3, 3], [1, 2]))).toEqual(values(draw([3, 3], [1, 2])));
				expect(values(draw([3, 3], [1, 2]))).not.toEqual(values(draw([3, 3], [1, 3])));
			}
		expect(values(kernels().uniform([1000], [5, 6])).every((u) => u >= 0 && u < 1)).toBe(true);
	});
});
