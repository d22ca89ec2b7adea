import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { Inputs } from "../core/layers";
import type { Dataset } from "../data/dataset";
import { embeddedOf, gather, numericOf, tableRowsOf } from "../data/gather";
import { tf } from "./native";

/** The features of some rows as tensors, laid out for one embedding table that all fields share. */
export interface Batch extends Inputs {
	/** Rows of the table: the sum of the fields' vocabulary sizes. */
	readonly tableRows: number;
	/** How many fields are embedded. */
	readonly embedded: number;
	/** The different ids of the batch. */
	readonly unique: Tensor1D;
	/** For each looked-up id, its place in `unique`; a row's fields lie side by side. */
	readonly index: Tensor1D;
	/** Numbers of the looked-up ids by their place in `unique`, and those places, which rise. */
	readonly order: Tensor1D;
	readonly places: Tensor1D;
	/** Where lists are pooled: the cell (row·embedded + field) and the weight of each looked-up id. */
	readonly pooled?: { cells: Tensor1D; weights: Tensor2D };
	/** Scaled numbers, `[rows, numbers]`, where there are any. */
	readonly numbers?: Tensor2D;
}

/** Makes a batch of some rows. Its tensors belong to the caller's `tf.tidy`. */
export function batchOf({ fields }: Pick<Dataset, "fields">, at: Int32Array, gathered = gather(fields, at)): Batch {
	const { unique, index, sorted, pooled, numbers } = gathered;
	return {
		rows: at.length,
		fields: fields.map((f) => f.name),
		tableRows: tableRowsOf(fields),
		embedded: embeddedOf(fields).length,
		unique: tf.tensor1d(unique, "int32"),
		index: tf.tensor1d(index, "int32"),
		order: tf.tensor1d(sorted.order, "int32"),
		places: tf.tensor1d(sorted.places, "int32"),
		pooled: pooled && {
			cells: tf.tensor1d(pooled.cells, "int32"),
			weights: tf.tensor2d(pooled.weights, [pooled.weights.length, 1]),
		},
		numbers: numbers && tf.tensor2d(numbers, [at.length, numericOf(fields).length]),
	};
}

/** The 0/1 column of an event for some rows, as float32. */
export function labelOf(data: Dataset, event: string, at: Int32Array): Tensor1D {
	const happened = data.events[event];
	if (!happened) throw new Error(`the log has no event "${event}": it has ${Object.keys(data.events).join(", ")}`);
	const label = new Float32Array(at.length);
	for (let i = 0; i < at.length; i++) label[i] = happened[at[i]];
	return tf.tensor1d(label);
}
