import type { Algebra } from "./algebra";
import { eventOf, IMPRESSION, type Prob, spaceOf } from "./prob";

/** An edge carries the name of the tower that scores it, or is the complement of one. */
export type Edge = string | { readonly not: string };

/** Space → event → edge. P(event | space) of one step is σ(logit of the edge's tower). */
export type Graph = { readonly [space: string]: { readonly [event: string]: Edge } };

/** The complement of a tower: `oAction: not("dar")` has probability 1 − σ(dar). */
export const not = <const T extends string>(tower: T): { readonly not: T } => ({ not: tower });

type Edges<G extends Graph> = { [S in keyof G]: G[S][keyof G[S]] }[keyof G];
/** The events of a graph, as a type. */
export type EventOf<G extends Graph> = { [S in keyof G]: keyof G[S] }[keyof G] & string;
/** The probabilities that can be asked of a graph, as a type: `"conversion|clck"` does not compile. */
export type ProbOf<G extends Graph> = Prob<EventOf<G>, (keyof G & string) | EventOf<G>>;
/** The towers that a graph needs, as a type. */
export type TowerOf<G extends Graph> =
	Edges<G> extends infer E
		? E extends string
			? E
			: E extends { readonly not: infer T extends string }
				? T
				: never
		: never;

/** Every way from one event to another, each as its edges in order. A graph with a cycle is refused. */
export function paths(graph: Graph, from: string, to: string, seen: readonly string[] = []): Edge[][] {
	if (from === to) return [[]];
	if (seen.includes(from)) throw new Error(`the behaviour graph runs in a circle: ${[...seen, from].join(" → ")}`);
	return Object.entries(graph[from] ?? {}).flatMap(([next, edge]) =>
		paths(graph, next, to, [...seen, from]).map((rest) => [edge, ...rest]),
	);
}

/** The towers on a graph's edges, each once. */
export const towersOf = (graph: Graph): string[] => [
	...new Set(
		Object.values(graph).flatMap((edges) => Object.values(edges).map((e) => (typeof e === "string" ? e : e.not))),
	),
];

/** Every event of a graph except the impression. */
export const eventsOf = (graph: Graph): string[] => [...new Set(Object.values(graph).flatMap(Object.keys))];

/**
 * log P(event | space) for every row: the sum over paths of the product of their edges, in log space.
 *
 * Where no path leads from space to event, but both are reached from the impression and the event implies the
 * space (as conversion implies click), it is the quotient P(event | impression) / P(space | impression), at most 1.
 *
 * @param logits a logit per tower
 * @throws Error when the graph cannot give the probability
 */
export function logProb<T>(graph: Graph, logits: Readonly<Record<string, T>>, prob: Prob, algebra: Algebra<T>): T {
	const edge = (e: Edge): T => {
		const name = typeof e === "string" ? e : e.not;
		const logit = logits[name];
		if (logit === undefined) throw new Error(`the graph has an edge for tower "${name}", but no such tower was given`);
		return algebra.logSigmoid(typeof e === "string" ? logit : algebra.neg(logit));
	};
	const reach = (from: string, to: string): T | undefined => {
		const terms = paths(graph, from, to).map((path) => path.map(edge).reduce(algebra.add));
		return terms.length > 0 ? terms.reduce(algebra.logAddExp) : undefined;
	};
	const [event, space] = [eventOf(prob), spaceOf(prob)];
	if (event === space) throw new Error(`P(${prob}) is 1 by definition`);
	const direct = reach(space, event);
	if (direct !== undefined) return direct;
	const joint = paths(graph, event, space).length === 0 && reach(IMPRESSION, event);
	const marginal = reach(IMPRESSION, space);
	if (!joint || !marginal) throw new Error(`the behaviour graph cannot give P(${prob})`);
	return algebra.atMost(algebra.sub(joint, marginal), 0);
}

/** Whether `logProb` can give a probability. */
export function derives(graph: Graph, prob: Prob): boolean {
	const [event, space] = [eventOf(prob), spaceOf(prob)];
	if (event === space) return false;
	if (paths(graph, space, event).length > 0) return true;
	const reached = (to: string) => paths(graph, IMPRESSION, to).length > 0;
	return paths(graph, event, space).length === 0 && reached(event) && reached(space);
}
