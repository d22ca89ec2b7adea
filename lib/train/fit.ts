import { derives, type Graph } from "../core/graph";
import { probOf } from "../core/metricName";
import { checkStages, type Hyper, type Model, type Stage, withHyper } from "../core/model";
import { type Prob, pCTCVR, pCTR, pCVR } from "../core/prob";
import type { Dataset } from "../data/dataset";
import type { Streamed } from "../data/prepared/streamed";
import type { Calibration } from "../metrics/calibrators/calibration";
import { disposeWeights } from "../tensor/weights";
import { attend } from "./attend";
import { identityOf, loadCheckpoint, saveCheckpoint } from "./checkpoint";
import type { Finding } from "./doctor/finding";
import type { Feed } from "./feed";
import { feedOf } from "./feedOf";
import { interrupted } from "./interrupt";
import { checkLabels } from "./labels";
import type { FitListener } from "./listener";
import { type EpochRecord, start } from "./position";
import { type Predictions, predictRows } from "./predictRows";
import { checkSameFields } from "./sameFields";
import { type Keeper, runStages } from "./stages";
import { forgetCompiled, type Network } from "./step";
import { checkChoices } from "./validation";

export { type Predictions, predictRows } from "./predictRows";
export { type TrainEvent, TrainingError } from "./trainEvent";

/** Raised when a change alters what training gives for the same model, data and seed. */
export const engineVersion = 2;

/** A trained model. */
export interface Fitted {
	readonly model: string;
	readonly hyper: Hyper;
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
	/** What gives them, for `saveModel`: model, weights, and what each tower's logit starts from. Its weights are gone after `dispose`. */
	readonly network: Network;
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

/** What `fit` needs beside the model. */
export interface FitOptions {
	/** A data set in memory, or a prepared folder that is streamed: `streamed(folder)`. */
	data: Dataset | Streamed;
	/** Starts weights, shuffling and dropout. The same seed gives the same bits on the same machine with as many threads. */
	seed: number;
	/** Replaces some of the model's hyperparameters. */
	hyper?: Readonly<Record<string, unknown>>;
	/** Hears every step; its `epoch` every epoch's end, and its `end` once how it is over: finished, or else stopped or failed. */
	on?: FitListener;
	/**
	 * File that keeps the state of the training, written every so many seconds (60) and when it is stopped. If it is there, the
	 * training goes on from it, with the bits of one that was never stopped; when the training is over it holds its end.
	 */
	checkpoint?: { path: string; every?: number };
	/** Stops the training after the step at hand. A notebook's "stop" does so without it. */
	signal?: AbortSignal;
}

/**
 * Trains a model: the only loop there is. Stage by stage it shuffles the stage's rows anew each epoch, takes every batch (the
 * last, smaller one too), and keeps the weights of the epoch with the best value of the stage's `choose` on the validation rows.
 *
 * @throws InputError an unknown or ill-typed hyperparameter; a log that cannot teach the model (`checkLabels`) or choose an epoch
 * as a stage asks, or has rows in two parts of its split; a checkpoint that is damaged or of another training
 * @throws TrainingError a loss that is not finite
 */
export async function fit<G extends Graph, H extends Hyper>(model: Model<G, H>, options: FitOptions): Promise<Fitted> {
	const { seed, on, signal } = options;
	const hyper = withHyper(model, options.hyper ?? {});
	const plain = model as unknown as Model;
	const stages = plain.stages(hyper);
	checkStages(plain, stages);
	const feed = await feedOf(options.data, model.graph, seed, hyper.batch);
	const { data } = feed;
	const probs = probsOf(model.graph, stages);
	checkLabels(model.name, feed, stages, probs);
	checkChoices(feed, stages);
	const network: Network = {
		model: plain,
		hyper,
		data,
		seed,
		weights: new Map(),
		priors: priorsOf(model.graph, feed),
		step: 0,
	};
	let disposed = false;
	const predictOn = (other: Pick<Dataset, "name" | "fields">, rows: Int32Array) => {
		if (disposed) throw new Error(`${model.name}: this model's weights were freed by dispose()`);
		checkSameFields(data, other);
		return predictRows({ ...network, data: { ...data, ...other } }, rows, probs);
	};
	const stop = interrupted(signal);
	let [position, finished] = [start(), false];
	try {
		const identity = identityOf(network, engineVersion, feed.order);
		const found = options.checkpoint && (await loadCheckpoint(options.checkpoint.path, identity, network));
		position = found?.position ?? position;
		const keeper = keeperOf(options.checkpoint, identity, network);
		const doctor = await attend({ network, feed, stages, position, on });
		await runStages({ network, feed, stages, on, doctor, stop, signal, position, best: found?.best, keeper });
		finished = !stop.now();
	} catch (problem) {
		disposeWeights(network.weights);
		throw problem;
	} finally {
		forgetCompiled(network);
		stop.release();
		on?.end?.(finished);
	}
	const { history, kept, findings, spent } = position;
	return {
		model: model.name,
		hyper,
		seed,
		history,
		stopped: !finished,
		samplesPerSecond: spent.rows / spent.seconds,
		probs,
		network,
		predict(rows) {
			if (feed.folder !== undefined)
				throw new Error(
					`${model.name} was trained on rows streamed from ${feed.folder}: use predictOn or evaluateFolder`,
				);
			return predictOn(data, rows);
		},
		predictOn,
		kept,
		findings,
		dispose: () => {
			disposed = true;
			disposeWeights(network.weights);
		},
	};
}

function keeperOf(checkpoint: FitOptions["checkpoint"], identity: string, network: Network): Keeper {
	if (!checkpoint) return { save: async () => {}, due: () => false };
	const { path, every = 60 } = checkpoint;
	let last = performance.now();
	return {
		due: () => performance.now() - last >= 1000 * every,
		async save(position, best) {
			await saveCheckpoint(path, identity, network, position, best);
			last = performance.now();
		},
	};
}

function probsOf(graph: Graph, stages: readonly Stage[]): Prob[] {
	const named: Prob[] = stages.flatMap((stage) => [probOf(stage.choose), ...stage.losses.map((loss) => loss.prob)]);
	return [...new Set<Prob>([pCTR, pCVR, pCTCVR, ...named])].filter((prob) => derives(graph, prob));
}

/** Tower → log-odds of its event among the training rows of its space (half a row is added to each side). */
function priorsOf(graph: Graph, { data, count }: Feed): Record<string, number> {
	const priors: Record<string, number> = {};
	for (const [space, edges] of Object.entries(graph))
		for (const [event, edge] of Object.entries(edges)) {
			if (typeof edge !== "string" || !data.events[event]) continue;
			const [rows, positives] = [count(space), count(space, event)];
			priors[edge] = Math.log((positives + 0.5) / (rows - positives + 0.5));
		}
	return priors;
}
