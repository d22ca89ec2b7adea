import type { Prob } from "./prob";

/** The training rows of a stage's space, as columns: what sampling and weights are reckoned from. */
export interface StageRows {
	/** How many. */
	readonly rows: number;
	/** 0/1 of an event. */
	event(name: string): Uint8Array;
	/** A probability as the network stands when the stage begins, without dropout: of towers that the stage leaves as they are. */
	prob(prob: Prob): Float32Array;
}

/**
 * Rows that no space names: how often an epoch trains on each row of the stage's space, on average. Whole copies are certain, the
 * rest is drawn: 0.2 is one epoch in five.
 */
export interface Sampling {
	readonly copies: (rows: StageRows) => Float32Array;
	/** Whether what is random is drawn anew for each epoch or once for all. */
	readonly drawn: "epoch" | "once";
}

/** What each row counts in the means of a stage's losses; they are scaled to a mean of 1 over the stage's rows. */
export type RowWeights = (rows: StageRows) => Float32Array;

/**
 * Rows with an event, and a share of the others (AMAN, "all missing as negative": Pan et al. 2008; ESMM, §3.1).
 *
 * @param rate of the others, in [0, 1]
 */
export const withOthers = (event: string, rate: number, drawn: Sampling["drawn"] = "epoch"): Sampling => ({
	copies: (rows) => Float32Array.from(rows.event(event), (happened) => (happened ? 1 : rate)),
	drawn,
});

/**
 * Rows with an event several times, the others once (ESMM, §3.1, "oversampling").
 *
 * @param times of at least 1; a fraction is drawn
 */
export const repeated = (event: string, times: number): Sampling => ({
	copies: (rows) => Float32Array.from(rows.event(event), (happened) => (happened ? times : 1)),
	drawn: "epoch",
});

/**
 * Rejection sampling by a propensity (Zhang et al., KDD 2016): a row is kept with probability c / P, at most 1, where c is a
 * quantile of P over the stage's rows; drawn anew for each epoch.
 *
 * @param quantile in (0, 1); rows with a smaller propensity than its are all kept
 */
export const rejected = (prob: Prob, quantile: number): Sampling => ({
	copies(rows) {
		const p = rows.prob(prob);
		const c = p.slice().sort()[Math.min(p.length - 1, Math.floor(quantile * p.length))];
		return p.map((value) => Math.min(1, c / Math.max(value, c)));
	},
	drawn: "epoch",
});

/**
 * Inverse propensities: 1 / max(P, floor), none more than `cap` times their mean.
 *
 * @param floor above 0
 */
export const inverse =
	(prob: Prob, floor: number, cap: number): RowWeights =>
	(rows) => {
		const weights = rows.prob(prob).map((p) => 1 / Math.max(p, floor));
		const most = (cap * weights.reduce((sum, w) => sum + w, 0)) / weights.length;
		return weights.map((w) => Math.min(w, most));
	};
