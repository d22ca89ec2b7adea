import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";

/** The features of the rows at hand, as layers read them. What is inside is the engine's business. */
export interface Inputs {
	/** How many rows there are. */
	readonly rows: number;
	/** Names of the features, in the order in which `embed` lays them side by side. */
	readonly fields: readonly string[];
}

/**
 * The words in which towers are written. Each layer has a name, and its weights belong to that name: the same
 * name used twice shares weights, another name has its own. (Types of TensorFlow only: nothing is loaded here.)
 */
export interface Layers {
	/**
	 * Each field's embedding, side by side, then the numbers: `[rows, fields·width + numbers]`.
	 * Starts at N(0, 0.01²). Only the rows of the table that a batch uses are trained.
	 */
	embed(table: string, x: Inputs, width: number): Tensor2D;
	/** Dense layers with ReLU, He initialisation, and dropout after each (none when predicting). */
	mlp(name: string, x: Tensor2D, widths: readonly number[], dropout?: number): Tensor2D;
	/** One logit a row, `[rows]`: a dense layer of width 1. */
	logit(name: string, x: Tensor2D): Tensor1D;
}
