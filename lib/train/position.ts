import type { Finding } from "./doctor/finding";

/** What an epoch ended with. */
export interface EpochRecord {
	stage: number;
	epoch: number;
	/** Mean over the epoch's batches, each weighted by its rows. */
	loss: number;
	/** The validation metric that chooses the epoch, and its value (null when it has none, as where a class is absent). */
	choose: string;
	value: number | null;
	/** The effective sample size of the stage's rows, where it weighs them. */
	effectiveRows?: number;
}

/**
 * Where a training stands, beside its weights. Every draw depends on the seed and on stage, epoch or update alone, so this is
 * all of its state.
 */
export interface Position {
	/** The stage at hand, from 1; one more than there are when the training is over. */
	stage: number;
	/** The epoch at hand, from 1. */
	epoch: number;
	/** Whether the hook before this epoch has run. */
	ready: boolean;
	/** The update after which the schedule of the learning rate began. */
	since: number;
	/** Steps of this epoch that are done, their rows, and the sum of their losses, each times its rows. */
	step: number;
	rows: number;
	loss: number;
	/** The stage's best epoch so far and its value (null: none yet, or it has none). */
	best: { epoch: number; value: number | null };
	history: EpochRecord[];
	kept: number[];
	/** What the doctor has found. */
	findings: Finding[];
	/** Rows trained on and seconds spent, for the rate. */
	spent: { rows: number; seconds: number };
}

/** Where a training begins. */
export const start = (): Position => ({
	...{ stage: 1, epoch: 1, ready: false, since: 0, step: 0, rows: 0, loss: 0 },
	...{ best: { epoch: 0, value: null }, history: [], kept: [], findings: [], spent: { rows: 0, seconds: 0 } },
});
