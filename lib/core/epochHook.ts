import type { Tensor } from "@tensorflow/tfjs-core";
import type { Inputs, Layers } from "./layers";

/** A field as the embedding table that all fields share holds it. */
export interface HookField {
	readonly name: string;
	readonly kind: "id" | "ids" | "number";
	/** Its rows of the table: from `from`, `size` of them; a number has none. */
	readonly from: number;
	readonly size: number;
}

/** Some training rows: all of them for a data set in memory, a piece of them for one that is streamed. */
export interface HookRows {
	/** Row numbers, for the columns below and for `forward`. */
	readonly rows: Int32Array;
	/** Event → 0/1, by row number. */
	readonly events: Readonly<Record<string, Uint8Array>>;
	/** Codes of an id field, by row number; add the field's `from` for the row of the table. */
	ids(field: string): Int32Array;
	/**
	 * Runs a part of the network on rows as when predicting: no dropout, running statistics as they stand.
	 *
	 * @returns the layer's values, row by row
	 */
	forward(rows: Int32Array, layer: (nn: Layers, x: Inputs) => Tensor): Float32Array;
}

/**
 * What a stage's `before` sees and may change, before each epoch. It must be a function of this alone: no clock, no
 * Math.random. Then a training that was killed and goes on has the bits of one that was not.
 */
export interface EpochHook {
	/** From 1. */
	readonly stage: number;
	readonly epoch: number;
	readonly seed: number;
	readonly fields: readonly HookField[];
	/** The stage's training rows: one piece of them after another. */
	pieces(): AsyncIterable<HookRows>;
	/** Names of the weights there are. */
	names(): readonly string[];
	/** A copy of a weight's values. */
	read(name: string): { shape: readonly number[]; values: Float32Array };
	/** Replaces a weight's values; its optimiser's slots stay as they are. */
	assign(name: string, values: Float32Array): void;
	/** A copy of some rows of a table, side by side. */
	readRows(name: string, ids: Int32Array): Float32Array;
	/** Replaces some rows of a table, each named once. */
	assignRows(name: string, ids: Int32Array, values: Float32Array): void;
}
