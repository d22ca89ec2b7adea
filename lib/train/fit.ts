import { derives, type Graph } from "../core/graph";
import { probOf } from "../core/metricName";
import { type AnyModel, checkStages, type Hyper, type Model, type Stage, withHyper } from "../core/model";
import { type Prob, pCTCVR, pCTR, pCVR } from "../core/prob";
import { InputError } from "../core/problem";
import { isTrees } from "../core/trees";
import type { Dataset } from "../data/dataset";
import { disposeWeights } from "../tensor/weights";
import { attend } from "./attend";
import { identityOf, loadCheckpoint, saveCheckpoint } from "./checkpoint";
import type { Feed } from "./feed";
import { feedOf } from "./feedOf";
import { fitTrees } from "./fitTrees";
import type { FitOptions, Fitted, FittedNetwork } from "./fitted";
import { interrupted } from "./interrupt";
import { checkLabels, labelsFor, optionsFor } from "./labels";
import { start } from "./position";
import { predictRows } from "./predictRows";
import { asTrained } from "./sameFields";
import { type Keeper, runStages } from "./stages";
import { forgetCompiled, type Network } from "./step";
import { checkChoices } from "./validation";

export type { FitOptions, Fitted, FittedNetwork } from "./fitted";
export { type Predictions, predictRows } from "./predictRows";
export { type TrainEvent, TrainingError } from "./trainEvent";

/** Raised when a change alters what training gives for the same model, data and seed. */
export const engineVersion = 2;

/**
 * Trains a model: the only door there is. For a network the only loop, too: stage by stage it shuffles the stage's rows anew each epoch, takes every batch (the
 * last, smaller one too), and keeps the weights of the epoch with the best value of the stage's `choose` on the validation rows. Trees are grown as `fitTrees` says; an epoch of theirs is all trees
 * of a booster, a step one tree.
 *
 * @throws InputError an unknown or ill-typed hyperparameter; a log that cannot teach the model (`checkLabels`) or choose an epoch
 * as a stage asks, or has rows in two parts of its split; a checkpoint that is damaged or of another training; trees without their library
 * @throws TrainingError a loss that is not finite
 */
export async function fit<G extends Graph, H extends Hyper>(
	model: Model<G, H>,
	options: FitOptions,
): Promise<FittedNetwork>;
export async function fit(model: AnyModel, options: FitOptions): Promise<Fitted>;
export async function fit(model: AnyModel, options: FitOptions): Promise<Fitted> {
	return isTrees(model) ? fitTrees(model, options) : fitNetwork(model, options);
}

async function fitNetwork(plain: Model, options: FitOptions): Promise<FittedNetwork> {
	const model = plain;
	const { seed, on, signal } = options;
	const hyper = withHyper(model, options.hyper ?? {});
	const stages = plain.stages(hyper);
	checkStages(plain, stages);
	const feed = await feedOf(seenBy(plain, hyper, options.data), model.graph, seed, hyper.batch);
	const { data } = feed;
	const probs = probsOf(model.graph, stages);
	checkLabels(model.name, feed, stages, probs, (event) => optionsFor(plain, hyper, event, Object.keys(data.events)));
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
		return predictRows({ ...network, data: { ...data, ...asTrained(data, other) } }, rows, probs);
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
		network.priors = shifted(network.priors, plain.shifts?.(hyper) ?? {});
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

/** The log with the model's labels. */
function seenBy(model: Model, hyper: Hyper, data: FitOptions["data"]): FitOptions["data"] {
	if (!("streamed" in data)) return labelsFor(model, hyper, data);
	if (Object.keys(model.labels?.(hyper) ?? {}).length > 0)
		throw new InputError(
			`${model.name} takes other events for some, which needs the rows in memory: load ${data.streamed} whole`,
		);
	return data;
}

/** What towers' logits start from, with what is added to some of them. */
const shifted = (
	priors: Network["priors"],
	shifts: Readonly<Record<string, number | undefined>>,
): Network["priors"] => ({
	...priors,
	...Object.fromEntries(Object.entries(shifts).map(([tower, shift]) => [tower, (priors[tower] ?? 0) + (shift ?? 0)])),
});

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
