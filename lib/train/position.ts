import type { Prob } from "../core/prob";

/** What an epoch ended with. */
export interface EpochRecord {
	stage: number;
	epoch: number;
	/** Mean over the epoch's batches, each weighted by its rows. */
	loss: number;
	/** The probability whose validation AUC chooses the epoch, and that AUC (null when a class is absent). */
	choose: Prob;
	auc: number | null;
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
	/** Steps of this epoch that are done, their rows, and the sum of their losses, each times its rows. */
	step: number;
	rows: number;
	loss: number;
	/** The stage's best epoch so far and its AUC (null: none yet, or a class was absent). */
	best: { epoch: number; auc: number | null };
	history: EpochRecord[];
	kept: number[];
	/** Rows trained on and seconds spent, for the rate. */
	spent: { rows: number; seconds: number };
}

/** Where a training begins. */
export const start = (): Position => ({
	...{ stage: 1, epoch: 1, step: 0, rows: 0, loss: 0 },
	...{ best: { epoch: 0, auc: null }, history: [], kept: [], spent: { rows: 0, seconds: 0 } },
});
