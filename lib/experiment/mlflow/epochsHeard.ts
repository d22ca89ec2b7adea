import type { TrainEvent } from "../../train/trainEvent";

/** An epoch of a training, as far as it was heard. */
export interface EpochHeard {
	/** Mean over the steps that were heard, each weighted by the rows since the one before. */
	loss: number;
	/** The last step that was heard. */
	last: TrainEvent;
}

/**
 * Tells the epochs of a training from its steps. Not every step need be heard: from another process some are left out, the last of
 * an epoch among them.
 */
export function epochsHeard(): {
	/** Gives the epochs that have ended. */
	hear(event: TrainEvent): EpochHeard[];
	/** Gives the epoch that was under way, once: when the training is over. */
	rest(): EpochHeard[];
} {
	let last: TrainEvent | undefined;
	let [sum, rows] = [0, 0];
	const rest = () => {
		const ended = last ? [{ loss: sum / rows, last }] : [];
		last = undefined;
		[sum, rows] = [0, 0];
		return ended;
	};
	return {
		hear(event) {
			const ended = last && (last.epoch !== event.epoch || last.stage !== event.stage) ? rest() : [];
			sum += event.loss * (event.rows - rows);
			rows = event.rows;
			last = event;
			return event.step === event.steps ? [...ended, ...rest()] : ended;
		},
		rest,
	};
}
