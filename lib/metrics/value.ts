/** Raised when a change alters a metric's value. */
export const metricsVersion = 2;

/** A metric with what it takes to judge it. */
export interface MetricValue {
	/** Null when it cannot be computed; `reason` says why. */
	value: number | null;
	/** Standard error. */
	se: number | null;
	/** The rows it is taken over: "impression", or an event. */
	space: string;
	/** Rows, and positives among them. */
	n: number;
	positives: number;
	/** Of `truth.auc`: what the truth itself reaches, the Bayes ceiling. No model beats it but by chance. */
	ceiling?: number;
	/** Of `gauc`: users with both classes, over whose rows it is taken, and users with any row of the space. */
	users?: { covered: number; all: number };
	reason?: string;
}
