import { InputError } from "../core/problem";
import type { Field } from "./dataset";
import { encode } from "./encode";
import type { Column, Log } from "./log";
import type { Preparation } from "./prepare";
import { split } from "./split";

/**
 * The fields of another log's rows, encoded with what a log's training part knows, as its own test rows are: the same fields as those of
 * `prepare(log, how)`, for rows that have no events, such as candidates that are to be ranked.
 *
 * @throws InputError the other log lacks a feature, or has lists
 */
export function fieldsBeside(log: Log, other: Log, how: Preparation): Field[] {
	const { train } = split(log, how.split);
	const behind = (name: string): Column => {
		const [column, more] = [log.columns[name], other.columns[name]];
		if (more === undefined)
			throw new InputError(`${other.name} has no column "${name}", which the log it goes with has`);
		if ("offsets" in column || "offsets" in more)
			throw new InputError(`column "${name}" holds lists: only logs of one value a row can be encoded together`);
		const make = column.constructor as new (length: number) => Exclude<Column, { offsets: Int32Array }>;
		const joined = new make(train.length + other.rows);
		for (let i = 0; i < train.length; i++) joined[i] = column[train[i]];
		joined.set(more, train.length);
		return joined;
	};
	const { features, numbers } = log.schema;
	const encoded = encode(
		{
			...{ name: other.name, rows: train.length + other.rows, read: 0, dropped: [], fingerprint: "" },
			schema: { events: {}, implies: {}, features, ...(numbers ? { numbers } : {}) },
			columns: Object.fromEntries(Object.keys(features).map((name) => [name, behind(name)])),
		},
		{ train: Int32Array.from(train.keys()), valid: new Int32Array(0), test: new Int32Array(0) },
		how.encoding,
	);
	return encoded.fields.map((field): Field => {
		if (field.kind === "number") return { ...field, values: field.values.slice(train.length) };
		if (field.kind === "id") return { ...field, ids: field.ids.slice(train.length) };
		throw new Error(`"${field.name}" became lists`);
	});
}
