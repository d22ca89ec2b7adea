import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import type { Hidden, ItemWidth, Layers } from "../core/layers";
import { words } from "../core/random";
import { attend, attendOnce, projected, transfer } from "./attention";
import type { Batch, Lookups } from "./batch";
import { biased, dense, product, relu } from "./dense";
import { mixture, productOfEach } from "./experts";
import type { Variable } from "./kernels";
import { tf } from "./native";
import { batchNorm, layerNorm, normalizeBy } from "./norm";
import { kernels } from "./tier";
import type { Feed } from "./trace";
import { type FieldsOf, type Weights, weight } from "./weights";

/** One pass through a network: the weights to read, and whether it trains. */
export interface Pass {
	readonly weights: Weights;
	readonly seed: number;
	/** The update that this pass belongs to; dropout draws depend on it. Undefined when predicting: no dropout. */
	readonly step?: number;
	/** Reads a weight: as a whole, or for a table the rows of the batch's unique ids. */
	readonly read: (name: string, batch?: Batch) => Tensor;
	/** Makes what depends on the update; at once unless said. */
	readonly feed?: Feed<{ step: number }>;
	/** Whether the stage leaves a weight as it is: running statistics that are frozen do not move. */
	readonly frozen?: (name: string) => boolean;
}

const fed =
	({ feed, step = 0 }: Pass): Feed<{ step: number }> =>
	(make) =>
		feed ? feed(make) : make({ step });

/** Share by which a batch moves the running statistics of batch normalisation, as in PyTorch. */
const MOMENTUM = 0.1;

/** The layers of core/layers on TensorFlow. Gradients are given by hand where tfjs's own are slow. */
export function layers(pass: Pass): Layers {
	const { weights, seed } = pass;

	const normal = (name: string, shape: number[], std: number): Tensor => {
		weight(weights, seed, name, shape, { std });
		return pass.read(name);
	};
	const filled = (name: string, shape: number[], value: number): Tensor => {
		weight(weights, seed, name, shape, { value });
		return pass.read(name);
	};
	/** Read past the pass: no gradient reaches a state. */
	const state = (name: string, shape: number[], value: number): Variable =>
		weight(weights, seed, name, shape, { value }, "state").value;

	const bias = (name: string, width: number): Tensor1D => filled(`${name}/b`, [width], 0) as Tensor1D;

	const dropout = (name: string, x: Tensor2D, rate: number): Tensor2D => {
		if (rate === 0 || pass.step === undefined) return x;
		if (pass.frozen?.(`${name}/w`)) return x;
		const key = fed(pass)(({ step }) => tf.tensor1d(words(seed, `dropout/${name}/${step}`).slice(0, 2), "int32"));
		return tf.mul(x, tf.mul(kernels().keep(x.shape, rate, key as Tensor1D), 1 / (1 - rate)));
	};

	const linear = (name: string, x: Tensor2D, width: number): Tensor2D => {
		const w = normal(`${name}/w`, [x.shape[1], width], Math.sqrt(1 / x.shape[1]));
		return dense(x, w as Tensor2D, bias(name, width), "none");
	};

	const normalized = (name: string, x: Tensor2D): Tensor2D => {
		const shape = [x.shape[1]];
		const [scale, shift] = [filled(`${name}/scale`, shape, 1), filled(`${name}/shift`, shape, 0)] as Tensor1D[];
		const running = { mean: state(`${name}/mean`, shape, 0), variance: state(`${name}/variance`, shape, 1) };
		if (pass.step === undefined || x.shape[0] === 1 || pass.frozen?.(`${name}/mean`)) {
			const [mean, variance] = [running.mean.read(), running.variance.read()] as Tensor1D[];
			return normalizeBy(x, { mean, variance }, scale, shift);
		}
		return batchNorm(x, scale, shift, (batch) => {
			for (const of of ["mean", "variance"] as const)
				running[of].assign(tf.add(tf.mul(running[of].read(), 1 - MOMENTUM), tf.mul(batch[of], MOMENTUM)));
		});
	};

	/** What follows the product of a hidden layer that is normalised. */
	const normalizedRelu = (name: string, sum: Tensor2D): Tensor2D => relu(normalized(`${name}/norm`, sum));

	const hiddenLayer = (name: string, x: Tensor2D, width: number, std: number, batchNorm?: boolean): Tensor2D => {
		const w = normal(`${name}/w`, [x.shape[1], width], std) as Tensor2D;
		return batchNorm ? normalizedRelu(name, product(x, w)) : dense(x, w, bias(name, width), "relu");
	};

	/** Runs hidden layers one after the other, with dropout after each. */
	const stacked = (
		name: string,
		x: Tensor2D,
		widths: readonly number[],
		{ dropout: rate = 0 }: Hidden,
		layer: (name: string, x: Tensor2D, i: number) => Tensor2D,
	): Tensor2D => {
		if (typeof rate === "object" && rate.length !== widths.length)
			throw new Error(`"${name}" has ${widths.length} layers and ${rate.length} shares of dropout`);
		return widths.reduce((h, _, i) => {
			const y = layer(`${name}/${i}`, h, i);
			return dropout(`${name}/${i}`, y, typeof rate === "number" ? rate : rate[i]);
		}, x);
	};

	return {
		embed(table, x, width, { item = 0 }: Partial<ItemWidth> = {}) {
			const batch = x as Batch;
			const embedded = (name: string, lookups: Lookups, width: number, of?: FieldsOf): Tensor2D => {
				weight(weights, seed, name, [lookups.tableRows, width], { std: 0.01 }, "table", of);
				return lookup(pass.read(name, batch) as Tensor2D, lookups, batch.rows, width);
			};
			const items = item === 0 || item === width ? undefined : batch.of("item");
			const others = items && batch.of("other");
			const e = items
				? [...(others ? [embedded(table, others, width, "other")] : []), embedded(`${table}/item`, items, item, "item")]
				: [embedded(table, batch, width)];
			const all = batch.numbers ? [...e, batch.numbers] : e;
			return all.length > 1 ? tf.concat(all, 1) : all[0];
		},
		mlp: (name, x, widths, hidden = {}) =>
			stacked(name, x, widths, hidden, (layer, h, i) =>
				hiddenLayer(layer, h, widths[i], Math.sqrt(2 / h.shape[1]), hidden.batchNorm),
			),
		linear,
		logit: (name, x) => tf.reshape(linear(`${name}/logit`, x, 1), [-1]),
		batchNorm: normalized,
		layerNorm(name, x) {
			const width = x.shape[x.shape.length - 1];
			const [scale, shift] = [filled(`${name}/scale`, [width], 1), filled(`${name}/shift`, [width], 0)] as Tensor1D[];
			return tf.reshape(layerNorm(tf.reshape(x, [-1, width]) as Tensor2D, scale, shift), x.shape) as typeof x;
		},
		attention(name, queries, keys, { heads, width, mask }) {
			if (width % heads !== 0) throw new Error(`"${name}": ${heads} heads cannot share a width of ${width}`);
			const start = (of: string, from: number) =>
				normal(`${name}/${of}`, [from, width], Math.sqrt(1 / from)) as Tensor2D;
			const own = start("query", queries.shape[2]);
			const [key, value] = [start("key", keys.shape[2]), start("value", keys.shape[2])];
			return queries.shape[1] === 1
				? attendOnce(queries, keys, own, key, value, heads, mask)
				: attend(projected(queries, own), projected(keys, key), projected(keys, value), heads, mask);
		},
		experts(name, x, count, widths, hidden = {}) {
			const last = stacked(name, x, widths, hidden, (layer, h, i) => {
				const to = widths[i];
				if (i === 0) return hiddenLayer(layer, h, count * to, Math.sqrt(2 / h.shape[1]), hidden.batchNorm);
				const from = widths[i - 1];
				const w = normal(`${layer}/w`, [count, from, to], Math.sqrt(2 / from)) as Tensor3D;
				const sum = productOfEach(tf.reshape(h, [-1, count, from]), w);
				return hidden.batchNorm ? normalizedRelu(layer, sum) : relu(biased(sum, bias(layer, count * to)));
			});
			return tf.reshape(last, [-1, count, widths[widths.length - 1]]);
		},
		gate: (name, x, count) => tf.softmax<Tensor2D>(linear(name, x, count)),
		mixture(gates, ...experts) {
			if (experts.length === 1) return mixture(gates, experts[0]);
			const sizes = experts.map((group) => group.shape[1]);
			const parts = tf.split(gates, sizes, 1) as Tensor2D[];
			return experts.map((group, i) => mixture(parts[i], group)).reduce((a, b) => tf.add(a, b));
		},
		transfer(name, own, given) {
			const width = own.shape[1];
			const both = tf.concat([own, given], 0);
			const [q, k, v] = ["query", "key", "value"].map((of) =>
				product(both, normal(`${name}/${of}`, [width, width], Math.sqrt(1 / width)) as Tensor2D),
			);
			return transfer(q, k, v);
		},
		constant(name, shape) {
			return state(name, [...shape], 0).read();
		},
	};
}

/** Rows of the fields' unique ids → each of `count` rows' fields side by side. Gradient: the sum over each id's places, sorted first. */
function lookup(rows: Tensor2D, batch: Lookups, count: number, width: number): Tensor2D {
	const gathered = tf.customGrad((...inputs) => ({
		value: kernels().gather(inputs[0] as Tensor2D, batch.index),
		gradFunc: (dy: Tensor) => [kernels().segmentSum(kernels().gather(dy as Tensor2D, batch.order), batch.places)],
	}))(rows) as Tensor2D;
	const { pooled } = batch;
	const cells = pooled ? pool(gathered, pooled, count * batch.embedded) : gathered;
	return tf.reshape(cells, [count, batch.embedded * width]);
}

/** Sums of the looked-up rows of each cell, each times its weight. */
const pool = (gathered: Tensor2D, { cells, weights }: NonNullable<Batch["pooled"]>, count: number): Tensor2D =>
	tf.customGrad((...inputs) => ({
		value: tf.unsortedSegmentSum(tf.mul(inputs[0] as Tensor2D, weights), cells, count),
		gradFunc: (dy: Tensor) => tf.mul(kernels().gather(dy as Tensor2D, cells), weights),
	}))(gathered) as Tensor2D;
