import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { type Graph, logProb } from "../core/graph";
import type { Inputs, Layers } from "../core/layers";
import type { Hyper, Model, Stage } from "../core/model";
import type { Prob } from "../core/prob";
import type { Dataset } from "../data/dataset";
import { type Gathered, gather } from "../data/gather";
import { tensors } from "../tensor/algebra";
import { balanced, makeBalance } from "../tensor/balance";
import { type Batch, batchOf, columnOf, labelOf } from "../tensor/batch";
import { clipped } from "../tensor/clip";
import { type Compiled, compile } from "../tensor/compiled";
import { layers, type Pass } from "../tensor/layers";
import { lossesOf } from "../tensor/losses";
import { freeing, tf } from "../tensor/native";
import { update } from "../tensor/optimizers";
import type { Mode } from "../tensor/trace";
import type { Weight, Weights } from "../tensor/weights";

/** A network in training: a model, its weights, and what each tower's logit starts from. */
export interface Network {
	readonly model: Model;
	readonly hyper: Hyper;
	readonly data: Dataset;
	readonly seed: number;
	readonly weights: Weights;
	/**
	 * Tower → logit of its event's rate in the training rows; added to its logit, so no step is spent on the prior. Once it is trained
	 * the model's `shifts` are in it.
	 */
	priors: Readonly<Record<string, number>>;
	/** Updates so far. */
	step: number;
	/** Steps that were compiled, by stage and rows; undefined where one cannot be. */
	compiled?: Map<string, CompiledStep | undefined>;
}

/** Some rows of a data set. */
export interface Rows {
	readonly data: Dataset;
	readonly at: Int32Array;
	/** Their features side by side, where they have been gathered already. */
	readonly gathered?: Gathered;
	/** What each row of the data set counts in the losses, where a stage weighs them. */
	readonly weights?: Float32Array;
}

/** Logits of a pass: each tower's, with its prior added. */
function logitsOf(network: Network, batch: Batch, pass: Pass): Record<string, Tensor1D> {
	const { model, hyper, priors } = network;
	const towers: Record<string, Tensor1D> = model.towers(layers(pass), batch, hyper);
	return Object.fromEntries(Object.entries(towers).map(([name, s]) => [name, tf.add(s, priors[name] ?? 0)]));
}

/** Reads each weight once: as a whole, or of a table the rows that a batch uses. */
function reading({ weights }: Network, batch: Batch): (name: string) => Tensor {
	const known = new Map<string, Tensor>();
	// Before any loss is computed: what is made within that is freed with it.
	for (const { of } of weights.values()) if (of) batch.of(of);
	return (name) => {
		const w = weights.get(name);
		if (!w) throw new Error(`no weight "${name}"`);
		const value = known.get(name) ?? (w.kind === "table" ? w.value.rows(uniqueOf(batch, w)) : w.value.read());
		known.set(name, value);
		return value;
	};
}

/** The different ids of a batch that a table has. */
function uniqueOf(batch: Batch, { name, of }: Weight): Tensor1D {
	const lookups = of ? batch.of(of) : batch;
	if (!lookups) throw new Error(`the table "${name}" is of fields that tell of the item, and the log has none`);
	return lookups.unique;
}

/** Makes a network's weights, where it has none yet: by one pass over some rows as when predicting. */
export function build(network: Network, { data, at }: Rows): void {
	const { weights, seed } = network;
	if (weights.size > 0) return;
	tf.tidy(() => {
		const batch = batchOf(data, at);
		logitsOf(network, batch, { weights, seed, read: reading(network, batch) });
	});
}

/** Whether a stage leaves a weight as it is. */
export const frozenIn =
	({ freeze = [] }: Stage) =>
	(name: string): boolean =>
		freeze.some((prefix) => name.startsWith(prefix));

/** What a step is given. */
interface Now {
	readonly data: Dataset;
	readonly at: Int32Array;
	readonly gathered: Gathered;
	readonly weights?: Float32Array;
	/** The update, from 1, and its learning rate. */
	readonly step: number;
	readonly lr: number;
}

/** A step of a stage that was compiled, with the weights that it trains. */
interface CompiledStep extends Compiled<Now> {
	readonly trained: readonly Weight[];
	/** Whether it has run. */
	ran: boolean;
}

/** How a step is to be run. */
export interface StepOptions {
	/** The stage, from 1: the balance of its losses has weights of its own. */
	number?: number;
	/** The step is compiled where it can be, which pays from some 50 steps on. */
	compiled?: boolean;
}

/**
 * One update on one batch of a stage's rows. Weights that the stage's losses do not reach, or that it freezes, stay as they are.
 *
 * @param lr the learning rate of this update
 * @returns the batch's loss before the update; where it is not finite nothing is updated
 */
export function trainStep(network: Network, stage: Stage, rows: Rows, lr: number, options: StepOptions = {}): number {
	const { data, at, weights } = rows;
	const { number = 1, compiled = false } = options;
	build(network, { data, at });
	makeBalance(stage.balance, network.weights, `balance/${number}`, stage.losses.length);
	network.step++;
	const gathered = rows.gathered ?? gather(data.fields, at);
	const now: Now = { data, at, gathered, weights, step: network.step, lr };
	const step = compiled ? compiledStep(network, stage, number, now) : undefined;
	const loss = step && runCompiled(network, number, step, now);
	if (loss !== undefined) return loss;
	return tf.tidy(() => {
		const mode: Mode<Now> = { feed: (make) => make(now), gate: (total) => total.dataSync()[0] };
		return runStep(network, stage, number, now, mode).loss;
	});
}

/** The operations of a step. */
function runStep(
	network: Network,
	stage: Stage,
	number: number,
	{ data, at, gathered, weights: rowWeights, step, lr }: Now,
	mode: Mode<Now>,
) {
	const { model, weights, seed, hyper } = network;
	const { feed } = mode;
	const own = `balance/${number}`;
	const batch = batchOf(data, at, gathered, feed);
	const labels = new Map<string, Tensor1D>();
	const label = (event: string) => {
		const known = labels.get(event) ?? (feed(({ data, at }) => labelOf(data, event, at)) as Tensor1D);
		labels.set(event, known);
		return known;
	};
	const frozen = frozenIn(stage);
	const read = reading(network, batch);
	const trainable = [...weights.values()].filter(({ name, kind }) => kind !== "state" && !frozen(name));
	const names = trainable.map(({ name }) => name);
	const inputs = names.map(read);
	const pass: Pass = { weights, seed, step, read, frozen, feed };
	const weighed = rowWeights && (feed(({ weights, at }) => columnOf(weights as Float32Array, at)) as Tensor1D);
	const losses = () => lossesOf(model.graph, stage.losses, logitsOf(network, batch, pass), stage.space, label, weighed);
	const { total, gradients, keep } = balanced(stage.balance, { losses, names, inputs, read, weights, own });
	const loss = mode.gate(total);
	const trained = trainable.flatMap((weight, i) => {
		const gradient = gradients[i];
		return gradient ? [{ weight, value: inputs[i], gradient }] : [];
	});
	if (Number.isFinite(loss)) {
		const { optimizer, dense, l2, clip } = hyper;
		update(clipped(trained, clip), (table) => uniqueOf(batch, table), { optimizer, dense, l2, lr }, feed);
		keep?.();
	}
	return { loss, trained: trained.map(({ weight }) => weight) };
}

/** The step of a stage for as many rows, compiled at its first use; undefined where it cannot be. */
function compiledStep(network: Network, stage: Stage, number: number, now: Now): CompiledStep | undefined {
	network.compiled ??= new Map();
	const { compiled } = network;
	const key = keyOf(number, now);
	if (compiled.has(key)) return compiled.get(key);
	// Another batch as large, with other ids: each of the first rows twice.
	const at = now.at.map((_, i) => now.at[i >> 1]);
	const other: Now = { ...now, at, gathered: gather(now.data.fields, at), step: now.step + 1, lr: 2 * now.lr };
	let trained: readonly Weight[] = [];
	const examples = [now, other] as const;
	let run = 0;
	const made = compile<Now>([...examples], (mode) => {
		({ trained } = runStep(network, stage, number, examples[run++], mode));
		// It was not taken: it was only recorded.
		for (const weight of trained) weight.steps--;
	});
	const step = made && { ...made, trained, ran: false };
	compiled.set(key, step);
	return step;
}

/** Runs a compiled step; undefined where its loss is not finite, or where TensorFlow does not take the graph. */
function runCompiled(network: Network, number: number, step: CompiledStep, now: Now): number | undefined {
	try {
		const loss = step.run(now);
		if (loss !== undefined) for (const weight of step.trained) weight.steps++;
		step.ran = true;
		return loss;
	} catch (problem) {
		if (step.ran) throw problem;
		const why = String(problem).split("\n")[0];
		process.stderr.write(`the training step cannot be run as one operation (${why}): it runs operation by operation\n`);
		step.dispose();
		network.compiled?.set(keyOf(number, now), undefined);
		return undefined;
	}
}

const keyOf = (number: number, { at }: Now): string => `${number}/${at.length}`;

/** Forgets what was compiled for a network. */
export function forgetCompiled({ compiled }: Network): void {
	for (const step of compiled?.values() ?? []) step?.dispose();
	compiled?.clear();
}

/** Probabilities of some rows, a float32 column for each Prob. No dropout, no clipping. */
export function predictBatch(network: Network, at: Int32Array, probs: readonly Prob[]): Float32Array[] {
	const { model, data } = network;
	return freeing(() => {
		const batch = batchOf(data, at);
		const logits = logitsOf(network, batch, evaluating(network, batch));
		return probs.map((prob) => tf.exp(logProb(model.graph as Graph, logits, prob, tensors)).dataSync() as Float32Array);
	});
}

/** Any part of the network on some rows, as when predicting. */
export function forward(network: Network, { data, at }: Rows, layer: (nn: Layers, x: Inputs) => Tensor): Float32Array {
	return freeing(() => {
		const batch = batchOf(data, at);
		return layer(layers(evaluating(network, batch)), batch).dataSync() as Float32Array;
	});
}

/** A pass that predicts: no dropout, running statistics as they stand. */
const evaluating = (network: Network, batch: Batch): Pass => ({
	weights: network.weights,
	seed: network.seed,
	read: reading(network, batch),
});
