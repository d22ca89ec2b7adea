/** What a training step tells whoever listens. */
export interface TrainEvent {
	/** 1-based, with how many there are at most. */
	stage: number;
	stages: number;
	epoch: number;
	epochs: number;
	/** Step of this epoch, 1-based, and steps in an epoch. */
	step: number;
	steps: number;
	/** Updates of the whole training so far, this one included. */
	update: number;
	/** Rows of this epoch that have been trained on, this step's included. */
	rows: number;
	/** Loss of the step's batch. */
	loss: number;
	/** Learning rate of the step, as the schedule and the stage have it. */
	lr: number;
	/** Samples a second so far in this epoch. */
	rate: number;
}

/** Training that cannot go on: the job failed. */
export class TrainingError extends Error {
	override name = "TrainingError";
}
