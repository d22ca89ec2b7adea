import type { Graph } from "../../core/graph";
import { IMPRESSION } from "../../core/prob";
import type { GraphCounts } from "../../data/graphCounts";
import { colour, type Figure, shade } from "../figure";
import { draw } from "./draw";
import type { Arrow, Box } from "./place";

/**
 * A behaviour graph, drawn from the graph value of any model: events as boxes from the impression on, and on each arrow its tower. The
 * complement of a tower is dashed. With counts of a log, a box has its rows and an arrow the share of the rows of its space that go along
 * it; where the log does not have an event, there is no number.
 */
export function graphFigure(figure: { title: string; graph: Graph; counts?: GraphCounts }): Figure {
	const { title, graph, counts } = figure;
	const boxes = eventsOf(graph).map(({ event, layer }): Box => {
		const rows = counts?.rows[event];
		const lines = rows === undefined ? [event] : [event, `${rows.toLocaleString("en-US")} row${rows === 1 ? "" : "s"}`];
		return { id: event, lines, layer, colour: shade(colour(event === IMPRESSION ? 7 : 0), 0.14) };
	});
	const arrows = Object.entries(graph).flatMap(([space, edges]) =>
		Object.entries(edges).map(([event, edge]): Arrow => {
			const rate = counts?.edges.find(({ prob }) => prob === `${event}|${space}`)?.rate;
			const tower = typeof edge === "string" ? edge : `1 − ${edge.not}`;
			const label = [tower, ...(typeof rate === "number" ? [percent(rate)] : [])];
			return { from: space, to: event, label, dashed: typeof edge !== "string" };
		}),
	);
	const complements = arrows.some(({ dashed }) => dashed);
	const notes = complements ? ["dashed: the complement of a tower, 1 − its probability"] : [];
	return draw({ title, direction: "right", boxes, arrows, notes });
}

/** Events in the order in which the graph names them, each in the layer of its longest way from the impression. */
export function eventsOf(graph: Graph): { event: string; layer: number }[] {
	const layers = new Map<string, number>([[IMPRESSION, 0]]);
	const visit = (space: string, layer: number, seen: readonly string[]) => {
		if (seen.includes(space)) throw new Error(`the behaviour graph runs in a circle: ${[...seen, space].join(" → ")}`);
		layers.set(space, Math.max(layer, layers.get(space) ?? 0));
		for (const event of Object.keys(graph[space] ?? {})) visit(event, layer + 1, [...seen, space]);
	};
	visit(IMPRESSION, 0, []);
	return [...layers].map(([event, layer]) => ({ event, layer }));
}

/** Three digits: "8.12 %", "0.0123 %". */
const percent = (rate: number): string => `${Number((100 * rate).toPrecision(3))} %`;
