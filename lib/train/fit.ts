import { derives, type Graph } from "../core/graph";
import { checkStages, type Hyper, type Model, type Stage, withHyper } from "../core/model";
import { eventOf, type Prob, pCTCVR, pCTR, pCVR, spaceOf } from "../core/prob";
import { stream } from "../core/random";
import { withComplements } from "../data/complement";
import { type Dataset, rowsIn } from "../data/dataset";
import { auc } from "../metrics/ranking";
import { disposeWeights, type Snapshot, snapshot } from "../tensor/weights";
import { identityOf, loadCheckpoint, saveCheckpoint } from "./checkpoint";
import { interrupted } from "./interrupt";
import { checkLabels } from "./labels";
import { type EpochRecord, type Position, start } from "./position";
import { checkSameFields } from "./sameFields";
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
	/** The probabilities that it gives. */
	readonly probs: readonly Prob[];
	/** What gives them, for `saveModel`: model, weights, and what each tower's logit starts from. Its weights are gone after `dispose`. */
	readonly network: Network;
	/** pCTR, pCVR, pCTCVR and what the losses name, as far as the graph gives them, for rows of its data set. */
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
	data: Dataset;
	/** Starts weights, shuffling and dropout. The same seed gives the same bits on the same machine with as many threads. */
	seed: number;
	/** Replaces some of the model's hyperparameters. */
	hyper?: Readonly<Record<string, unknown>>;
	/** Hears every step; if it has an `end`, that is called once when it is over: finished, or else stopped or failed. */
	on?: ((event: TrainEvent) => void) & { end?(finished: boolean): void };
	/**
	 * File that keeps the state of the training, written every so many seconds (60) and when it is stopped. If it is there, the
	 * training goes on from it, with the bits of one that was never stopped; when the training is over it holds its end.
	 */
	checkpoint?: { path: string; every?: number };
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
 * @throws InputError an unknown or ill-typed hyperparameter; a log that cannot teach the model (`checkLabels`); a checkpoint that
 * is damaged or of another training
 * @throws TrainingError a loss that is not finite
 */
export async function fit<G extends Graph, H extends Hyper>(model: Model<G, H>, options: FitOptions): Promise<Fitted> {
	const { seed, on } = options;
	const data = withComplements(options.data, model.graph);
	const hyper = withHyper(model, options.hyper ?? {});
	const plain = model as unknown as Model;
	const stages = plain.stages(hyper);
	checkStages(plain, stages);
	const probs = probsOf(model.graph, stages);
	checkLabels(model.name, data, stages, probs);
	const network: Network = {
		model: plain,
		hyper,
		data,
		seed,
		weights: new Map(),
		priors: priorsOf(model.graph, data),
		step: 0,
	};
	let disposed = false;
	const predictOn = (other: Pick<Dataset, "name" | "fields">, rows: Int32Array) => {
		if (disposed) throw new Error(`${model.name}: this model's weights were freed by dispose()`);
		checkSameFields(data, other);
		return predictRows({ ...network, data: { ...data, ...other } }, rows, probs);
	};
	const stop = interrupted(options.signal);
	let [position, finished] = [start(), false];
	try {
		const identity = identityOf(network, engineVersion);
		const found = options.checkpoint && (await loadCheckpoint(options.checkpoint.path, identity, network));
		position = found?.position ?? position;
		const keeper = keeperOf(options.checkpoint, identity, network);
		await runStages({ network, stages, on, stop, position, best: found?.best, keeper });
		finished = !stop.now();
	} catch (problem) {
		disposeWeights(network.weights);
		throw problem;
	} finally {
		stop.release();
		on?.end?.(finished);
	}
	const { history, kept, spent } = position;
	return {
		model: model.name,
		hyper,
		seed,
		history,
		stopped: !finished,
		samplesPerSecond: spent.rows / spent.seconds,
		probs,
		network,
		predict: (rows) => predictOn(data, rows),
		predictOn,
		kept,
		dispose: () => {
			disposed = true;
			disposeWeights(network.weights);
		},
	};
}

/** Saves checkpoints of a training: when it is told to, and when the last one is old enough. */
interface Keeper {
	save(position: Position, best: Snapshot): Promise<void>;
	/** Whether it is time for another one. */
	due(): boolean;
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

interface Running {
	network: Network;
	stages: readonly Stage[];
	on: FitOptions["on"];
	stop: { now(): boolean };
	/** Moves on with every step. */
	position: Position;
	/** The best weights so far, where the training goes on from a checkpoint. */
	best?: Snapshot;
	keeper: Keeper;
}

/** Trains from a position to the end, stage by stage, or until it is stopped. */
async function runStages(run: Running): Promise<void> {
	const { network, stages, stop, position, keeper } = run;
	let best = run.best ?? snapshot(network.weights);
	const replace = (better: Snapshot) => {
		best.dispose();
		best = better;
	};
	try {
		while (position.stage <= stages.length && !stop.now()) {
			const ended = await runStage(run, () => best, replace);
			if (!ended) return;
			best.restore();
			position.kept.push(position.best.epoch);
			Object.assign(position, { stage: position.stage + 1, epoch: 1, best: start().best });
			replace(snapshot(network.weights));
		}
		// Nothing is left to train: without its checkpoint the training would be lost only if what comes next fails too.
		await keeper.save(position, best).catch(({ message }: Error) => process.stderr.write(`${message}\n`));
	} finally {
		best.dispose();
	}
}

/** Trains the stage at hand; false when it was stopped before its end. */
async function runStage(
	{ network, stages, on, stop, position, keeper }: Running,
	best: () => Snapshot,
	replace: (better: Snapshot) => void,
): Promise<boolean> {
	const { data, hyper, seed, weights, model } = network;
	const { batch, epochs, patience } = hyper;
	const { stage: number, spent } = position;
	const stage = stages[number - 1];
	const rows = rowsIn(data, data.split.train, stage.space);
	const steps = Math.ceil(rows.length / batch);
	for (; position.epoch <= epochs; Object.assign(position, { epoch: position.epoch + 1, step: 0, rows: 0, loss: 0 })) {
		const { epoch } = position;
		const order = stream(seed, `shuffle/${number}/${epoch}`).shuffle(rows.slice());
		const before = { ...spent, begun: performance.now(), done: position.rows };
		while (position.step < steps) {
			const step = position.step + 1;
			const at = order.subarray((step - 1) * batch, step * batch);
			const loss = trainStep(network, stage, { data, at }, hyper.lr);
			if (!Number.isFinite(loss))
				throw new TrainingError(
					`${model.name}: the loss became ${loss} in epoch ${epoch}, step ${step} of ${steps}. Try a smaller lr (now ${hyper.lr}), or look for extreme numbers among the features`,
				);
			Object.assign(position, { step, loss: position.loss + loss * at.length, rows: position.rows + at.length });
			const seconds = (performance.now() - before.begun) / 1000;
			spent.rows = before.rows + position.rows - before.done;
			spent.seconds = before.seconds + seconds;
			const rate = (position.rows - before.done) / seconds;
			on?.({ stage: number, stages: stages.length, epoch, epochs, step, steps, rows: position.rows, loss, rate });
			await new Promise(setImmediate);
			const stopped = stop.now();
			if (stopped || keeper.due()) await keeper.save(position, best());
			if (stopped) return false;
		}
		const value = validAuc(network, stage.choose);
		position.history.push({
			stage: number,
			epoch,
			loss: position.loss / rows.length,
			choose: stage.choose,
			auc: value,
		});
		if (value === null || position.best.auc === null || value > position.best.auc) {
			position.best = { auc: value ?? position.best.auc, epoch };
			replace(snapshot(weights));
		} else if (epoch - position.best.epoch >= patience) break;
	}
	return true;
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

/** Probabilities of rows of the network's data set, a piece of rows at a time. */
export function predictRows(network: Network, rows: Int32Array, probs: readonly Prob[]): Predictions {
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
