import type { Tensor } from "@tensorflow/tfjs-core";
import { words } from "../core/random";
import type { Variable } from "./kernels";
import { freeing, tf } from "./native";
import type { Loaded, Stored } from "./safetensors";
import { kernels } from "./tier";
import { unrecorded } from "./trace";

/** The fields that tell of the item, or the others. */
export type FieldsOf = "item" | "other";

/** A variable of a network, with what its optimiser keeps beside it. */
export interface Weight {
	readonly name: string;
	/** "table": trained row by row; "state": kept, but not trained (running statistics, constants); "dense": anything else. */
	readonly kind: "dense" | "table" | "state";
	/** Of a table: the fields whose ids it has, where not all of them. */
	readonly of?: FieldsOf;
	readonly value: Variable;
	/** What the optimiser keeps, by its name ("m" and "v" of Adam); made at the first update. */
	readonly slots: Record<string, Variable>;
	/** Variables that hold the rows of a table, and of its slots, while they are updated. */
	readonly rows: Variable[];
	/** Updates so far. */
	steps: number;
}

/** The weights of one network, by name, in the order in which they were made. */
export type Weights = Map<string, Weight>;

/**
 * Gets a weight, or makes it. A new one's draws depend on the seed and its name alone: adding a layer reshuffles no other.
 *
 * @param start normal draws of this deviation, or one value everywhere
 */
export function weight(
	weights: Weights,
	seed: number,
	name: string,
	shape: number[],
	start: { std: number } | { value: number },
	kind: Weight["kind"] = "dense",
	of?: FieldsOf,
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
	const drawn = tf.tidy(() =>
		"value" in start ? tf.fill(shape, start.value) : tf.mul(kernels().normal(shape, [a, b]), start.std),
	);
	const made: Weight = { name, kind, ...(of ? { of } : {}), value: variableOf(drawn), slots: {}, rows: [], steps: 0 };
	weights.set(name, made);
	return made;
}

/** A weight's slot of a name; made of zeros at its first use. */
export function slotOf(weight: Weight, name: string): Variable {
	weight.slots[name] ??= unrecorded(() => variableOf(tf.zeros(weight.value.shape)));
	return weight.slots[name];
}

/** Frees all weights and slots. */
export function disposeWeights(weights: Weights): void {
	for (const { value, slots, rows } of weights.values())
		for (const v of [value, ...Object.values(slots), ...rows]) v.dispose();
	weights.clear();
}

/** Room for rows of a table while they are updated; how many there are does not matter yet. */
export function roomOf(weight: Weight, i: number): Variable {
	const [, ...rest] = weight.value.shape;
	weight.rows[i] ??= unrecorded(() => variableOf(tf.zeros([1, ...rest])));
	return weight.rows[i];
}

function variableOf(start: Tensor): Variable {
	const made = kernels().variable(start);
	start.dispose();
	return made;
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
	kind: Weight["kind"];
	of?: FieldsOf;
	steps: number;
	/** Names of its slots. */
	slots: string[];
}

/** All weights with their slots as arrays to store, "value/name", "m/name" and so on, and what they are. */
export function storedWeights(weights: Weights): { arrays: Stored[]; state: SlotState[] } {
	const read = (variable: Variable) => () => freeing(() => variable.read().dataSync() as Float32Array);
	const arrays = [...weights.values()].flatMap(({ name, value, slots }) =>
		Object.entries({ value, ...slots }).map(([kind, variable]) => ({
			name: `${kind}/${name}`,
			shape: value.shape,
			read: read(variable),
		})),
	);
	const state = [...weights.values()].map(({ name, kind, of, steps, slots }) => ({
		name,
		kind,
		...(of ? { of } : {}),
		steps,
		slots: Object.keys(slots),
	}));
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
	for (const { name, kind, of, steps, slots } of state) {
		const variable = (slot: string) => variableOf(tensor(`${slot}/${name}`));
		const kept = Object.fromEntries(slots.map((slot) => [slot, variable(slot)]));
		const about = { name, kind, ...(of ? { of } : {}), steps };
		weights.set(name, { ...about, value: variable("value"), slots: kept, rows: [] });
	}
	const copied = [...weights.values()].filter(({ name }) => arrays.has(`${prefix}/${name}`));
	return snapshotOf(copied.map((of) => ({ of, copy: tensor(`${prefix}/${of.name}`) })));
}
