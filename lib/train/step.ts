import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { type Graph, logProb } from "../core/graph";
import type { Inputs, Layers } from "../core/layers";
import type { Hyper, Model, Stage } from "../core/model";
import type { Prob } from "../core/prob";
import type { Dataset } from "../data/dataset";
import type { Gathered } from "../data/gather";
import { tensors } from "../tensor/algebra";
import { balanced, makeBalance } from "../tensor/balance";
import { type Batch, batchOf, labelOf } from "../tensor/batch";
import { clipped } from "../tensor/clip";
import { layers, type Pass } from "../tensor/layers";
import { lossesOf } from "../tensor/losses";
import { freeing, tf } from "../tensor/native";
import { update } from "../tensor/optimizers";
import type { Weights } from "../tensor/weights";

/** A network in training: a model, its weights, and what each tower's logit starts from. */
export interface Network {
	readonly model: Model;
	readonly hyper: Hyper;
	readonly data: Dataset;
	readonly seed: number;
	readonly weights: Weights;
	/** Tower → logit of its event's rate in the training rows; added to its logit, so no step is spent on the prior. */
	readonly priors: Readonly<Record<string, number>>;
	/** Updates so far. */
	step: number;
}

/** Some rows of a data set. */
export interface Rows {
	readonly data: Dataset;
	readonly at: Int32Array;
	/** Their features side by side, where they have been gathered already. */
	readonly gathered?: Gathered;
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
	return (name) => {
		const w = weights.get(name);
		if (!w) throw new Error(`no weight "${name}"`);
		const value = known.get(name) ?? (w.kind === "table" ? w.value.rows(batch.unique) : w.value.read());
		known.set(name, value);
		return value;
	};
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

/**
 * One update on one batch of a stage's rows. Weights that the stage's losses do not reach, or that it freezes, stay as they are.
 *
 * @param lr the learning rate of this update
 * @param number of the stage, from 1: the balance of its losses has weights of its own
 * @returns the batch's loss before the update
 */
export function trainStep(
	network: Network,
	stage: Stage,
	{ data, at, gathered }: Rows,
	lr: number,
	number = 1,
): number {
	const { model, weights, seed, hyper } = network;
	build(network, { data, at });
	const own = `balance/${number}`;
	makeBalance(stage.balance, weights, own, stage.losses.length);
	network.step++;
	return tf.tidy(() => {
		const batch = batchOf(data, at, gathered);
		const labels = new Map<string, Tensor1D>();
		const label = (event: string) => {
			const known = labels.get(event) ?? labelOf(data, event, at);
			labels.set(event, known);
			return known;
		};
		const frozen = frozenIn(stage);
		const read = reading(network, batch);
		const trainable = [...weights.values()].filter(({ name, kind }) => kind !== "state" && !frozen(name));
		const names = trainable.map(({ name }) => name);
		const inputs = names.map(read);
		const pass: Pass = { weights, seed, step: network.step, read, frozen };
		const losses = () => lossesOf(model.graph, stage.losses, logitsOf(network, batch, pass), stage.space, label);
		const { total, gradients, keep } = balanced(stage.balance, { losses, names, inputs, read, weights, own });
		const loss = total.dataSync()[0];
		if (Number.isFinite(loss)) {
			const trained = trainable.flatMap((weight, i) => {
				const gradient = gradients[i];
				return gradient ? [{ weight, value: inputs[i], gradient }] : [];
			});
			const { optimizer, dense, l2, clip } = hyper;
			update(clipped(trained, clip), batch.unique, { optimizer, dense, l2, lr });
			keep?.();
		}
		return loss;
	});
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
