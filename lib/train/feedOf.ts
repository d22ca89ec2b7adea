import type { Graph } from "../core/graph";
import { withComplements } from "../data/complement";
import type { Dataset } from "../data/dataset";
import type { Streamed } from "../data/prepared/streamed";
import type { Feed } from "./feed";
import { inMemory } from "./memoryFeed";
import { memoryless } from "./streamedFeed";

/** The feed of a data set or a streamed folder, with the events that a graph defines as complements. */
export async function feedOf(data: Dataset | Streamed, graph: Graph, seed: number, batch: number): Promise<Feed> {
	return "streamed" in data ? memoryless(data, graph, seed, batch) : inMemory(withComplements(data, graph), seed);
}
