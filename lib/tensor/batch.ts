import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { Inputs } from "../core/layers";
import type { Dataset, Field } from "../data/dataset";
import { embeddedOf, type Gathered, gather, numericOf, tableRowsOf } from "../data/gather";
import { tf } from "./native";
import type { Feed } from "./trace";
import type { FieldsOf } from "./weights";

/** Which rows of an embedding table some fields of a batch look up: the fields share the table. */
export interface Lookups {
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
}

/** The features of some rows as tensors, laid out for one embedding table that all fields share. */
export interface Batch extends Inputs, Lookups {
	/** The same for a table of the fields that tell of the item, and for one of the others; undefined where there are none. */
	readonly of: (fields: FieldsOf) => Lookups | undefined;
	/** Scaled numbers, `[rows, numbers]`, where there are any. */
	readonly numbers?: Tensor2D;
}

/**
 * Makes a batch of some rows. Its tensors belong to the caller's `tf.tidy`.
 *
 * @param feed makes what differs from batch to batch
 */
export function batchOf(
	data: Pick<Dataset, "fields">,
	at: Int32Array,
	gathered = gather(data.fields, at),
	feed: Feed<{ data: Pick<Dataset, "fields">; at: Int32Array; gathered: Gathered }> = (make) =>
		make({ data, at, gathered }),
): Batch {
	const { fields } = data;
	const rows = at.length;
	const numbers = numericOf(fields).length;
	const known = new Map<FieldsOf, Lookups | undefined>();
	const of = (part: FieldsOf) => {
		if (!known.has(part)) {
			const own = partOf(fields, part);
			const lookups = (now: { data: Pick<Dataset, "fields">; at: Int32Array; gathered: Gathered }) =>
				gatheredPart(now.gathered, part, now.data.fields, now.at);
			const example = own.length > 0 ? gatheredPart(gathered, part, fields, at) : undefined;
			const fed = (make: (gathered: Gathered) => Tensor) => feed((now) => make(lookups(now)));
			known.set(part, example && lookupsOf(own, example, fed));
		}
		return known.get(part);
	};
	return {
		rows,
		fields: fields.map((f) => f.name),
		...lookupsOf(fields, gathered, (make) => feed(({ gathered }) => make(gathered))),
		of,
		numbers:
			numbers > 0
				? (feed(({ gathered }) => tf.tensor2d(gathered.numbers as Float32Array, [rows, numbers])) as Tensor2D)
				: undefined,
	};
}

/** The embedded fields that tell of the item, or the others. */
const partOf = (fields: readonly Field[], part: FieldsOf): Field[] =>
	embeddedOf(fields).filter(({ group }) => (group === "item") === (part === "item"));

/** Rows of some fields, gathered once for all tensors of a batch that are made of them. */
const gatheredParts = new WeakMap<Gathered, Partial<Record<FieldsOf, Gathered>>>();

function gatheredPart(whole: Gathered, part: FieldsOf, fields: readonly Field[], at: Int32Array): Gathered {
	const parts = gatheredParts.get(whole) ?? {};
	gatheredParts.set(whole, parts);
	const found = parts[part] ?? gather(partOf(fields, part), at);
	parts[part] = found;
	return found;
}

/** What some fields look up, as tensors. */
function lookupsOf(
	fields: readonly Field[],
	gathered: Gathered,
	feed: (make: (gathered: Gathered) => Tensor) => Tensor,
): Lookups {
	const whole = (of: (gathered: Gathered) => Int32Array) =>
		feed((gathered) => tf.tensor1d(of(gathered), "int32")) as Tensor1D;
	type Pooled = NonNullable<Gathered["pooled"]>;
	return {
		tableRows: tableRowsOf(fields),
		embedded: embeddedOf(fields).length,
		unique: whole(({ unique }) => unique),
		index: whole(({ index }) => index),
		order: whole(({ sorted }) => sorted.order),
		places: whole(({ sorted }) => sorted.places),
		pooled: gathered.pooled && {
			cells: whole(({ pooled }) => (pooled as Pooled).cells),
			weights: feed((gathered) => {
				const { weights } = gathered.pooled as Pooled;
				return tf.tensor2d(weights, [weights.length, 1]);
			}) as Tensor2D,
		},
	};
}

/** Entries of a column for some rows. */
export const columnOf = (column: Float32Array, at: Int32Array): Tensor1D =>
	tf.tensor1d(Float32Array.from(at, (row) => column[row]));

/** The 0/1 column of an event for some rows, as float32. */
export function labelOf(data: Dataset, event: string, at: Int32Array): Tensor1D {
	const happened = data.events[event];
	if (!happened) throw new Error(`the log has no event "${event}": it has ${Object.keys(data.events).join(", ")}`);
	const label = new Float32Array(at.length);
	for (let i = 0; i < at.length; i++) label[i] = happened[at[i]];
	return tf.tensor1d(label);
}
