import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import type { AdamStep, Variable } from "./kernels";
import { tf } from "./native";
import { kernels } from "./tier";
import type { Feed } from "./trace";
import { roomOf, slotOf, type Weight } from "./weights";

/** The optimisers there are. */
export const optimizers = ["adam", "adagrad", "sgd"] as const;

/** How weights are updated. */
export interface Optimizing {
	optimizer: (typeof optimizers)[number];
	/** Tables too are trained as a whole: the textbook's optimiser, at a cost that grows with the vocabulary. */
	dense: boolean;
	/** λ of the gradient's part λ·w, as PyTorch's weight_decay; in a table on the rows that a batch used (`dense`: on all). */
	l2: number;
	lr: number;
}

/** A weight with its gradient. */
export interface Trained {
	weight: Weight;
	/** What the pass read: the weight, or the rows of a table. */
	value: Tensor;
	/** Of the same shape as `value`. */
	gradient: Tensor;
}

/** Adam's constants, as in every paper here. (Kingma & Ba 2015, Algorithm 1.) */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** ε of Adagrad, as in PyTorch; its sums start at 0 as there (TensorFlow 1 started them at 0.1). */
const ADAGRAD_EPSILON = 1e-10;

/**
 * One step on every weight that has a gradient: Adam, Adagrad or gradient descent, by TensorFlow's fused kernels.
 *
 * Of a table only the rows in `unique` are touched, so the cost does not grow with the vocabulary. For Adagrad and gradient
 * descent that is the textbook's step, as a gradient of zero changes nothing there. Adam is then the lazy one: a row that
 * a batch does not use keeps its value and moments as they are, where dense Adam would let the moments decay and the value drift
 * on. (As TensorFlow's LazyAdam and PyTorch's SparseAdam, but for ε, which both add
 * before the correction of v; β₁ᵗ and β₂ᵗ count all updates of the table.)
 *
 * @param unique the tables' rows that the batch used, each once: `[n]`; or those of a table, where tables have rows of their own
 * @param feed makes what changes from step to step
 */
export function update(
	trained: readonly Trained[],
	unique: Tensor1D | ((table: Weight) => Tensor1D),
	how: Optimizing,
	feed: Feed<{ lr: number }> = (make) => make(how),
): void {
	tf.tidy(() => {
		const rule = ruleOf(how, feed);
		const idsOf = (table: Weight): Tensor1D => (typeof unique === "function" ? unique(table) : unique);
		for (const { weight, value, gradient } of trained) {
			const variables = [weight.value, ...rule.slots.map((name) => slotOf(weight, name))];
			const step = (on: Variable[], gradient: Tensor) => rule.step(weight, on, gradient);
			const decayed = (value: Tensor, gradient: Tensor) =>
				how.l2 === 0 ? gradient : tf.add(gradient, tf.mul(value, how.l2));
			if (weight.kind !== "table") step(variables, decayed(value, gradient));
			else if (how.dense) {
				const whole = tf.unsortedSegmentSum(gradient, idsOf(weight), weight.value.shape[0]);
				step(variables, decayed(weight.value.read(), whole));
			} else onRows(weight, variables, idsOf(weight), value, (rows) => step(rows, decayed(value, gradient)));
		}
	});
	for (const { weight } of trained) weight.steps++;
}

/** Does something to copies of some rows of variables, and puts the rows back. The first one's rows are at hand already. */
function onRows(
	weight: Weight,
	variables: Variable[],
	ids: Tensor1D,
	first: Tensor,
	change: (rows: Variable[]) => void,
): void {
	const held = variables.map((variable, i) => {
		const room = roomOf(weight, i);
		const rows = i === 0 ? first : variable.rows(ids);
		room.assign(rows);
		// Freed at once: a variable that is alone with its memory is updated in place.
		if (i > 0) rows.dispose();
		return room;
	});
	change(held);
	for (const [i, variable] of variables.entries()) variable.assignRows(ids, held[i].read());
}

interface Rule {
	slots: readonly string[];
	/** The next step of a weight, on its variables or on some rows of them. */
	step(weight: Weight, variables: Variable[], gradient: Tensor): void;
}

function ruleOf({ optimizer }: Optimizing, feed: Feed<{ lr: number }>): Rule {
	const rate = feed(({ lr }) => tf.scalar(lr)) as Scalar;
	if (optimizer === "sgd")
		return { slots: [], step: (_, [value], gradient) => kernels().descend(value, rate, gradient) };
	if (optimizer === "adagrad") {
		const epsilon = tf.scalar(ADAGRAD_EPSILON);
		return {
			slots: ["sum"],
			step: (_, [value, sum], gradient) => kernels().adagrad(value, sum, rate, epsilon, gradient),
		};
	}
	const [beta1, beta2] = [tf.scalar(ADAM.beta1), tf.scalar(ADAM.beta2)];
	const steps = new Map<number, AdamStep>();
	/** Weights that have had as many updates share the numbers of their next one. */
	const stepOf = (weight: Weight): AdamStep => {
		const scalar = (of: (t: number) => number) => feed(() => tf.scalar(of(weight.steps + 1))) as Scalar;
		const known = steps.get(weight.steps) ?? {
			...{ lr: rate, beta1, beta2 },
			power1: scalar((t) => ADAM.beta1 ** t),
			power2: scalar((t) => ADAM.beta2 ** t),
			// TensorFlow's kernel adds its ε to √v, the algorithm to √(v/(1 − β₂ᵗ)).
			epsilon: scalar((t) => ADAM.epsilon * Math.sqrt(1 - ADAM.beta2 ** t)),
		};
		steps.set(weight.steps, known);
		return known;
	};
	return {
		slots: ["m", "v"],
		step: (weight, [value, m, v], gradient) => kernels().adam(value, m, v, stepOf(weight), gradient),
	};
}
