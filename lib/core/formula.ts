import { type Edge, type Graph, paths } from "./graph";
import { eventOf, IMPRESSION, type Prob, spaceOf } from "./prob";

/**
 * What P(event | space) is in the towers of a behaviour graph, a way a term: of ESM² P(conversion | click) is
 * ["dar · dCvr", "(1 − dar) · oCvr"]. A tower's name stands for the probability on its edge, σ of its logit.
 *
 * Where event and space have a tower of their own each, straight from the impression, it is one term, the quotient "ctcvr / ctr".
 *
 * @throws Error when the graph cannot give the probability
 */
export function termsOf(graph: Graph, prob: Prob): string[] {
	const [event, space] = [eventOf(prob), spaceOf(prob)];
	const ways = event === space ? [] : paths(graph, space, event);
	if (ways.length > 0) return ways.map((way) => way.map((edge) => factor(edge, way.length > 1)).join(" · "));
	const [joint, marginal] = [graph[IMPRESSION]?.[event], graph[IMPRESSION]?.[space]];
	if (typeof joint !== "string" || typeof marginal !== "string")
		throw new Error(`the behaviour graph cannot give P(${prob})`);
	return [`${joint} / ${marginal}`];
}

const factor = (edge: Edge, inProduct: boolean): string =>
	typeof edge === "string" ? edge : inProduct ? `(1 − ${edge.not})` : `1 − ${edge.not}`;
