import { derives, type Graph } from "../core/graph";
import { checkStages, type Hyper, type Model, type Stage, withHyper } from "../core/model";
import { eventOf, type Prob, pCTCVR, pCTR, pCVR, spaceOf } from "../core/prob";
import { stream } from "../core/random";
import { withComplements } from "../data/complement";
import { type Dataset, rowsIn } from "../data/dataset";
import { auc } from "../metrics/ranking";
import { disposeWeights, snapshot } from "../tensor/weights";
import { interrupted } from "./interrupt";
import { type Network, predictBatch, trainStep } from "./step";

/** Raised when a change alters what training gives for the same model, data and seed. */
export const engineVersion = 1;

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
	/** Rows of this epoch that have been trained on, this step's included. */
	rows: number;
	/** Loss of the step's batch. */
	loss: number;
	/** Samples a second so far in this epoch. */
	rate: number;
}

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

/** Prediction columns by Prob, one float32 a row asked for. */
export type Predictions = Record<string, Float32Array>;

/** A trained model. */
export interface Fitted {
	readonly model: string;
	readonly hyper: Hyper;
	readonly seed: number;
	readonly history: readonly EpochRecord[];
	/** The epoch of each stage whose weights were kept. */
	readonly kept: readonly number[];
	/** True when training was interrupted; the weights are those of the last finished step. */
	readonly stopped: boolean;
	/** Rows trained on a second, validation and set-up left out. */
	readonly samplesPerSecond: number;
	/** pCTR, pCVR, pCTCVR and what the losses name, as far as the graph gives them, for rows of its data set. */
	predict(rows: Int32Array): Predictions;
	/** Frees the weights. */
	dispose(): void;
}

/** What `fit` needs beside the model. */
export interface FitOptions {
	data: Dataset;
	/** Starts weights, shuffling and dropout. The same seed gives the same bits on the same machine with as many threads. */
	seed: number;
	/** Replaces some of the model's hyperparameters. */
	hyper?: Readonly<Record<string, unknown>>;
	/** Hears every step; if it has an `end`, that is called when the training is over. */
	on?: ((event: TrainEvent) => void) & { end?(): void };
	/** Stops the training after the step at hand. A notebook's "stop" does so without it. */
	signal?: AbortSignal;
}

/** Training that cannot go on: the job failed. */
export class TrainingError extends Error {
	override name = "TrainingError";
}

/** Rows predicted at a time. */
const CHUNK = 8192;

/**
 * Trains a model: the only loop there is. Stage by stage it shuffles the stage's rows anew each epoch, takes
 * every batch (the last, smaller one too), and keeps the weights of the epoch with the best validation AUC.
 *
 * @throws InputError an unknown or ill-typed hyperparameter
 * @throws TrainingError a loss that is not finite, or a stage without rows
 */
export async function fit<G extends Graph, H extends Hyper>(model: Model<G, H>, options: FitOptions): Promise<Fitted> {
	const { seed, on } = options;
	const data = withComplements(options.data, model.graph);
	const hyper = withHyper(model, options.hyper ?? {});
	const plain = model as unknown as Model;
	const stages = plain.stages(hyper);
	checkStages(plain, stages);
	for (const { space } of stages)
		if (rowsIn(data, data.split.train, space).length === 0)
			throw new TrainingError(`${model.name}: no training row of ${data.name} is in the space "${space}"`);
	const network: Network = {
		model: plain,
		hyper,
		data,
		seed,
		weights: new Map(),
		priors: priorsOf(model.graph, data),
		step: 0,
	};
	const probs = probsOf(model.graph, stages);
	let disposed = false;
	const predict = (rows: Int32Array) => {
		if (disposed) throw new Error(`${model.name}: this model's weights were freed by dispose()`);
		return predictRows(network, rows, probs);
	};
	const stop = interrupted(options.signal);
	const history: EpochRecord[] = [];
	const kept: number[] = [];
	const spent = { rows: 0, seconds: 0 };
	try {
		for (const [i, stage] of stages.entries()) {
			if (stop.now()) break;
			kept.push(await runStage({ network, stage, number: i + 1, stages: stages.length, on, stop, history, spent }));
		}
	} catch (problem) {
		disposeWeights(network.weights);
		throw problem;
	} finally {
		stop.release();
		on?.end?.();
	}
	return {
		model: model.name,
		hyper,
		seed,
		history,
		stopped: stop.now(),
		samplesPerSecond: spent.rows / spent.seconds,
		predict,
		kept,
		dispose: () => {
			disposed = true;
			disposeWeights(network.weights);
		},
	};
}

interface StageRun {
	network: Network;
	stage: Stage;
	number: number;
	stages: number;
	on: FitOptions["on"];
	stop: { now(): boolean };
	history: EpochRecord[];
	spent: { rows: number; seconds: number };
}

/** Trains one stage; the epoch whose weights it keeps (0 when it was stopped before one ended). */
async function runStage({ network, stage, number, stages, on, stop, history, spent }: StageRun): Promise<number> {
	const { data, hyper, seed, weights, model } = network;
	const { batch, epochs, patience } = hyper;
	const rows = rowsIn(data, data.split.train, stage.space);
	const steps = Math.ceil(rows.length / batch);
	let best = { auc: Number.NEGATIVE_INFINITY, epoch: 0, weights: snapshot(weights) };
	try {
		for (let epoch = 1; epoch <= epochs; epoch++) {
			const order = stream(seed, `shuffle/${number}/${epoch}`).shuffle(rows.slice());
			let [total, done] = [0, 0];
			const begun = performance.now();
			for (let step = 1; step <= steps; step++) {
				const at = order.subarray((step - 1) * batch, step * batch);
				const loss = trainStep(network, stage, at);
				if (!Number.isFinite(loss))
					throw new TrainingError(
						`${model.name}: the loss became ${loss} in epoch ${epoch}, step ${step} of ${steps}. Try a smaller lr (now ${hyper.lr}), or look for extreme numbers among the features`,
					);
				total += loss * at.length;
				done += at.length;
				const rate = done / ((performance.now() - begun) / 1000);
				on?.({ stage: number, stages, epoch, epochs, step, steps, rows: done, loss, rate });
				await new Promise(setImmediate);
				if (stop.now()) return best.epoch;
			}
			spent.rows += rows.length;
			spent.seconds += (performance.now() - begun) / 1000;
			const value = validAuc(network, stage.choose);
			history.push({ stage: number, epoch, loss: total / rows.length, choose: stage.choose, auc: value });
			if (value === null || value > best.auc) {
				best.weights.dispose();
				best = { auc: value ?? best.auc, epoch, weights: snapshot(weights) };
			} else if (epoch - best.epoch >= patience) break;
		}
		best.weights.restore();
		return best.epoch;
	} finally {
		best.weights.dispose();
	}
}

function validAuc(network: Network, prob: Prob): number | null {
	const { data } = network;
	const rows = rowsIn(data, data.split.valid, spaceOf(prob));
	const scores = predictRows(network, rows, [prob])[prob];
	if (scores.some(Number.isNaN))
		throw new TrainingError(
			`${network.model.name}: P(${prob}) is not a number on validation rows: the last updates blew up. Try a smaller lr (now ${network.hyper.lr})`,
		);
	const happened = data.events[eventOf(prob)];
	return auc(
		scores,
		Uint8Array.from(rows, (row) => happened[row]),
	).value;
}

function predictRows(network: Network, rows: Int32Array, probs: readonly Prob[]): Predictions {
	const columns = probs.map(() => new Float32Array(rows.length));
	for (let from = 0; from < rows.length; from += CHUNK) {
		const part = predictBatch(network, rows.subarray(from, from + CHUNK), probs);
		for (const [i, column] of columns.entries()) column.set(part[i], from);
	}
	return Object.fromEntries(probs.map((prob, i) => [prob, columns[i]]));
}

function probsOf(graph: Graph, stages: readonly Stage[]): Prob[] {
	const named: Prob[] = stages.flatMap((stage) => [stage.choose, ...stage.losses.map((loss) => loss.prob)]);
	return [...new Set<Prob>([pCTR, pCVR, pCTCVR, ...named])].filter((prob) => derives(graph, prob));
}

/** Tower → log-odds of its event among the training rows of its space (half a row is added to each side). */
function priorsOf(graph: Graph, data: Dataset): Record<string, number> {
	const priors: Record<string, number> = {};
	for (const [space, edges] of Object.entries(graph))
		for (const [event, edge] of Object.entries(edges)) {
			if (typeof edge !== "string" || !data.events[event]) continue;
			const rows = rowsIn(data, data.split.train, space);
			const positives = rowsIn(data, rows, event).length;
			priors[edge] = Math.log((positives + 0.5) / (rows.length - positives + 0.5));
		}
	return priors;
}
