import type { Field } from "./dataset";

/** The features of some rows side by side, as plain arrays: what a batch's tensors are made of. */
export interface Gathered {
	/** The different ids of the rows, numbered through all embedded fields; field by field, each in order of first appearance. */
	readonly unique: Int32Array;
	/** For each looked-up id its place in `unique`; a row's fields lie side by side. */
	readonly index: Int32Array;
	/** Numbers of the looked-up ids by their place in `unique`, equal ones in order; and those places, which rise. */
	readonly sorted: { readonly order: Int32Array; readonly places: Int32Array };
	/** Where lists are pooled: the cell (row·embedded + field) and the weight of each looked-up id. */
	readonly pooled?: { readonly cells: Int32Array; readonly weights: Float32Array };
	/** Scaled numbers, row by row, where there are any. */
	readonly numbers?: Float32Array;
}

type Numeric = Extract<Field, { kind: "number" }>;
type Embedded = Exclude<Field, Numeric>;

/** The fields that are embedded, in order. */
export const embeddedOf = (fields: readonly Field[]): Embedded[] =>
	fields.filter((f): f is Embedded => f.kind !== "number");

/** The fields that are numbers, in order. */
export const numericOf = (fields: readonly Field[]): Numeric[] =>
	fields.filter((f): f is Numeric => f.kind === "number");

/** Rows of a table that all embedded fields share: the sum of their vocabulary sizes. */
export const tableRowsOf = (fields: readonly Field[]): number =>
	embeddedOf(fields).reduce((sum, field) => sum + field.size, 0);

/** Gathers the features of some rows. */
export function gather(fields: readonly Field[], at: Int32Array): Gathered {
	const embedded = embeddedOf(fields);
	const numeric = numericOf(fields);
	const lookup = embedded.some((f) => f.kind === "ids") ? pooledLookup(embedded, at) : plainLookup(embedded, at);
	const { ids: index, stride } = lookup;
	const unique = uniqueInPlace(index, stride, tableRowsOf(fields));
	return {
		unique,
		index,
		sorted: sortedPlaces(index, unique.length),
		pooled: lookup.pooled,
		numbers: numeric.length > 0 ? side(numeric, at) : undefined,
	};
}

/** Numbers of some rows, row by row. */
function side(fields: readonly Numeric[], at: Int32Array): Float32Array {
	const numbers = new Float32Array(at.length * fields.length);
	for (let j = 0; j < fields.length; j++) {
		const { values } = fields[j];
		for (let i = 0, cell = j; i < at.length; i++, cell += fields.length) numbers[cell] = values[at[i]];
	}
	return numbers;
}

interface Lookup {
	ids: Int32Array;
	/** Ids of one field stand so far apart; 1 where fields have different numbers of ids. */
	stride: number;
	pooled?: Gathered["pooled"];
}

function plainLookup(fields: readonly Embedded[], at: Int32Array): Lookup {
	const ids = new Int32Array(at.length * fields.length);
	let offset = 0;
	// Column by column: reads from one column do not wait for each other.
	for (let j = 0; j < fields.length; j++) {
		const column = fields[j].ids;
		for (let i = 0, cell = j; i < at.length; i++, cell += fields.length) ids[cell] = offset + column[at[i]];
		offset += fields[j].size;
	}
	return { ids, stride: fields.length };
}

/** As `plainLookup`, but a field may have any number of ids a row; they are summed, each times its weight. */
function pooledLookup(fields: readonly Embedded[], at: Int32Array): Lookup {
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
	return {
		ids: Int32Array.from(ids),
		stride: 1,
		pooled: { cells: Int32Array.from(cells), weights: Float32Array.from(weights) },
	};
}

/** For each row of a table, where it may stand among the different ids of a batch; grown to the largest table, never cleared. */
let places = new Int32Array(0);

/**
 * Replaces each id by its place among the different ones, which are returned in order of first appearance. A place counts only
 * if the id stands there, so nothing needs to be cleared between batches (Briggs & Torczon 1993, sparse sets).
 */
function uniqueInPlace(ids: Int32Array, stride: number, tableRows: number): Int32Array {
	if (places.length < tableRows) places = new Int32Array(tableRows);
	const unique = new Int32Array(ids.length);
	let n = 0;
	// Field by field: the rows of a field lie near each other in a table.
	for (let first = 0; first < stride; first++)
		for (let i = first; i < ids.length; i += stride) {
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

/** Sorts by counting. */
function sortedPlaces(index: Int32Array, different: number): Gathered["sorted"] {
	const next = new Int32Array(different + 1);
	for (let i = 0; i < index.length; i++) next[index[i] + 1]++;
	for (let place = 0; place < different; place++) next[place + 1] += next[place];
	const [order, rising] = [new Int32Array(index.length), new Int32Array(index.length)];
	for (let i = 0; i < index.length; i++) {
		const at = next[index[i]]++;
		order[at] = i;
		rising[at] = index[i];
	}
	return { order, places: rising };
}
