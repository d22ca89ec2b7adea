import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it } from "vitest";
import { type Balance, equal, gradNorm, uncertainty } from "../core/balance";
import { balanced, makeBalance } from "./balance";
import { clipped } from "./clip";
import { tf } from "./native";
import { update } from "./optimizers";
import { disposeWeights, type Weights, weight } from "./weights";

/**
 * Two tasks on one shared vector W: L_i = c_i · mean((v_i · (x·W) − y_i)²). Its gradients are known in closed form, so the same
 * steps of gradient descent can be taken in float64.
 */
const x = [
	[1, 0.5],
	[-0.5, 2],
	[0.25, -1],
];
const y = [
	[1, 0, -1],
	[0.5, -2, 1],
];
const c = [1, 6];
const lr = 0.02;
const start = { W: [0.3, -0.2], v: [0.8, 0.5] };

const weights: Weights = new Map();
afterEach(() => disposeWeights(weights));

/** Steps by the engine: weights, log-variances or loss weights, and the total loss after each. */
function engineSteps(balance: Balance, steps: number) {
	tf.tidy(() => weight(weights, 1, "shared", [2], { value: 0 }).value.assign(tf.tensor1d(start.W)));
	for (const i of [0, 1]) weight(weights, 1, `head/${i}`, [1], { value: start.v[i] });
	makeBalance(balance, weights, "balance/1", 2);
	const values = (name: string) => tf.tidy(() => [...(weights.get(name)?.value.read().dataSync() ?? [])]);
	const told: { total: number; W: number[]; v: number[]; balance: number[] }[] = [];
	for (let step = 0; step < steps; step++)
		tf.tidy(() => {
			const trainable = [...weights.values()].filter(({ kind }) => kind !== "state");
			const names = trainable.map(({ name }) => name);
			const inputs = trainable.map(({ value }) => value.read());
			const read = (name: string): Tensor => {
				const at = names.indexOf(name);
				return at < 0 ? (weights.get(name)?.value.read() as Tensor) : inputs[at];
			};
			const losses = () =>
				[0, 1].map((i) => {
					const score = tf.sum(tf.mul(tf.tensor2d(x), read("shared")), 1);
					const error = tf.sub(tf.mul(score, read(`head/${i}`)), tf.tensor1d(y[i]));
					return tf.mul(tf.mean(tf.square(error)), c[i]) as Scalar;
				});
			const found = balanced(balance, { losses, names, inputs, read, weights, own: "balance/1" });
			const trained = trainable.map((one, i) => ({
				...{ weight: one, value: inputs[i], gradient: found.gradients[i] as Tensor },
			}));
			update(trained, tf.tensor1d([], "int32"), { optimizer: "sgd", dense: false, l2: 0, lr });
			found.keep?.();
			const own = balance.kind === "gradNorm" ? "balance/1/weights" : "balance/1";
			const v = [values("head/0")[0], values("head/1")[0]];
			told.push({ total: found.total.dataSync()[0], W: values("shared"), v, balance: values(own) });
		});
	return told;
}

/** The same steps in float64, from the equations of the papers. */
function referenceSteps(balance: Balance, steps: number) {
	let [W, v, w, s] = [[...start.W], [...start.v], [1, 1], [0, 0]];
	let first: number[] | undefined;
	return Array.from({ length: steps }, () => {
		const score = x.map((row) => row[0] * W[0] + row[1] * W[1]);
		const L = [0, 1].map((i) => (c[i] * score.reduce((sum, z, r) => sum + (v[i] * z - y[i][r]) ** 2, 0)) / 3);
		const dW = [0, 1].map((i) =>
			[0, 1].map((k) => (c[i] * 2 * score.reduce((sum, z, r) => sum + (v[i] * z - y[i][r]) * v[i] * x[r][k], 0)) / 3),
		);
		const dv = [0, 1].map((i) => (c[i] * 2 * score.reduce((sum, z, r) => sum + (v[i] * z - y[i][r]) * z, 0)) / 3);
		const factor =
			balance.kind === "equal" ? [1, 1] : balance.kind === "uncertainty" ? s.map((one) => Math.exp(-one)) : w;
		const total = factor[0] * L[0] + factor[1] * L[1] + (balance.kind === "uncertainty" ? (s[0] + s[1]) / 2 : 0);
		W = W.map((value, k) => value - lr * (factor[0] * dW[0][k] + factor[1] * dW[1][k]));
		v = v.map((value, i) => value - lr * factor[i] * dv[i]);
		if (balance.kind === "uncertainty") s = s.map((one, i) => one - lr * (0.5 - Math.exp(-one) * L[i]));
		if (balance.kind === "gradNorm") {
			first ??= L;
			const g = dW.map((row) => Math.hypot(...row));
			const G = g.map((norm, i) => w[i] * norm);
			const pace = L.map((loss, i) => loss / (first as number[])[i]);
			const r = pace.map((one) => one / ((pace[0] + pace[1]) / 2));
			const target = r.map((one) => ((G[0] + G[1]) / 2) * one ** balance.alpha);
			const moved = w.map((one, i) => Math.max(0, one - balance.lr * g[i] * Math.sign(G[i] - target[i])));
			w = moved.map((one) => (2 * one) / (moved[0] + moved[1]));
		}
		return { total, W, v, balance: balance.kind === "uncertainty" ? s : balance.kind === "gradNorm" ? w : [] };
	});
}

describe("balance", () => {
	it.each([
		["equal", equal()],
		["uncertainty (Kendall et al. 2018)", uncertainty()],
		["gradNorm (Chen et al. 2018)", gradNorm({ shared: "shared", alpha: 0.7, lr: 0.04 })],
	] as [string, Balance][])("%s: ten steps as in float64", (_, balance) => {
		const [found, expected] = [engineSteps(balance, 10), referenceSteps(balance, 10)];
		for (const [step, { total, W, v, balance: own }] of expected.entries()) {
			const all = [found[step].total, ...found[step].W, ...found[step].v, ...found[step].balance];
			for (const [i, value] of [total, ...W, ...v, ...own].entries())
				expect(Math.abs(all[i] - value), `step ${step}, number ${i}`).toBeLessThan(2e-5 * (1 + Math.abs(value)));
			expect(all.length).toBe(5 + own.length);
		}
		// The reference moves by far more than the tolerance.
		if (balance.kind !== "equal")
			expect(Math.abs(expected[9].balance[0] - expected[0].balance[0])).toBeGreaterThan(0.01);
	});
	it("gradNorm with no such shared weight is refused by name", () => {
		expect(() => engineSteps(gradNorm({ shared: "embeding", alpha: 1 }), 1)).toThrow(
			'no trained weight\'s name begins with "embeding": there are shared, head/0, head/1',
		);
	});
	it("leaves no tensor behind", () => {
		engineSteps(gradNorm({ shared: "shared", alpha: 1 }), 1);
		disposeWeights(weights);
		const before = tf.memory().numTensors;
		engineSteps(gradNorm({ shared: "shared", alpha: 1 }), 4);
		disposeWeights(weights);
		expect(tf.memory().numTensors).toBe(before);
	});
});

describe("clipped", () => {
	const gradients = () =>
		[
			tf.tensor1d([3, 0]),
			tf.tensor2d([
				[0, 4],
				[0, 12],
			]),
		].map((gradient) => ({ gradient }));
	const flat = (most: number) =>
		tf.tidy(() => clipped(gradients(), most).flatMap((g) => [...(g.gradient as Tensor1D).dataSync()]));
	it("scales all gradients together to the largest global norm, here from 13", () => {
		expect(flat(6.5)).toEqual([1.5, 0, 0, 2, 0, 6]);
	});
	it("leaves gradients of a smaller norm, and all where there is no limit", () => {
		expect(flat(13.5)).toEqual([3, 0, 0, 4, 0, 12]);
		expect(flat(0)).toEqual([3, 0, 0, 4, 0, 12]);
	});
});
