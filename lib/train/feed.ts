import type { Graph } from "../core/graph";
import { stream } from "../core/random";
import { withComplements } from "../data/complement";
import { type Dataset, rowsIn } from "../data/dataset";
import type { Streamed } from "../data/prepared/streamed";
import type { Rows } from "./step";
import { memoryless } from "./streamedFeed";

/** An epoch of a stage: what its order of rows depends on, beside the seed. */
export interface EpochOf {
	readonly stage: number;
	readonly epoch: number;
	/** The rows of which event; "impression" for all. */
	readonly space: string;
	readonly batch: number;
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

/** The feed of a data set or a streamed folder, with the events that a graph defines as complements. */
export async function feedOf(data: Dataset | Streamed, graph: Graph, seed: number, batch: number): Promise<Feed> {
	return "streamed" in data ? memoryless(data, graph, seed, batch) : inMemory(withComplements(data, graph), seed);
}

/** Rows are shuffled over the whole part, anew for each stage and epoch. */
function inMemory(data: Dataset, seed: number): Feed {
	const rowsOf = (space: string) => rowsIn(data, data.split.train, space);
	return {
		data,
		order: "whole",
		count: (...events) => events.reduce((rows, event) => rowsIn(data, rows, event), data.split.train).length,
		first: async () => ({ data, at: data.split.train.subarray(0, 1) }),
		async *batches({ stage, epoch, space, batch }, from) {
			const order = stream(seed, `shuffle/${stage}/${epoch}`).shuffle(rowsOf(space).slice());
			for (let begin = from * batch; begin < order.length; begin += batch)
				yield { data, at: order.subarray(begin, begin + batch) };
		},
		async *pieces(space) {
			yield { data, at: rowsOf(space) };
		},
	};
}
