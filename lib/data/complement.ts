import { complements, type Graph } from "../core/graph";
import type { Dataset } from "./dataset";

/**
 * A data set with the events that a graph defines as complements and the log does not hold: oAction is a click without
 * dAction. Events that the log holds stay as they are.
 */
export function withComplements<D extends Pick<Dataset, "events" | "rows">>(data: D, graph: Graph): D {
	const events: Record<string, Uint8Array> = { ...data.events };
	for (const { event, space, of } of complements(graph)) {
		if (events[event] || !events[of]) continue;
		events[event] = Uint8Array.from(events[of], (happened, row) => +(!happened && (events[space]?.[row] ?? 1)));
	}
	return { ...data, events };
}
