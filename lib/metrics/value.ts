/** Raised when a change alters a metric's value or adds a metric. */
export const metricsVersion = 4;

/** A metric with what it takes to judge it. */
export interface MetricValue {
	/** Null when it cannot be computed; `reason` says why. */
	value: number | null;
	/** Standard error; null where it cannot be estimated, as from one row. */
	se: number | null;
	/** The rows it is taken over: "impression", an event such as "click", or "unclicked". */
	space: string;
	/** Rows, and positives among them. */
	n: number;
	positives: number;
	/** Of `truth.auc`: what the truth itself reaches, the Bayes ceiling. No model beats it but by chance. */
	ceiling?: number;
	/** Of `gauc`: users with both classes, over whose rows it is taken, and users with any row of the space. */
	users?: { covered: number; all: number };
	/**
	 * Of `precision@…`, `recall@…` and `f1@…`: rows above the cut (n_k), and positives among them (TP), a fraction where scores tie
	 * at the cut.
	 */
	top?: { rows: number; hits: number };
	/** Of `ece` and `mce`: the bins there are, fewer than 15 with fewer rows. */
	bins?: number;
	reason?: string;
}
