import type { Graph } from "../core/graph";
import { IMPRESSION, type Prob } from "../core/prob";
import { withComplements } from "./complement";
import type { Dataset } from "./dataset";
import type { EdgeRate } from "./statistics";

/** How often rows of a log come to each event of a behaviour graph, and along each of its edges. */
export interface GraphCounts {
	/** Event or space → rows where it happened; events that the log does not have are left out. */
	readonly rows: Readonly<Record<string, number>>;
	/** Each edge whose event and space the log has: of the rows of the space, those with the event. */
	readonly edges: readonly EdgeRate[];
}

/**
 * Counts the edges of any behaviour graph in a data set, with events that the graph defines as complements: with
 * `click: { dAction: "dar", oAction: not("dar") }` an oAction is a click without dAction.
 */
export function graphCounts(graph: Graph, data: Pick<Dataset, "events" | "rows">): GraphCounts {
	const { events } = withComplements(data, graph);
	const edges: EdgeRate[] = [];
	const rows: Record<string, number> = { [IMPRESSION]: data.rows };
	const count = (name: string) => {
		const [happened, known] = [events[name], rows[name]];
		if (known === undefined && happened) rows[name] = happened.reduce((all, flag) => all + flag, 0);
		return rows[name];
	};
	for (const [space, of] of Object.entries(graph))
		for (const event of Object.keys(of)) {
			const n = count(space);
			if (n === undefined || count(event) === undefined) continue;
			const inSpace = space === IMPRESSION ? undefined : events[space];
			let positives = 0;
			for (let row = 0; row < data.rows; row++) if (events[event][row] && (!inSpace || inSpace[row])) positives++;
			const rate = positives / n;
			const prob: Prob = `${event}|${space}`;
			const found = n === 0 ? { rate: null, se: null } : { rate, se: Math.sqrt((rate * (1 - rate)) / n) };
			edges.push({ prob, n, positives, ...found });
		}
	return { rows, edges };
}
