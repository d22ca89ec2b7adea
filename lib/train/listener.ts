import type { EpochRecord } from "./position";
import type { TrainEvent } from "./trainEvent";

/** Hears a training: every step, the end of every epoch, and once how it ended. */
export type FitListener = ((event: TrainEvent) => void) & {
	/** After an epoch's validation. */
	epoch?(record: EpochRecord): void;
	/** A line that the doctor has to say of the training. */
	found?(line: string): void;
	/** When the training is over: finished, or else stopped or failed. */
	end?(finished: boolean): void;
};
