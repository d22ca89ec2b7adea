import type { Prob } from "../core/prob";
import { InputError } from "../core/problem";
import { onTruth } from "./onTruth";
import { roomFor } from "./room";
import type { Scored } from "./scored";
import type { MetricValue } from "./value";

/**
 * `truth.auc(…)`, `truth.rmse(…)`, `truth.pcoc(…)`, `truth.kl(…)`, `truth.mae(…)`, `truth.logrmse(…)` and `truth.spearman(…)` of
 * predictions against their truths, over all rows given: what `evaluate` says of them, without labels. So an edge such as
 * P(conversion | oAction) is judged on every impression, whether anybody came to it or not.
 *
 * @param predictions a column per Prob
 * @param truth a column per Prob, with at least those of the predictions
 * @throws InputError a prediction without a truth, columns of unequal length, scores that are NaN or infinite, counted
 */
export function evaluateTruth(
	predictions: Readonly<Record<string, Float32Array>>,
	truth: Readonly<Record<string, Float32Array>>,
): Record<string, MetricValue> {
	const probs = Object.keys(predictions);
	for (const prob of probs)
		if (truth[prob]?.length !== predictions[prob].length)
			throw new InputError(
				`${predictions[prob].length} scores of P(${prob}), but ${truth[prob]?.length ?? "no"} truths: give one a row`,
			);
	const rows = Math.max(0, ...Object.values(predictions).map(({ length }) => length));
	const of: Scored = {
		...{ rows, probs, events: [], truths: Object.keys(truth) },
		pieces: (prob) => [{ scores: predictions[prob], events: {}, truth }],
	};
	const room = roomFor(rows, true, false);
	return Object.assign({}, ...probs.map((prob) => onTruth(prob, prob as Prob, of, room)));
}
