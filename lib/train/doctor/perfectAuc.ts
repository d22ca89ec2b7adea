import type { Prob } from "../../core/prob";
import { auc } from "../../metrics/ranking";
import { type Finding, warning } from "./finding";

/** AUC from which on a leak is more likely than a good model. */
const TOO_GOOD = 0.9999;
/** Least positives and negatives to judge by. */
const LEAST = 30;

/**
 * A validation AUC of 1, or above 0.9999 on 30 positives and 30 negatives or more: no model of clicks or purchases is that good, so
 * something that it reads knows the label.
 *
 * @param p predictions on rows of the probability's space, and `labels` their events
 * @param best finds the field that alone tells the event best; asked only when there is a finding
 */
export function perfectAuc(
	prob: Prob,
	p: Float32Array,
	labels: Uint8Array,
	epoch: number,
	best: () => { name: string; auc: number } | undefined,
): Finding | undefined {
	const { value, positives, n } = auc(p, labels);
	if (value === null || value <= TOO_GOOD || Math.min(positives, n - positives) < LEAST) return undefined;
	const field = best();
	return warning(
		"leak",
		`P(${prob})`,
		`has AUC ${value.toFixed(5)} on ${positives} positives and ${n - positives} negatives of validation after epoch ${epoch}`,
		field
			? `field ${field.name}, which alone has AUC ${field.auc.toFixed(4)}: whether it is known before the event`
			: "features that are known only after the event",
	);
}
