import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { Layers } from "../core/layers";
import { words } from "../core/random";
import type { Batch } from "./batch";
import { tf } from "./native";
import { kernels } from "./tier";
import { type Weights, weight } from "./weights";

/** One pass through a network: the weights to read, and whether it trains. */
export interface Pass {
	readonly weights: Weights;
	readonly seed: number;
	/** The update that this pass belongs to; dropout draws depend on it. Undefined when predicting: no dropout. */
	readonly step?: number;
	/** Reads a weight: as a whole, or for a table the rows of the batch's unique ids. */
	readonly read: (name: string, batch?: Batch) => Tensor;
	/** Whether the stage leaves a weight as it is: running statistics that are frozen do not move. */
	readonly frozen?: (name: string) => boolean;
}

/** The layers of core/layers on TensorFlow. Gradients are given by hand where tfjs's own are slow. */
export function layers(pass: Pass): Layers {
	const { weights, seed } = pass;

	const denseLayer = (name: string, x: Tensor2D, width: number, std: number, activation: "relu" | "none"): Tensor2D => {
		weight(weights, seed, `${name}/w`, [x.shape[1], width], { std });
		weight(weights, seed, `${name}/b`, [width], { value: 0 });
		return dense(x, pass.read(`${name}/w`) as Tensor2D, pass.read(`${name}/b`) as Tensor1D, activation);
	};

	const dropout = (name: string, x: Tensor2D, rate: number): Tensor2D => {
		if (rate === 0 || pass.step === undefined) return x;
		const [a, b] = words(seed, `dropout/${name}/${pass.step}`);
		const kept = tf.greaterEqual(kernels().uniform(x.shape, [a, b]), rate);
		return tf.mul(x, tf.mul(tf.cast(kept, "float32"), 1 / (1 - rate)));
	};

	return {
		embed(table, x, width) {
			const batch = x as Batch;
			weight(weights, seed, table, [batch.tableRows, width], { std: 0.01 }, "table");
			const e = lookup(pass.read(table, batch) as Tensor2D, batch, width);
			return batch.numbers ? tf.concat([e, batch.numbers], 1) : e;
		},
		mlp: (name, x, widths, rate = 0) =>
			widths.reduce((h, width, i) => {
				const layer = `${name}/${i}`;
				return dropout(layer, denseLayer(layer, h, width, Math.sqrt(2 / h.shape[1]), "relu"), rate);
			}, x),
		logit: (name, x) => tf.reshape(denseLayer(`${name}/logit`, x, 1, Math.sqrt(1 / x.shape[1]), "none"), [-1]),
	};
}

/** x·w + b, with ReLU or without. Gradients: two matrix products, `BiasAddGrad`, `ReluGrad`. */
export function dense(x: Tensor2D, w: Tensor2D, b: Tensor1D, activation: "relu" | "none"): Tensor2D {
	const k = kernels();
	return tf.customGrad((...given) => {
		const [x, w, b, save] = given as unknown as [Tensor2D, Tensor2D, Tensor1D, GradSaveFunc];
		const sum = k.biasAdd(k.matMul(x, w, false, false), b);
		const y = activation === "relu" ? tf.relu(sum) : sum;
		save([x, w, y]);
		return {
			value: y,
			gradFunc: (dy: Tensor, saved: Tensor[]) => {
				const [x, w, y] = saved as [Tensor2D, Tensor2D, Tensor2D];
				const g = activation === "relu" ? k.reluGrad(dy as Tensor2D, y) : (dy as Tensor2D);
				return [k.matMul(g, w, false, true), k.matMul(x, g, true, false), k.biasAddGrad(g)];
			},
		};
	})(x, w, b) as Tensor2D;
}

/** Rows of the batch's unique ids → each row's fields side by side. Gradient: a segment sum over the unique ids alone. */
function lookup(rows: Tensor2D, batch: Batch, width: number): Tensor2D {
	const gathered = tf.customGrad((...inputs) => ({
		value: kernels().gather(inputs[0] as Tensor2D, batch.index),
		gradFunc: (dy: Tensor) => [tf.unsortedSegmentSum(dy, batch.index, batch.unique.shape[0])],
	}))(rows) as Tensor2D;
	const { pooled } = batch;
	const cells = pooled
		? tf.unsortedSegmentSum(tf.mul(gathered, pooled.weights), pooled.cells, batch.rows * batch.embedded)
		: gathered;
	return tf.reshape(cells, [batch.rows, batch.embedded * width]);
}
