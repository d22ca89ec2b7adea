import type { Dropped } from "./log";
import type { Card } from "./prepared/card";
import type { Group } from "./schema";

/** A feature ready for a model: encoded ids (0 is unknown), lists of them, or scaled numbers. */
export type Field = (
	| { readonly kind: "id"; readonly name: string; readonly size: number; readonly ids: Int32Array }
	| {
			readonly kind: "ids";
			readonly name: string;
			readonly size: number;
			/** List i is `ids[offsets[i] .. offsets[i + 1])`. */
			readonly offsets: Int32Array;
			/** The list of each row, where rows share lists; else row i has list i. */
			readonly list?: Int32Array;
			readonly ids: Int32Array;
			readonly weights?: Float32Array;
	  }
	| { readonly kind: "number"; readonly name: string; readonly values: Float32Array }
) & {
	/** What it tells of, where the log says so. */
	readonly group?: Group;
};

/** Rows of each part, as row numbers of the dataset. */
export interface Split {
	readonly train: Int32Array;
	readonly valid: Int32Array;
	readonly test: Int32Array;
}

/**
 * Impressions ready for training: every feature encoded with what the training part knows, every event 0/1.
 * Events and truth are no fields, so no model can read them.
 */
export interface Dataset {
	readonly name: string;
	readonly rows: number;
	/** Changes when anything a model could see changes: the log, the split or the encoding. */
	readonly fingerprint: string;
	readonly split: Split;
	readonly fields: readonly Field[];
	/** Event → 0/1 a row. */
	readonly events: Readonly<Record<string, Uint8Array>>;
	/** Number of the user of each row, from 0, and −1 where it has none; for metrics by user. */
	readonly user?: Int32Array;
	/** When each impression was, in seconds (or another unit that sorts), where the log tells: what may be counted for a row lies before it. */
	readonly time?: Int32Array | Float32Array | Float64Array | Uint8Array;
	/** Prob (or "conversion|do(click)") → its true value a row, where the log is simulated. */
	readonly truth: Readonly<Record<string, Float32Array>>;
	/** Rows the source held, and those left out by reason. */
	readonly read: number;
	readonly dropped: readonly Dropped[];
	/** What else was left out while reading. */
	readonly remarks?: readonly Dropped[];
	/** The protocol card of a prepared folder: it stands beside every number of its log. */
	readonly card?: Card;
	/** The prepared folder that it was read from: its vocabulary is what encodes raw ids. */
	readonly folder?: string;
}

/** The rows of `rows` that belong to a space: all for "impression", else those whose event happened. */
export function rowsIn(data: Pick<Dataset, "events">, rows: Int32Array, space: string): Int32Array {
	if (space === "impression") return rows;
	const happened = data.events[space];
	if (!happened) throw new Error(`the log has no event "${space}": it has ${Object.keys(data.events).join(", ")}`);
	return rows.filter((row) => happened[row] === 1);
}
