import type { AnyHyper, Hyper } from "../core/model";
import type { Prob } from "../core/prob";
import type { Dataset } from "../data/dataset";
import type { Streamed } from "../data/prepared/streamed";
import type { Calibration } from "../metrics/calibrators/calibration";
import type { Forest } from "../trees/forest";
import type { Finding } from "./doctor/finding";
import type { FitListener } from "./listener";
import type { EpochRecord } from "./position";
import type { Predictions } from "./predictRows";
import type { Network } from "./step";

/** A trained model. */
export interface Fitted {
	readonly model: string;
	readonly hyper: AnyHyper;
	readonly seed: number;
	readonly history: readonly EpochRecord[];
	/** The epoch of each stage whose weights were kept. */
	readonly kept: readonly number[];
	/** What the doctor found: signs of a fault in the log, the model or the training. Each was told on stderr. */
	readonly findings: readonly Finding[];
	/** True when training was interrupted; the weights are those of the last finished step. */
	readonly stopped: boolean;
	/** Rows trained on a second, validation and set-up left out. */
	readonly samplesPerSecond: number;
	/** The probabilities that it gives. */
	readonly probs: readonly Prob[];
	/**
	 * What gives them, for `saveModel`: a network with its weights and what each tower's logit starts from, or trees. The memory is gone
	 * after `dispose`.
	 */
	readonly network: Network | Forest;
	/** How its probabilities are calibrated, where `calibrated` made it. */
	readonly calibration?: Calibration;
	/**
	 * pCTR, pCVR, pCTCVR and what the losses name, as far as the graph gives them, for rows of its data set.
	 *
	 * @throws Error it was trained on a streamed folder, whose rows have no numbers: `predictOn` and `evaluateFolder` take pieces
	 */
	predict(rows: Int32Array): Predictions;
	/**
	 * The same for rows of another data set with the same fields, such as a piece of a prepared folder.
	 *
	 * @throws InputError other fields, or vocabularies of another size
	 */
	predictOn(data: Pick<Dataset, "name" | "fields">, rows: Int32Array): Predictions;
	/** Frees the weights. */
	dispose(): void;
}

/** A trained network. */
export interface FittedNetwork extends Fitted {
	readonly hyper: Hyper;
	readonly network: Network;
}

/** What `fit` needs beside the model. */
export interface FitOptions {
	/** A data set in memory, or a prepared folder that is streamed: `streamed(folder)`. */
	data: Dataset | Streamed;
	/** Starts weights, shuffling, dropout, and the rows and columns of trees. The same seed gives the same bits on the same machine with as many threads. */
	seed: number;
	/** Replaces some of the model's hyperparameters. */
	hyper?: Readonly<Record<string, unknown>>;
	/** Hears every step; its `epoch` every epoch's end, and its `end` once how it is over: finished, or else stopped or failed. */
	on?: FitListener;
	/**
	 * File that keeps the state of the training, written every so many seconds (60) and when it is stopped. If it is there, the
	 * training goes on from it, with the bits of one that was never stopped; when the training is over it holds its end. Trees take
	 * seconds: they are grown again from the beginning, to the same bits, and no file is written.
	 */
	checkpoint?: { path: string; every?: number };
	/** Stops the training after the step at hand. A notebook's "stop" does so without it. */
	signal?: AbortSignal;
}
