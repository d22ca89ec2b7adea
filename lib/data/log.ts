import type { Schema } from "./schema";

/** A list of ids per row: row i owns `values[offsets[i] .. offsets[i+1])`, and the same part of `weights`. */
export interface Lists {
	offsets: Int32Array;
	values: Int32Array;
	weights?: Float32Array;
}

/** A typed column of a log, one entry per row. */
export type Column = Int32Array | Float32Array | Float64Array | Uint8Array | Lists;

/** Rows that a reader did not keep, or kept with a remark. `first` is where it was first seen, for example "train.csv:17". */
export interface Dropped {
	reason: string;
	count: number;
	first: string;
}

/**
 * A log as read: raw ids (not yet encoded), events as 0/1, one row an impression. What every reader and the simulator give.
 */
export interface Log {
	/** For people: "simulator bench, seed 1", "aliccp, /path". */
	name: string;
	rows: number;
	schema: Schema;
	/** Column name → values. Ids are raw numbers as in the source; 0 or a negative id means "absent". */
	columns: Record<string, Column>;
	/** The source's own split, where it has one: a byte per row: 0 train, 1 test, 2 validation. */
	part?: Uint8Array;
	/** Rows seen in the source, dropped ones included: `read = rows + Σ dropped.count`. */
	read: number;
	dropped: Dropped[];
	/** What else was left out while reading, such as rows of a file that rows are joined with; not part of `read`. */
	remarks?: Dropped[];
	/** SHA-256 that changes when the content may: over the files' bytes, the reader with its version and protocol; or over the simulator's knobs, seed and version. */
	fingerprint: string;
}
