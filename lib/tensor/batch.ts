import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { Inputs } from "../core/layers";
import type { Dataset, Field } from "../data/dataset";
import { tf } from "./native";

/** The features of some rows as tensors, laid out for one embedding table that all fields share. */
export interface Batch extends Inputs {
	/** Row numbers of the dataset. */
	readonly at: Int32Array;
	/** Rows of the table: the sum of the fields' vocabulary sizes. */
	readonly tableRows: number;
	/** How many fields are embedded. */
	readonly embedded: number;
	/** The different ids of the batch. */
	readonly unique: Tensor1D;
	/** For each looked-up id, its place in `unique`; a row's fields lie side by side. */
	readonly index: Tensor1D;
	/** Where lists are pooled: the cell (row·embedded + field) and the weight of each looked-up id. */
	readonly pooled?: { cells: Tensor1D; weights: Tensor2D };
	/** Scaled numbers, `[rows, numbers]`, where there are any. */
	readonly numbers?: Tensor2D;
}

type Numeric = Extract<Field, { kind: "number" }>;
type Embedded = Exclude<Field, Numeric>;

/** Makes a batch of some rows. Its tensors belong to the caller's `tf.tidy`. */
export function batchOf(data: Dataset, at: Int32Array): Batch {
	const rows = at.length;
	const embedded = data.fields.filter((f): f is Embedded => f.kind !== "number");
	const numeric = data.fields.filter((f): f is Numeric => f.kind === "number");
	const tableRows = embedded.reduce((sum, f) => sum + f.size, 0);
	const lookup = embedded.some((f) => f.kind === "ids") ? pooledLookup(embedded, at) : plainLookup(embedded, at);
	const unique = uniqueInPlace(lookup.ids, tableRows);
	let numbers: Float32Array | undefined;
	if (numeric.length > 0) {
		numbers = new Float32Array(rows * numeric.length);
		for (let j = 0; j < numeric.length; j++) {
			const { values } = numeric[j];
			for (let i = 0; i < rows; i++) numbers[i * numeric.length + j] = values[at[i]];
		}
	}
	return {
		rows,
		at,
		fields: data.fields.map((f) => f.name),
		tableRows,
		embedded: embedded.length,
		unique: tf.tensor1d(unique, "int32"),
		index: tf.tensor1d(lookup.ids, "int32"),
		pooled: lookup.cells && {
			cells: tf.tensor1d(lookup.cells, "int32"),
			weights: tf.tensor2d(lookup.weights as Float32Array, [lookup.ids.length, 1]),
		},
		numbers: numbers && tf.tensor2d(numbers, [rows, numeric.length]),
	};
}

interface Lookup {
	ids: Int32Array;
	cells?: Int32Array;
	weights?: Float32Array;
}

function plainLookup(fields: Embedded[], at: Int32Array): Lookup {
	const ids = new Int32Array(at.length * fields.length);
	let offset = 0;
	// Column by column: reads from one column do not wait for each other.
	for (let j = 0; j < fields.length; j++) {
		const column = fields[j].ids;
		for (let i = 0, cell = j; i < at.length; i++, cell += fields.length) ids[cell] = offset + column[at[i]];
		offset += fields[j].size;
	}
	return { ids };
}

/** As `plainLookup`, but a field may have any number of ids a row; they are summed, each times its weight. */
function pooledLookup(fields: Embedded[], at: Int32Array): Lookup {
	const [ids, cells, weights]: number[][] = [[], [], []];
	for (let i = 0; i < at.length; i++) {
		let offset = 0;
		for (let j = 0; j < fields.length; j++) {
			const field = fields[j];
			const own = field.kind === "ids" && field.list ? field.list[at[i]] : at[i];
			const [from, to] = field.kind === "id" ? [own, own + 1] : [field.offsets[own], field.offsets[own + 1]];
			for (let k = from; k < to; k++) {
				ids.push(offset + field.ids[k]);
				cells.push(i * fields.length + j);
				weights.push(field.kind === "ids" && field.weights ? field.weights[k] : 1);
			}
			offset += field.size;
		}
	}
	return { ids: Int32Array.from(ids), cells: Int32Array.from(cells), weights: Float32Array.from(weights) };
}

/** For each row of a table, where it may stand among the different ids of a batch; grown to the largest table, never cleared. */
let places = new Int32Array(0);

/**
 * Replaces each id by its place among the different ones, which are returned in order of first appearance. A place counts only
 * if the id stands there, so nothing needs to be cleared between batches (Briggs & Torczon 1993, sparse sets).
 */
function uniqueInPlace(ids: Int32Array, tableRows: number): Int32Array {
	if (places.length < tableRows) places = new Int32Array(tableRows);
	const unique = new Int32Array(ids.length);
	let n = 0;
	for (let i = 0; i < ids.length; i++) {
		const id = ids[i];
		let place = places[id];
		if (place >= n || unique[place] !== id) {
			place = n++;
			places[id] = place;
			unique[place] = id;
		}
		ids[i] = place;
	}
	return unique.slice(0, n);
}

/** The 0/1 column of an event for some rows, as float32. */
export function labelOf(data: Dataset, event: string, at: Int32Array): Tensor1D {
	const happened = data.events[event];
	if (!happened) throw new Error(`the log has no event "${event}": it has ${Object.keys(data.events).join(", ")}`);
	const label = new Float32Array(at.length);
	for (let i = 0; i < at.length; i++) label[i] = happened[at[i]];
	return tf.tensor1d(label);
}
