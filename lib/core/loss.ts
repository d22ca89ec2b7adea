import type { Algebra } from "./algebra";
import type { Prob } from "./prob";

/** A loss is a value: what is compared with which label, over which rows, at what weight. */
export interface Loss<P extends Prob = Prob> {
	readonly kind: "log";
	/** Names prediction, label and sample space at once: the mean runs over the rows of its space. */
	readonly prob: P;
	/** Factor in the sum of a model's losses. */
	readonly weight: number;
	/** The mean runs over every row of the stage instead, of its space or not: AMAN takes unclicked rows for ones without a conversion. */
	readonly everyRow?: boolean;
	/** Towers that this loss leaves alone: their logits are constants in it, and no gradient of it reaches them or what they read. */
	readonly detached?: readonly string[];
}

/** Log-loss of P(event | space), averaged over the rows of `space`. `logLoss(pCVR)` is the naive model on clicked rows. */
export const logLoss = <P extends Prob>(prob: P, weight = 1): Loss<P> => ({ kind: "log", prob, weight });

/** The same loss, averaged over every row that its stage trains on, and not over the rows of its space alone. */
export const overEveryRow = <P extends Prob>(loss: Loss<P>): Loss<P> => ({ ...loss, everyRow: true });

/** The same loss, without a gradient into some towers; other losses go on training them. */
export const detachedFrom = <P extends Prob>(loss: Loss<P>, ...towers: string[]): Loss<P> => ({
	...loss,
	detached: towers,
});

/**
 * Log-loss of one row, −t·L − (1 − t)·log(1 − eᴸ), for a label t in [0, 1] and a log-probability L.
 * It needs no clipping of p; see `LOG_CLAMP`.
 */
export const rowLoss = <T>(label: T, L: T, algebra: Algebra<T>): T =>
	algebra.neg(
		algebra.add(algebra.mul(label, L), algebra.mul(algebra.sub(algebra.constant(1), label), algebra.log1mexp(L))),
	);
