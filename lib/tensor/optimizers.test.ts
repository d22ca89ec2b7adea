import type { Tensor } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { tf } from "./native";
import { type Optimizing, update } from "./optimizers";
import { disposeWeights, type Weight, type Weights, weight } from "./weights";

const random = stream(1, "optimizers");
const normals = (n: number) => Float32Array.from({ length: n }, random.normal);
const values = (t: Tensor) => [...t.dataSync()];
const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
	expect(a.length).toBe(b.length);
	for (let i = 0; i < a.length; i++)
		expect(Math.abs(a[i] - b[i])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b[i])));
};
const adam: Optimizing = { optimizer: "adam", dense: false, l2: 0, lr: 0.1 };

beforeEach(() => void tf.engine().startScope());
afterEach(() => tf.engine().endScope());

describe("optimisers", () => {
	/** Plain float64 steps on some values: the textbook's formulas. */
	const plain: Record<Optimizing["optimizer"], () => (x: number[], g: ArrayLike<number>, lr: number) => void> = {
		sgd: () => (x, g, lr) => {
			for (let i = 0; i < x.length; i++) x[i] -= lr * g[i];
		},
		adagrad: () => {
			const sum: number[] = [];
			return (x, g, lr) => {
				for (let i = 0; i < x.length; i++) {
					sum[i] = (sum[i] ?? 0) + g[i] ** 2;
					x[i] -= (lr * g[i]) / (Math.sqrt(sum[i]) + 1e-10);
				}
			};
		},
		adam: () => {
			const [m, v]: number[][] = [[], []];
			let t = 0;
			return (x, g, lr) => {
				t++;
				for (let i = 0; i < x.length; i++) {
					m[i] = 0.9 * (m[i] ?? 0) + 0.1 * g[i];
					v[i] = 0.999 * (v[i] ?? 0) + 0.001 * g[i] ** 2;
					x[i] -= (lr * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
				}
			};
		},
	};
	/** Five steps on a whole weight, and on rows 4, 0 and 2 of a table: gradients, and where both ended. */
	function fiveSteps(how: Optimizing) {
		const weights: Weights = new Map();
		const whole = weight(weights, 1, "whole", [3, 2], { value: 1 });
		const table = weight(weights, 1, "table", [5, 2], { value: 1 }, "table");
		const ids = tf.tensor1d([4, 0, 2], "int32");
		const gradients = Array.from({ length: 5 }, () => normals(6));
		for (const g of gradients) {
			const trained = (of: Weight, value: Tensor) => ({ weight: of, value, gradient: tf.tensor2d(g, [3, 2]) });
			update([trained(whole, whole.value.read()), trained(table, table.value.rows(ids))], ids, how);
		}
		const rows = table.value.read().arraySync() as number[][];
		const ended = { gradients, whole: values(whole.value.read()), rows };
		disposeWeights(weights);
		return ended;
	}

	it.each(["adam", "adagrad", "sgd"] as const)(
		"%s: whole weights and rows take the textbook's step; other rows stay",
		(optimizer) => {
			const { gradients, whole, rows } = fiveSteps({ ...adam, optimizer, lr: 0.01 });
			const [step, x] = [plain[optimizer](), Array<number>(6).fill(1)];
			for (const g of gradients) step(x, g, 0.01);
			close(whole, x, 1e-5);
			close([...rows[4], ...rows[0], ...rows[2]], x, 1e-5);
			expect([rows[1], rows[3]]).toEqual([
				[1, 1],
				[1, 1],
			]);
		},
	);

	it("dense Adam goes on moving a row whose gradient is zero; lazy Adam does not touch it", () => {
		const drift = (dense: boolean) => {
			const weights: Weights = new Map();
			const table = weight(weights, 1, "table", [2, 1], { value: 0 }, "table");
			for (const row of [0, 1, 1]) {
				const ids = tf.tensor1d([row], "int32");
				const gradient = tf.ones([1, 1]);
				update([{ weight: table, value: table.value.rows(ids), gradient }], ids, { ...adam, dense });
			}
			const ended = values(table.value.read());
			disposeWeights(weights);
			return ended;
		};
		const [step, x] = [plain.adam(), [0]];
		for (const g of [1, 0, 0]) step(x, [g], 0.1);
		close(drift(true).slice(0, 1), x, 1e-5);
		close(drift(false).slice(0, 1), [-0.1], 1e-5);
	});

	it("l2 adds λ·w to the gradient; in a table on the rows used, or on all when dense", () => {
		const sgd: Optimizing = { optimizer: "sgd", dense: false, l2: 0.5, lr: 0.1 };
		for (const dense of [false, true]) {
			const { gradients, whole, rows } = fiveSteps({ ...sgd, dense });
			const [step, x, unused] = [plain.sgd(), Array<number>(6).fill(1), [1]];
			for (const g of gradients) {
				step(
					x,
					x.map((w, i) => g[i] + 0.5 * w),
					0.1,
				);
				step(unused, [0.5 * unused[0]], 0.1);
			}
			close(whole, x, 1e-5);
			close([...rows[4], ...rows[0], ...rows[2]], x, 1e-5);
			close(rows[1], dense ? [unused[0], unused[0]] : [1, 1], 1e-6);
		}
	});
});
