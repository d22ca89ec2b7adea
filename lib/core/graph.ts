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

/**
 * log P(event | space) for every row: the sum over paths of the product of their edges, in log space.
 *
 * Where two towers of their own give event and space straight from the impression, as in models with a click head and
 * a conversion head, it is the quotient P(event | impression) / P(space | impression). That is right where
 * the event implies the space, as conversion implies click: the data set's `implies` holds it. It may exceed 1, and is left as it
 * is: cut to 1 it would tie rows that differ. P(space | impression) counts as 1e-6 where it is less.
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
	if (!sisters(graph, event, space)) throw new Error(`the behaviour graph cannot give P(${prob})`);
	const [joint, marginal] = [reach(IMPRESSION, event), reach(IMPRESSION, space)] as [T, T];
	return algebra.sub(joint, algebra.atLeast(marginal, LOG_LEAST));
}

/** log 1e-6: no quotient has a smaller denominator. */
const LOG_LEAST = Math.log(1e-6);

/** Whether two events have a tower of their own each, straight from the impression. */
function sisters(graph: Graph, event: string, space: string): boolean {
	const edges = graph[IMPRESSION] ?? {};
	return typeof edges[event] === "string" && typeof edges[space] === "string" && edges[event] !== edges[space];
}

/** Whether `logProb` can give a probability. */
export function derives(graph: Graph, prob: Prob): boolean {
	const [event, space] = [eventOf(prob), spaceOf(prob)];
	return event !== space && (paths(graph, space, event).length > 0 || sisters(graph, event, space));
}

/**
 * Events that are known from others: with `click: { dAction: "dar", oAction: not("dar") }`, oAction is a click
 * without dAction. Each with its space and the event whose tower it is the complement of.
 */
export function complements(graph: Graph): { event: string; space: string; of: string }[] {
	return Object.entries(graph).flatMap(([space, edges]) =>
		Object.entries(edges).flatMap(([event, edge]) => {
			if (typeof edge === "string") return [];
			const of = Object.keys(edges).find((sibling) => edges[sibling] === edge.not);
			return of === undefined ? [] : [{ event, space, of }];
		}),
	);
}
