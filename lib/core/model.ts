import type { Balance } from "./balance";
import type { EpochHook } from "./epochHook";
import { derives, type Graph, type ProbOf, paths, type TowerOf } from "./graph";
import type { Inputs, Layers } from "./layers";
import type { Loss } from "./loss";
import { directionOf, type MetricName, probOf } from "./metricName";
import { IMPRESSION, type Prob, pCTCVR, spaceOf } from "./prob";
import { InputError, unknownName } from "./problem";
import type { RowWeights, Sampling } from "./sampling";
import { checkTraining, type Training } from "./training";
import { checkTrees, isTrees, type TreeHyper, type TreeModel } from "./trees";

/** Hyperparameters: plain JSON. */
export type Hyper = Training & { readonly [name: string]: number | string | boolean | readonly number[] };

/** One part of the training: which rows, which losses, which weights, and the metric that chooses the epoch. */
export interface Stage<P extends Prob = Prob> {
	/** Rows trained on: "impression" for all, or an event ("click" for the clicked ones). */
	readonly space: string;
	readonly losses: readonly Loss<P>[];
	/** Which of the rows an epoch takes, and how often; each once unless said. */
	readonly sample?: Sampling;
	/** What each row counts in the losses' means; all the same unless said. */
	readonly weigh?: RowWeights;
	/** How the losses are weighed against each other; `equal()` unless said. */
	readonly balance?: Balance;
	/** The validation metric that chooses the epoch, as "auc(conversion|impression)". */
	readonly choose: MetricName<P>;
	/** Prefixes of the names of weights that this stage leaves as they are, running statistics included. */
	readonly freeze?: readonly string[];
	/** Factor of the learning rate in this stage. */
	readonly lr?: number;
	/** Most epochs of this stage, where they are not the hyperparameter's. */
	readonly epochs?: number;
	/** Begins with new optimiser slots, and with the schedule of the learning rate from its start. */
	readonly fresh?: boolean;
	/** Runs before each epoch; may read the network and set weights. */
	readonly before?: (epoch: EpochHook) => void | Promise<void>;
}

/**
 * A model is a plain value: towers on the edges of a behaviour graph, and losses on what the graph gives.
 * There is no base class, so nothing can be overridden and silently skipped.
 */
export interface Model<G extends Graph = Graph, H extends Hyper = Hyper> {
	/** Its name in commands and tables. */
	readonly name: string;
	/** Raised when a change alters its numbers: it is part of what names a result. */
	readonly version: number;
	/** Where it comes from: authors, venue, arXiv. */
	readonly paper: string;
	/** Defaults: the paper's, or as the file says. */
	readonly hyper: H;
	readonly graph: G;
	/** One logit a row for each tower of the graph. */
	readonly towers: (nn: Layers, x: Inputs, hyper: H) => Record<TowerOf<G>, ReturnType<Layers["logit"]>>;
	/** What is trained, in order. One stage over all impressions is the rule. */
	readonly stages: (hyper: H) => readonly Stage<ProbOf<G>>[];
	/** Event → the log's event that counts as it, in training and in every metric: `{ dAction: "cart" }`. Each is its own unless said. */
	readonly labels?: (hyper: H) => Readonly<Record<string, string>>;
	/** Tower → what is added to its logit once it is trained, in every prediction and in the saved model. Nothing unless said. */
	readonly shifts?: (hyper: H) => { readonly [T in TowerOf<G>]?: number };
}

/** A network or trees: what `fit` trains, and what can be registered. `isTrees` tells them apart. */
export type AnyModel = Model | TreeModel;

/** Hyperparameters of a network or of trees. */
export type AnyHyper = Hyper | TreeHyper;

/** Checks a model's types: towers and losses must belong to its graph. */
export const defineModel = <const G extends Graph, H extends Hyper>(model: Model<G, H>): Model<G, H> => model;

/**
 * The value of a hyperparameter that has names.
 *
 * @throws InputError another one; the nearest right one is told
 */
export function oneOf<const N extends string>(model: string, hyper: string, value: string, known: readonly N[]): N {
	if (!known.includes(value as N)) throw unknownName(`${hyper} of ${model}`, value, known);
	return value as N;
}

/** The usual single stage: all losses together over all impressions, the epoch chosen by the CTCVR AUC. */
export const entireSpace = <P extends Prob>(...losses: Loss<P>[]): Stage<P | typeof pCTCVR>[] => [
	{ space: IMPRESSION, losses, choose: `auc(${pCTCVR})` },
];

/**
 * A model's hyperparameters with some replaced.
 *
 * @throws InputError an unknown name (the nearest right one is told), or a value of another type
 */
export function withHyper<H extends AnyHyper>(
	model: { name: string; hyper: H },
	changes: Readonly<Record<string, unknown>>,
): H;
export function withHyper(model: AnyModel, changes: Readonly<Record<string, unknown>>): AnyHyper;
export function withHyper(
	model: { name: string; hyper: AnyHyper },
	changes: Readonly<Record<string, unknown>>,
): AnyHyper {
	const result: Record<string, unknown> = { ...model.hyper };
	for (const [name, value] of Object.entries(changes)) {
		if (!Object.hasOwn(model.hyper, name))
			throw unknownName(`hyperparameter of ${model.name}`, name, Object.keys(model.hyper));
		const like = (model.hyper as Readonly<Record<string, unknown>>)[name];
		const wants = Array.isArray(like)
			? "a list of positive whole numbers"
			: typeof like === "number"
				? "a number of at least 0"
				: `a ${typeof like}`;
		const fits = Array.isArray(like)
			? Array.isArray(value) && value.length > 0 && value.every((v) => Number.isInteger(v) && v > 0)
			: typeof value === typeof like && (typeof value !== "number" || (Number.isFinite(value) && value >= 0));
		if (!fits)
			throw new InputError(`hyperparameter "${name}" of ${model.name} must be ${wants}, not ${JSON.stringify(value)}`);
		result[name] = value;
	}
	if (isTrees(model)) checkTrees(model.name, result as TreeHyper);
	checkTraining(model.name, result);
	if ("embedding" in result && (!Number.isInteger(result.embedding) || (result.embedding as number) < 1))
		throw new InputError(
			`hyperparameter "embedding" of ${model.name} must be a whole number of at least 1, not ${result.embedding}`,
		);
	for (const name of ["itemEmbedding", "shareBottom"])
		if (name in result && !Number.isInteger(result[name]))
			throw new InputError(
				`hyperparameter "${name}" of ${model.name} must be a whole number of at least 0, not ${result[name]}`,
			);
	if ((result.dropout as number) >= 1)
		throw new InputError(`hyperparameter "dropout" of ${model.name} must be below 1, not ${result.dropout}`);
	return result as AnyHyper;
}

/**
 * Asks a network for its labels and stages with all hyperparameters, so that a value it refuses is told before a log is read.
 *
 * @throws InputError as the model says it
 */
export function checkOptions(model: AnyModel, hyper: AnyHyper): void {
	if (isTrees(model)) return;
	model.labels?.(hyper as Hyper);
	model.stages(hyper as Hyper);
}

/**
 * Checks what types cannot: there are stages, each with losses and with epochs and a learning rate that can be; each loss and choice of a stage derives from the graph, and no loss is taken over a space
 * wider than the stage's rows, where its mean would silently be one over fewer rows than its name says.
 *
 * @throws Error naming the model, the probability and the stage
 */
export function checkStages({ name, graph }: Pick<Model, "name" | "graph">, stages: readonly Stage[]): void {
	if (stages.length === 0) throw new Error(`${name}: it has no stage, so nothing would be trained`);
	for (const [i, { space, losses, choose, epochs = 1, lr = 1 }] of stages.entries()) {
		const refuse = (what: string) => {
			throw new Error(`${name}: stage ${i + 1} ${what}`);
		};
		if (losses.length === 0) refuse("has no loss");
		if (!Number.isInteger(epochs) || epochs < 1) refuse(`has ${epochs} epochs: give a whole number of at least 1`);
		if (!Number.isFinite(lr) || lr < 0) refuse(`multiplies the learning rate by ${lr}: give a number of at least 0`);
		directionOf(choose);
		for (const prob of [probOf(choose), ...losses.map((loss) => loss.prob)])
			if (!derives(graph, prob)) throw new Error(`${name}: its behaviour graph cannot give P(${prob})`);
		for (const { prob, everyRow } of losses)
			if (!everyRow && paths(graph, space, spaceOf(prob)).length === 0)
				throw new Error(
					`${name}: P(${prob}) is a mean over the rows of "${spaceOf(prob)}", but its stage has those of "${space}" alone`,
				);
	}
}
