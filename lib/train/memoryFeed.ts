import { stream } from "../core/random";
import { type Dataset, rowsIn } from "../data/dataset";
import type { Feed } from "./feed";

/** The feed of a data set in memory: rows are shuffled over the whole part, anew for each stage and epoch. */
export function inMemory(data: Dataset, seed: number): Feed {
	const rowsOf = (space: string) => rowsIn(data, data.split.train, space);
	return {
		data,
		order: "whole",
		count: (...events) => events.reduce((rows, event) => rowsIn(data, rows, event), data.split.train).length,
		first: async () => ({ data, at: data.split.train.subarray(0, 1) }),
		async *batches({ stage, epoch, space, batch, rows }, from) {
			const order = stream(seed, `shuffle/${stage}/${epoch}`).shuffle((rows ?? rowsOf(space)).slice());
			for (let begin = from * batch; begin < order.length; begin += batch)
				yield { data, at: order.subarray(begin, begin + batch) };
		},
		async *pieces(space) {
			yield { data, at: rowsOf(space) };
		},
	};
}
