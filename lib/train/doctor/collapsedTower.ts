import type { Prob } from "../../core/prob";
import { type Finding, percent, warning } from "./finding";

/** Range of the logit, from its 1 % to its 99 % quantile, below which a tower tells rows apart no more. */
const CONSTANT = 1e-3;
/** |logit| beyond which a float32 probability is 0 or 1 and passes no gradient on. */
const SATURATED = 15;
/** Least rows to judge by. */
const LEAST = 20;

/**
 * A tower that gives every row the same probability, or 0 or 1 where the event's rate does not ask for it.
 *
 * Collapsed: the logits of 98 % of the rows lie within 0.001. Untrained towers spread ten times as far. Saturated: |logit| > 15 on
 * half of the rows or more (p below 3e-7 or above 1 − 3e-7), where the log-odds of the event's rate are within 10.
 *
 * @param p predictions on rows of the probability's space
 * @param prior log-odds of the event's rate in training
 */
export function collapsedTower(
	prob: Prob,
	p: Float32Array,
	about: { epoch: number; lr: number; prior: number },
): Finding | undefined {
	if (p.length < LEAST) return undefined;
	const logits = Float64Array.from(p, (value) => Math.log(value) - Math.log1p(-value)).sort();
	const at = (share: number) => logits[Math.round(share * (logits.length - 1))];
	const [low, high] = [at(0.01), at(0.99)];
	const where = `P(${prob})`;
	const rows = `validation rows after epoch ${about.epoch}`;
	const look = `lr (now ${about.lr}), dead ReLUs after too large a step, whether the tower reads its features`;
	if (low === high || high - low < CONSTANT) {
		const all = logits[0] === logits[logits.length - 1] || logits[logits.length - 1] - logits[0] < CONSTANT;
		const value = 1 / (1 + Math.exp(-at(0.5)));
		const share = all ? `all ${p.length}` : `98 % of ${p.length}`;
		return warning("collapsed tower", where, `is ${value.toPrecision(2)} on ${share} ${rows}`, look);
	}
	const saturated = logits.filter((logit) => Math.abs(logit) > SATURATED).length;
	if (2 * saturated < logits.length || Math.abs(about.prior) > 10) return undefined;
	return warning(
		"saturated tower",
		where,
		`is 0 or 1 to float32's precision on ${percent(saturated / logits.length)} of ${p.length} ${rows}`,
		look,
	);
}
