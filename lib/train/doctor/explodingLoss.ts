import type { Stage } from "../../core/model";
import { eventOf, spaceOf } from "../../core/prob";
import { type Finding, warning } from "./finding";

/** How far above its start the mean loss of an epoch must lie. */
const FACTOR = 3;

/** How many training rows have all of these events. */
export type Count = (...events: string[]) => number;

/**
 * The loss of a stage that predicts every event's rate and nothing more, Σ weight · H(rate): where training starts, as logits start at
 * the log-odds of the rates. Under GradNorm the loss weights may move to any one loss, so it is that times the number of losses.
 */
export function startLoss({ losses, space, balance }: Stage, count: Count): number {
	const entropy = (p: number) => (p <= 0 || p >= 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p));
	const sum = losses.reduce((total, { prob, weight }) => {
		const rows = count(space, spaceOf(prob));
		return total + weight * entropy(rows === 0 ? 0 : count(space, spaceOf(prob), eventOf(prob)) / rows);
	}, 0);
	return balance?.kind === "gradNorm" ? sum * losses.length : sum;
}

/**
 * An epoch whose mean loss is more than three times that of its start: the larger one of `startLoss` and the loss of the stage's very
 * first batch. A training that works never alarms: it starts there and goes down, and one that learns nothing stays there. The mean
 * over a whole epoch has no noise of a batch; at a learning rate that is too high it is ten times the start and more.
 *
 * @param first loss of the stage's first batch, before any update, where it was seen
 */
export function explodingLoss(
	epoch: { stage: number; epoch: number; loss: number },
	start: { expected: number; first: number | undefined },
	lr: number,
): Finding | undefined {
	const from = Math.max(start.expected, start.first ?? 0);
	if (!(epoch.loss > FACTOR * from) || from === 0) return undefined;
	return warning(
		"exploding loss",
		`stage ${epoch.stage}`,
		`has a mean loss of ${epoch.loss.toPrecision(3)} in epoch ${epoch.epoch}, ${(epoch.loss / from).toFixed(1)} times the ${from.toPrecision(3)} that it started from`,
		`lr (now ${lr}), warmup, clip, and numbers of another size than the rest`,
	);
}
