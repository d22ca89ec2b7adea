import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import type { Balance } from "../core/balance";
import { tf } from "./native";
import { type Weights, weight } from "./weights";

/** One step's losses and the weights that they are differentiated by. */
export interface Balancing {
	/** Computes each loss, its own weight in it; records its gradients. */
	losses: () => Scalar[];
	/** Names and values of the weights that are trained. */
	names: readonly string[];
	inputs: Tensor[];
	/** A weight as this step reads it. */
	read: (name: string) => Tensor;
	/** The network's weights, where a balance keeps its state. */
	weights: Weights;
	/** Name of the balance's own weights. */
	own: string;
}

/** The total loss, its gradient by each input (undefined where none reaches it), and what the balance keeps once the step counts. */
export interface Balanced {
	total: Tensor;
	gradients: (Tensor | undefined)[];
	/** Sets the balance's state; not called when the loss is not finite. */
	keep?: () => void;
}

/** Makes the weights that a balance has: log-variances that are trained, or loss weights and first losses that are state. */
export function makeBalance(balance: Balance | undefined, weights: Weights, own: string, losses: number): void {
	if (balance?.kind === "uncertainty") weight(weights, 0, own, [losses], { value: 0 });
	if (balance?.kind !== "gradNorm") return;
	weight(weights, 0, `${own}/weights`, [losses], { value: 1 }, "state");
	weight(weights, 0, `${own}/first`, [losses], { value: 0 }, "state");
}

/** Weighs losses against each other, as `equal`, `uncertainty` and `gradNorm` of core/balance define it. */
export function balanced(balance: Balance | undefined, of: Balancing): Balanced {
	if (balance?.kind === "gradNorm") return gradNormed(balance, of);
	const sum = (terms: Tensor[]) => terms.reduce((a, b) => tf.add(a, b));
	const total = () => {
		const losses = of.losses();
		if (balance?.kind !== "uncertainty") return sum(losses);
		const s = of.read(of.own) as Tensor1D;
		return tf.sum(tf.add(tf.mul(tf.exp(tf.neg(s)), tf.stack(losses)), tf.mul(s, 0.5)));
	};
	const { value, grads } = tf.engine().gradients(total as () => Scalar, of.inputs, undefined, true);
	return { total: value, gradients: grads };
}

function gradNormed(balance: Extract<Balance, { kind: "gradNorm" }>, of: Balancing): Balanced {
	const { names, inputs, weights, own, read } = of;
	const shared = names.map((name) => name.startsWith(balance.shared));
	if (!shared.includes(true))
		throw new Error(
			`gradNorm: no trained weight's name begins with "${balance.shared}": there are ${names.join(", ")}`,
		);
	const w = read(`${own}/weights`).dataSync().slice();
	const kept: (Tensor | undefined)[] = [];
	const [losses, norms]: number[][] = [[], []];
	// One pass forward; then back from each loss over what the outer call has recorded. It has nothing to differentiate itself.
	const { value } = tf.engine().gradients(
		() => {
			const each = of.losses();
			const back = each.map((loss) => tf.engine().gradients(() => tf.mul(loss, 1), inputs, undefined, true).grads);
			for (const [i, loss] of each.entries()) {
				losses.push(loss.dataSync()[0]);
				const squares = back[i].filter((gradient, k) => gradient && shared[k]).map((g) => tf.sum(tf.square(g)));
				norms.push(Math.sqrt(squares.reduce((sum, square) => sum + square.dataSync()[0], 0)));
			}
			for (const k of inputs.keys()) {
				const parts = back.flatMap((grads, i) => (grads[k] ? [tf.mul(grads[k], w[i])] : []));
				kept.push(parts.length > 0 ? tf.keep(parts.reduce((a, b) => tf.add(a, b))) : undefined);
			}
			return each.map((loss, i) => tf.mul(loss, w[i])).reduce((a, b) => tf.add(a, b)) as Scalar;
		},
		[tf.scalar(0)],
		undefined,
		true,
	);
	// From here on they belong to the caller's tf.tidy, as everything else.
	const gradients = kept.map((gradient) => gradient && tf.clone(gradient));
	for (const gradient of kept) gradient?.dispose();
	const known = read(`${own}/first`).dataSync();
	const first = losses.map((loss, i) => (known[i] !== 0 ? known[i] : loss));
	return {
		total: value,
		gradients,
		keep: () => {
			const set = (name: string, values: readonly number[]) =>
				tf.tidy(() => weights.get(name)?.value.assign(tf.tensor1d([...values])));
			set(`${own}/first`, first);
			set(`${own}/weights`, nextWeights([...w], norms, losses, first, balance));
		},
	};
}

/**
 * GradNorm's loss weights after a step: down the gradient of Σ |w_i·g_i − Ḡ·r_i^α|, held at 0 or above, summing to their number.
 *
 * @param norms g_i = ‖∇_W L_i‖
 */
export function nextWeights(
	w: readonly number[],
	norms: readonly number[],
	losses: readonly number[],
	first: readonly number[],
	{ alpha, lr }: { alpha: number; lr: number },
): number[] {
	const n = w.length;
	const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / n;
	const left = losses.map((loss, i) => (first[i] > 0 ? loss / first[i] : 1));
	const target = mean(w.map((weight, i) => weight * norms[i]));
	const moved = w.map((weight, i) => {
		const gap = weight * norms[i] - target * (left[i] / (mean(left) || 1)) ** alpha;
		return Math.max(0, weight - lr * norms[i] * Math.sign(gap));
	});
	const sum = moved.reduce((a, b) => a + b, 0);
	return sum > 0 ? moved.map((weight) => (weight * n) / sum) : moved.map(() => 1);
}
