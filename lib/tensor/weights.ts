import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { words } from "../core/random";
import { ADAM, type Variable } from "./kernels";
import { tf } from "./native";
import type { Loaded, Stored } from "./safetensors";
import { kernels } from "./tier";

/** A trainable variable with its Adam slots. A table is trained row by row, anything else as a whole. */
export interface Weight {
	readonly name: string;
	readonly table: boolean;
	readonly value: Variable;
	/** First and second moments, made at the first update. */
	slots?: { m: Variable; v: Variable };
	/** Updates so far. */
	steps: number;
}

/** The weights of one network, by name, in the order in which they were made. */
export type Weights = Map<string, Weight>;

/** Gets a weight, or makes it. A new one's draws depend on the seed and its name alone: adding a layer reshuffles no other. */
export function weight(
	weights: Weights,
	seed: number,
	name: string,
	shape: number[],
	std: number,
	table = false,
): Weight {
	const known = weights.get(name);
	if (known) {
		if (String(known.value.shape) !== String(shape))
			throw new Error(
				`weight "${name}" is used with shapes [${known.value.shape}] and [${shape}]: give the layers different names`,
			);
		return known;
	}
	const [a, b] = words(seed, `init/${name}`);
	const start = tf.tidy(() => (std === 0 ? tf.zeros(shape) : tf.mul(kernels().normal(shape, [a, b]), std)));
	const made: Weight = { name, table, value: variableOf(start), steps: 0 };
	weights.set(name, made);
	return made;
}

/** One Adam step on a whole variable. */
export function adam(weight: Weight, gradient: Tensor, lr: number): void {
	const { m, v } = slotsOf(weight);
	kernels().adam(weight.value, m, v, advance(weight, lr), gradient);
}

/**
 * One lazy Adam step on the rows of a table that a batch used. Rows that were not used keep value and moments
 * as they are, where dense Adam would let the moments decay and the value drift; the cost does not grow with
 * the table. (As TensorFlow's LazyAdam and PyTorch's SparseAdam.)
 *
 * @param ids the rows, each once: `[n]`
 * @param gradient their gradients, already summed: `[n, width]`
 */
export function adamRows(weight: Weight, ids: Tensor1D, gradient: Tensor, lr: number): void {
	const slots = slotsOf(weight);
	const step = advance(weight, lr);
	tf.tidy(() => {
		const { beta1, beta2, epsilon } = ADAM;
		const m = tf.add(tf.mul(slots.m.rows(ids), beta1), tf.mul(gradient, 1 - beta1));
		const v = tf.add(tf.mul(slots.v.rows(ids), beta2), tf.mul(tf.square(gradient), 1 - beta2));
		const rate = (step.lr * Math.sqrt(1 - step.power2)) / (1 - step.power1);
		slots.m.assignRows(ids, m);
		slots.v.assignRows(ids, v);
		weight.value.subtractRows(ids, tf.div(tf.mul(m, rate), tf.add(tf.sqrt(v), epsilon)));
	});
}

/** Frees all weights and slots. */
export function disposeWeights(weights: Weights): void {
	for (const { value, slots } of weights.values()) for (const v of [value, slots?.m, slots?.v]) v?.dispose();
	weights.clear();
}

function slotsOf(weight: Weight): { m: Variable; v: Variable } {
	const zeros = () => variableOf(tf.zeros(weight.value.shape));
	weight.slots ??= { m: zeros(), v: zeros() };
	return weight.slots;
}

function variableOf(start: Tensor): Variable {
	const made = kernels().variable(start);
	start.dispose();
	return made;
}

function advance(weight: Weight, lr: number) {
	weight.steps++;
	return { lr, power1: ADAM.beta1 ** weight.steps, power2: ADAM.beta2 ** weight.steps };
}

/** The weights as they were, to go back to. */
export interface Snapshot {
	restore(): void;
	/** The copies as arrays to store, each under "prefix/name". */
	stored(prefix: string): Stored[];
	dispose(): void;
}

/** Keeps a copy of all weights of now (not of the slots). */
export function snapshot(weights: Weights): Snapshot {
	return snapshotOf([...weights.values()].map((of) => ({ of, copy: tf.tidy(() => tf.clone(of.value.read())) })));
}

function snapshotOf(copies: readonly { of: Weight; copy: Tensor }[]): Snapshot {
	const kept = copies.map(({ of: { name, value }, copy }) => ({ name, value, copy: tf.keep(copy) }));
	return {
		restore: () => {
			for (const { value, copy } of kept) value.assign(copy);
		},
		stored: (prefix) =>
			kept.map(({ name, value, copy }) => ({
				name: `${prefix}/${name}`,
				shape: value.shape,
				read: () => copy.dataSync() as Float32Array,
			})),
		dispose: () => {
			for (const { copy } of kept) copy.dispose();
		},
	};
}

/** What a weight is beside its arrays. */
export interface SlotState {
	name: string;
	table: boolean;
	steps: number;
	slots: boolean;
}

/** All weights with their slots as arrays to store, "value/name", "m/name" and "v/name", and what they are. */
export function storedWeights(weights: Weights): { arrays: Stored[]; state: SlotState[] } {
	const read = (variable: Variable) => () => tf.tidy(() => variable.read().dataSync() as Float32Array);
	const arrays = [...weights.values()].flatMap(({ name, value, slots }) =>
		Object.entries({ value, ...slots }).map(([kind, variable]) => ({
			name: `${kind}/${name}`,
			shape: value.shape,
			read: read(variable),
		})),
	);
	const state = [...weights.values()].map(({ name, table, steps, slots }) => ({ name, table, steps, slots: !!slots }));
	return { arrays, state };
}

/** Makes weights as `storedWeights` stored them, and the snapshot that was stored under a prefix. */
export function restoreWeights(
	weights: Weights,
	state: readonly SlotState[],
	arrays: Loaded["arrays"],
	prefix: string,
): Snapshot {
	const tensor = (name: string) => {
		const { values, shape } = arrays.get(name) as { values: Float32Array; shape: number[] };
		return tf.tensor(values, shape);
	};
	for (const { name, table, steps, slots } of state) {
		const of = (kind: string) => variableOf(tensor(`${kind}/${name}`));
		weights.set(name, {
			name,
			table,
			steps,
			value: of("value"),
			...(slots ? { slots: { m: of("m"), v: of("v") } } : {}),
		});
	}
	const copied = [...weights.values()].filter(({ name }) => arrays.has(`${prefix}/${name}`));
	return snapshotOf(copied.map((of) => ({ of, copy: tensor(`${prefix}/${of.name}`) })));
}
