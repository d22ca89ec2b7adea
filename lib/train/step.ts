import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { type Graph, logProb } from "../core/graph";
import type { Hyper, Model, Stage } from "../core/model";
import type { Prob } from "../core/prob";
import type { Dataset } from "../data/dataset";
import { tensors } from "../tensor/algebra";
import { type Batch, batchOf, labelOf } from "../tensor/batch";
import { layers, type Pass } from "../tensor/layers";
import { lossOf } from "../tensor/losses";
import { tf } from "../tensor/native";
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

function logitsOf(network: Network, batch: Batch, pass: Pass): Record<string, Tensor1D> {
	const { model, hyper, priors } = network;
	const towers: Record<string, Tensor1D> = model.towers(layers(pass), batch, hyper);
	return Object.fromEntries(Object.entries(towers).map(([name, s]) => [name, tf.add(s, priors[name] ?? 0)]));
}

/** Some rows of a data set. */
export interface Rows {
	readonly data: Dataset;
	readonly at: Int32Array;
}

/**
 * One update on one batch of a stage's rows. Weights that the stage's losses do not reach stay as they are.
 *
 * @returns the batch's loss before the update
 */
export function trainStep(network: Network, stage: Stage, { data, at }: Rows, lr: number): number {
	const { model, weights, seed } = network;
	network.step++;
	return tf.tidy(() => {
		const batch = batchOf(data, at);
		const labels = new Map<string, Tensor1D>();
		const label = (event: string) => {
			const known = labels.get(event) ?? labelOf(data, event, at);
			labels.set(event, known);
			return known;
		};
		const value = (name: string) => {
			const w = weights.get(name);
			if (!w) throw new Error(`no weight "${name}"`);
			return w.kind === "table" ? w.value.rows(batch.unique) : w.value.read();
		};
		if (weights.size === 0) logitsOf(network, batch, { weights, seed, read: value });
		const names = [...weights.keys()];
		const inputs = names.map(value);
		const read = (name: string) => inputs[names.indexOf(name)];
		const forward = () =>
			lossOf(
				model.graph,
				stage.losses,
				logitsOf(network, batch, { weights, seed, step: network.step, read }),
				stage.space,
				label,
			);
		const { value: loss, grads } = tf.engine().gradients(forward as () => Scalar, inputs, undefined, true);
		const result = (loss as Tensor).dataSync()[0];
		if (Number.isFinite(result)) {
			const trained = [...weights.values()].flatMap((weight, i) =>
				grads[i] ? [{ weight, value: inputs[i], gradient: grads[i] }] : [],
			);
			update(trained, batch.unique, { optimizer: "adam", dense: false, l2: 0, lr });
		}
		return result;
	});
}

/** Probabilities of some rows, a float32 column for each Prob. No dropout, no clipping. */
export function predictBatch(network: Network, at: Int32Array, probs: readonly Prob[]): Float32Array[] {
	const { model, data, weights, seed } = network;
	return tf.tidy(() => {
		const batch = batchOf(data, at);
		const read = (name: string) => {
			const w = weights.get(name);
			if (!w) throw new Error(`no weight "${name}"`);
			return w.kind === "table" ? w.value.rows(batch.unique) : w.value.read();
		};
		const logits = logitsOf(network, batch, { weights, seed, read });
		return probs.map((prob) => tf.exp(logProb(model.graph as Graph, logits, prob, tensors)).dataSync() as Float32Array);
	});
}
