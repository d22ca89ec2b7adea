import { complements, type Graph } from "../core/graph";
import type { Dataset } from "./dataset";

/**
 * A data set with the events that a graph defines as complements and the log does not hold: oAction is a click without
 * dAction, and where several spaces lead to it, a row of any of them without it. Events that the log holds stay as they are.
 */
export function withComplements<D extends Pick<Dataset, "events" | "rows">>(data: D, graph: Graph): D {
	const events: Record<string, Uint8Array> = { ...data.events };
	for (const { event, space, of } of complements(graph)) {
		if (data.events[event] || !events[of]) continue;
		const known = events[event];
		events[event] = Uint8Array.from(
			events[of],
			(happened, row) => +(known?.[row] === 1 || (!happened && (events[space]?.[row] ?? 1) === 1)),
		);
	}
	return { ...data, events };
}
