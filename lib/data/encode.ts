import { InputError } from "../core/problem";
import type { Dataset, Field, Split } from "./dataset";
import type { Column, Lists, Log } from "./log";
import { bucketOf, bucketsOf, quantileEdges } from "./quantiles";
import { checkSchema, type Feature, type Group } from "./schema";

/** Raised when a change alters the split or the encoded values. */
export const encoderVersion = 2;

/** How raw columns become fields. */
export interface Encoding {
	/** Ids seen in fewer training rows become 0, "unknown". */
	minFrequency: number;
}

/**
 * Encodes a log for training. Vocabularies, means and deviations come from the training rows alone: an id that
 * only other rows have is 0, "unknown". Ids are numbered from 1 by falling frequency, then by value.
 * Numbers become tanh((v − μ)/s), or quantile buckets of the training rows where the schema says so.
 *
 * @throws InputError a schema that lets an event or the truth in, or events that break `implies`
 */
export function encode(log: Log, split: Split, encoding: Encoding): Omit<Dataset, "fingerprint"> {
	checkSchema(log.schema, Object.keys(log.columns));
	const { schema, columns } = log;
	const events: Record<string, Uint8Array> = {};
	for (const [event, column] of Object.entries(schema.events)) events[event] = zeroOne(log, event, columns[column]);
	for (const [event, needs] of Object.entries(schema.implies)) {
		const row = events[event].findIndex((happened, i) => happened === 1 && events[needs][i] === 0);
		if (row >= 0)
			throw new InputError(`${log.name}: row ${row} has ${event} = 1 but ${needs} = 0; the reader must drop such rows`);
	}
	const fieldOf = (name: string, feature: Feature): Field => {
		const column = columns[name];
		if (feature.kind === "number" && schema.numbers === "quantiles")
			return { kind: "id", name, ...bucketed(flat(log, name, column), split.train) };
		if (feature.kind === "number")
			return { kind: "number", name, values: scaled(flat(log, name, column), split.train) };
		if (feature.kind === "id") {
			const raw = flat(log, name, column);
			const ids = vocabulary(raw, split.train, encoding.minFrequency);
			return { kind: "id", name, size: ids.size + 1, ids: Int32Array.from(raw, (id) => ids.get(id) ?? 0) };
		}
		if (!("offsets" in column))
			throw new InputError(`${log.name}: feature "${name}" is declared as ids but is no list`);
		const ids = vocabulary(column.values, elementsOf(column, split.train), encoding.minFrequency);
		const encoded = column.values.map((id) => ids.get(id) ?? 0);
		return { kind: "ids", name, size: ids.size + 1, offsets: column.offsets, ids: encoded, weights: column.weights };
	};
	const fields = Object.entries(schema.features).map(([name, feature]) => inGroup(fieldOf(name, feature), feature));
	const user = schema.user === undefined ? undefined : numbered(flat(log, schema.user, columns[schema.user]));
	const time = schema.time === undefined ? undefined : flat(log, schema.time, columns[schema.time]);
	const truth: Record<string, Float32Array> = {};
	for (const [prob, column] of Object.entries(schema.truth ?? {})) truth[prob] = columns[column] as Float32Array;
	const { name, rows, read, dropped, remarks } = log;
	return { name, rows, split, fields, events, user, ...(time ? { time } : {}), truth, read, dropped, remarks };
}

function flat(log: Log, name: string, column: Column): Exclude<Column, Lists> {
	if ("offsets" in column)
		throw new InputError(`${log.name}: column "${name}" holds lists where one value a row is needed`);
	return column;
}

function zeroOne(log: Log, event: string, column: Column): Uint8Array {
	const values = flat(log, event, column);
	const row = values.findIndex((v: number) => v !== 0 && v !== 1);
	if (row >= 0)
		throw new InputError(`${log.name}: event "${event}" is ${values[row]} in row ${row}; it must be 0 or 1`);
	return Uint8Array.from(values);
}

/** Raw id → 1, 2, … for ids above 0 with enough training rows. */
function vocabulary(raw: Exclude<Column, Lists>, rows: Int32Array, minFrequency: number): Map<number, number> {
	const counts = new Map<number, number>();
	for (const row of rows) {
		const id = raw[row];
		if (id > 0) counts.set(id, (counts.get(id) ?? 0) + 1);
	}
	const kept = [...counts].filter(([, count]) => count >= minFrequency).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
	return new Map(kept.map(([id], i) => [id, i + 1]));
}

function elementsOf(lists: Lists, rows: Int32Array): Int32Array {
	const elements: number[] = [];
	for (const row of rows) for (let i = lists.offsets[row]; i < lists.offsets[row + 1]; i++) elements.push(i);
	return Int32Array.from(elements);
}

/** tanh((v − μ)/s) with the mean and deviation of the training rows; a deviation under 1e-6 counts as 1. */
function scaled(values: Exclude<Column, Lists>, train: Int32Array): Float32Array {
	let [sum, squares] = [0, 0];
	for (const row of train) sum += values[row];
	const mean = sum / train.length;
	for (const row of train) squares += (values[row] - mean) ** 2;
	const deviation = Math.sqrt(squares / train.length);
	const s = deviation < 1e-6 ? 1 : deviation;
	return Float32Array.from(values, (v) => Math.tanh((v - mean) / s));
}

/** The bucket of each value among the quantiles of the training rows. */
function bucketed(values: Exclude<Column, Lists>, train: Int32Array): { size: number; ids: Int32Array } {
	const edges = quantileEdges(Float64Array.from(train, (row) => values[row]));
	return { size: bucketsOf(edges), ids: Int32Array.from(values, (value) => bucketOf(edges, value)) };
}

/** A field that tells of what its feature tells of. */
export const inGroup = <F extends object>(field: F, { group }: { group?: Group }): F & { group?: Group } =>
	group === undefined ? field : { ...field, group };

/** Values → 0, 1, … in order of first appearance. */
function numbered(values: Exclude<Column, Lists>): Int32Array {
	const seen = new Map<number, number>();
	return Int32Array.from(values, (v) => {
		if (v <= 0) return -1;
		const known = seen.get(v);
		if (known !== undefined) return known;
		seen.set(v, seen.size);
		return seen.size - 1;
	});
}
