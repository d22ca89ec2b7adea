import { complements, type Graph } from "../core/graph";
import { eventOf, type Prob, spaceOf } from "../core/prob";
import { InputError } from "../core/problem";
import type { Dataset } from "./dataset";

/**
 * A data set in which other events count as some: with `{ dAction: "cart" }` dAction is what the log calls cart. What the graph
 * defines as their complement follows, and truths about any of them, which are about what the log called so, are left out.
 *
 * @throws InputError an event that the log does not have
 */
export function relabelled<D extends Pick<Dataset, "name" | "events" | "truth">>(
	data: D,
	graph: Graph,
	labels: Readonly<Record<string, string>>,
): D {
	const changed = Object.keys(labels).filter((event) => labels[event] !== event);
	if (changed.length === 0) return data;
	const events: Record<string, Uint8Array> = { ...data.events };
	const others = new Set(changed);
	for (const { event, of } of complements(graph)) {
		if (!changed.includes(of)) continue;
		others.add(event);
		delete events[event];
	}
	for (const event of changed) {
		const from = data.events[labels[event]];
		if (!from)
			throw new InputError(
				`the event "${labels[event]}" is to count as ${event}, but the log ${data.name} has only ${Object.keys(data.events).join(", ")}: take a log that has it, or another event`,
			);
		events[event] = from;
	}
	const isKept = (name: string) => ![eventOf(name as Prob), spaceOf(name as Prob)].some((event) => others.has(event));
	const truth = Object.fromEntries(Object.entries(data.truth).filter(([name]) => isKept(name)));
	return { ...data, events, truth };
}
