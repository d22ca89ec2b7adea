import { derives, type Graph } from "../core/graph";
import type { AnyModel } from "../core/model";
import type { Prob } from "../core/prob";
import { isTrees } from "../core/trees";
import type { Dataset } from "../data/dataset";
import { evaluateTruth } from "../metrics/evaluateTruth";
import type { MetricValue } from "../metrics/value";
import type { Fitted } from "../train/fit";
import { predictRows } from "../train/predictRows";
import type { Network } from "../train/step";

/**
 * The probabilities whose truth is known and that a behaviour graph gives, beside some: of HM³ its edges, P(micro | click) and so on,
 * and what they compose to on the way.
 */
export const edgesWithTruth = (
	graph: Graph,
	truth: Readonly<Record<string, unknown>>,
	beside: readonly Prob[],
): Prob[] => (Object.keys(truth) as Prob[]).filter((prob) => !beside.includes(prob) && derives(graph, prob));

/**
 * How far the edges of a trained network's graph are from their truth, over rows of its data set: `truth.auc(micro|click)` and so on
 * (`evaluateTruth`). None of trees, which have no graph, and of a log whose truth is not known.
 */
export function edgesAgainstTruth(
	model: AnyModel,
	{ network, probs }: Pick<Fitted, "network" | "probs">,
	{ truth }: Pick<Dataset, "truth">,
	rows: Int32Array,
): Record<string, MetricValue> {
	if (isTrees(model)) return {};
	const edges = edgesWithTruth(model.graph, truth, probs);
	const known = edges.map((prob) => [prob, Float32Array.from(rows, (row) => truth[prob][row])]);
	return evaluateTruth(predictRows(network as Network, rows, edges), Object.fromEntries(known));
}
