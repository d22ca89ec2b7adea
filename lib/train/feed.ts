import type { Dataset } from "../data/dataset";
import type { Rows } from "./step";

/** An epoch of a stage: what its order of rows depends on, beside the seed. */
export interface EpochOf {
	readonly stage: number;
	readonly epoch: number;
	/** The rows of which event; "impression" for all. */
	readonly space: string;
	readonly batch: number;
	/** The rows themselves, where a stage samples them; some may be there several times. */
	readonly rows?: Int32Array;
}

/** Where training rows come from: a data set in memory, or a prepared folder that is streamed. */
export interface Feed {
	/** The data set; of a streamed folder one without rows, with its fields, events, users and truths. */
	readonly data: Dataset;
	/** The folder, where the rows are streamed. */
	readonly folder?: string;
	/** What beside the data set's fingerprint makes another order of rows another training. */
	readonly order: string;
	/** Training rows in which all of these events happened; "impression" always does. */
	count(...events: string[]): number;
	/** A row to build the network on. */
	first(): Promise<Rows>;
	/** The batches of an epoch from step `from` (0-based) on. They depend on the seed and the epoch alone. */
	batches(of: EpochOf, from: number): AsyncGenerator<Rows>;
	/** The training rows of a space, one piece after another, in the source's order. */
	pieces(space: string): AsyncGenerator<Rows>;
}
