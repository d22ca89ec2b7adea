import { InputError } from "../core/problem";
import type { Dataset } from "./dataset";
import { encode } from "./encode";
import type { Column, Log } from "./log";
import { fingerprint, type Preparation, sha256 } from "./prepare";
import { split } from "./split";

/** A prepared log with the rows of another behind its own. */
export interface Joined {
	/** Split and encoded by the first log alone: the rows of the other are in no part. */
	data: Dataset;
	/** The other log's rows, as row numbers of `data`. */
	beside: Int32Array;
}

/**
 * Prepares a log together with another that is only to be predicted, such as a random-exposure log: the other's rows are
 * encoded with what the log's training part knows, as its own test rows are.
 *
 * @throws InputError the other log lacks a column, or has lists
 */
export function prepareWith(log: Log, other: Log, how: Preparation): Joined {
	const columns = Object.fromEntries(
		Object.entries(log.columns).map(([name, column]) => [name, behind(name, column, other)]),
	);
	const rows = log.rows + other.rows;
	const encoded = encode({ ...log, columns, rows, part: undefined }, split(log, how.split), how.encoding);
	const named = { log: fingerprint(log, how), beside: other.fingerprint };
	return {
		data: { ...encoded, fingerprint: sha256(named) },
		beside: Int32Array.from({ length: other.rows }, (_, i) => log.rows + i),
	};
}

function behind(name: string, column: Column, other: Log): Column {
	const more = other.columns[name];
	if (more === undefined) throw new InputError(`${other.name} has no column "${name}", which the log it goes with has`);
	if ("offsets" in column || "offsets" in more)
		throw new InputError(`column "${name}" holds lists: only logs of one value a row can be joined`);
	const make = column.constructor as new (length: number) => Exclude<Column, { offsets: Int32Array }>;
	const joined = new make(column.length + more.length);
	joined.set(column);
	joined.set(more, column.length);
	return joined;
}
