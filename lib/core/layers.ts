import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";

/** The features of the rows at hand, as layers read them. What is inside is the engine's business. */
export interface Inputs {
	/** How many rows there are. */
	readonly rows: number;
	/** Names of the features, in the order in which `embed` lays them side by side. */
	readonly fields: readonly string[];
}

/** What hidden layers have beside their widths. */
export interface Hidden {
	/** Share of the units that are dropped after each layer when training, or one share a layer. 0 unless said. */
	readonly dropout?: number | readonly number[];
	/** Batch normalisation between product and ReLU; it takes the place of the bias. */
	readonly batchNorm?: boolean;
}

/** A width of embeddings that some fields have for themselves. */
export interface ItemWidth {
	/** Of the fields that tell of the item (`Field.group`); 0: as the others. */
	readonly item: number;
}

/** What attention is told. */
export interface Attention {
	/** How many heads share the width; must divide it. */
	readonly heads: number;
	readonly width: number;
	/** 1 for keys that count, 0 for the others: `[rows, keys]`. All count unless said. */
	readonly mask?: Tensor2D;
}

/**
 * The words in which towers are written. Each layer has a name, and its weights belong to that name: the same
 * name used twice shares weights, another name has its own. Below each word stand its weights, so that they can be
 * set from outside. All products are rows times weights: `x·w`, with `w` of `[from, to]` (PyTorch keeps the transpose).
 * (Types of TensorFlow only: nothing is loaded here.)
 *
 * A layer whose weights a stage freezes works as when predicting: no dropout, running statistics as they are.
 */
export interface Layers {
	/**
	 * Each field's embedding, side by side, then the numbers: `[rows, fields·width + numbers]`.
	 * Starts at N(0, 0.01²). Only the rows of the table that a batch uses are trained.
	 *
	 * The fields of the group "item" may be wider or narrower: with an `item` above 0 that is not `width` they have a table
	 * `TABLE/item` of their own and stand after the other fields: `[rows, others·width + items·item + numbers]`.
	 */
	embed(table: string, x: Inputs, width: number, widths?: ItemWidth): Tensor2D;
	/**
	 * Hidden layers: product, bias or batch normalisation, ReLU, dropout. He initialisation.
	 *
	 * Layer i has `NAME/i/w` `[from, to]` and `NAME/i/b` `[to]`, or with batch normalisation `NAME/i/norm/…` in place of the bias.
	 */
	mlp(name: string, x: Tensor2D, widths: readonly number[], hidden?: Hidden): Tensor2D;
	/** x·w + b, no activation: `[rows, width]`. Weights `NAME/w` `[from, width]`, N(0, 1/from), and `NAME/b` `[width]`, 0. */
	linear(name: string, x: Tensor2D, width: number): Tensor2D;
	/** One logit a row, `[rows]`: a `linear` of width 1, whose weights are `NAME/logit/w` and `NAME/logit/b`. */
	logit(name: string, x: Tensor2D): Tensor1D;
	/**
	 * Batch normalisation of each column (Ioffe & Szegedy 2015) as PyTorch's BatchNorm1d: ε 1e-5; training normalises by the
	 * batch's mean and variance (divided by rows) and moves the running ones by 0.1 (the variance divided by rows − 1);
	 * predicting normalises by the running ones. So does a batch of one row, which has no variance.
	 *
	 * Weights `NAME/scale` (starts at 1) and `NAME/shift` (0), states `NAME/mean` (0) and `NAME/variance` (1), all `[width]`.
	 */
	batchNorm(name: string, x: Tensor2D): Tensor2D;
	/**
	 * Layer normalisation along the last axis (Ba et al. 2016), ε 1e-5. Weights `NAME/scale` (starts at 1) and `NAME/shift` (0),
	 * both `[width]`.
	 */
	layerNorm<T extends Tensor<Rank.R2> | Tensor<Rank.R3>>(name: string, x: T): T;
	/**
	 * Scaled dot-product attention with several heads (Vaswani et al. 2017) of queries `[rows, q, d]` to keys `[rows, k, d′]`,
	 * which are the values too: `[rows, q, width]`. A masked key has weight 0; a row whose keys are all masked gives zeros.
	 *
	 * Weights `NAME/query` `[d, width]`, `NAME/key` and `NAME/value` `[d′, width]`, N(0, 1/from); head h has the columns
	 * h·width/heads and following. No biases and no projection of the output.
	 */
	attention(name: string, queries: Tensor3D, keys: Tensor3D, how: Attention): Tensor3D;
	/**
	 * Some networks of the same widths side by side on one input: `[rows, count, last width]`. Layers as in `mlp`.
	 *
	 * Layer 0 has `NAME/0/w` `[from, count·to]` and `NAME/0/b` `[count·to]`, expert j in the columns j·to and following; layer
	 * i > 0 has `NAME/i/w` `[count, from, to]` and `NAME/i/b` `[count·to]`. With batch normalisation `NAME/i/norm/…` as there.
	 */
	experts(name: string, x: Tensor2D, count: number, widths: readonly number[], hidden?: Hidden): Tensor3D;
	/** Softmax of a `linear`: positive shares of `count` experts that sum to 1, `[rows, count]`. */
	gate(name: string, x: Tensor2D, count: number): Tensor2D;
	/** Σⱼ gateⱼ·expertⱼ, `[rows, width]`. Several groups of experts share the gate's columns, in the order in which they stand. */
	mixture(gates: Tensor2D, ...experts: Tensor3D[]): Tensor2D;
	/**
	 * Adaptive information transfer (Xi et al., KDD 2021, Eq. 2–4): attention over a task's own vector and the one handed to
	 * it, both `[rows, width]`, each scored by its own query and key: z = Σ_u softmax_u(⟨Qu, Ku⟩/√width)·Vu.
	 *
	 * Weights `NAME/query`, `NAME/key`, `NAME/value`, each `[width, width]`, N(0, 1/width).
	 */
	transfer(name: string, own: Tensor2D, given: Tensor2D): Tensor2D;
	/** Numbers that no optimiser moves: zeros until they are set from outside (state `NAME`). */
	constant(name: string, shape: readonly number[]): Tensor;
}
