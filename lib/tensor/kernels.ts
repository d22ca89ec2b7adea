import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";

/** Trainable weights or an optimiser's slot. Its value changes in place; nothing else in the engine does. */
export interface Variable {
	readonly shape: number[];
	/** The whole value. */
	read(): Tensor;
	/** Some rows of a table: `[ids, width]`. */
	rows(ids: Tensor1D): Tensor2D;
	assign(value: Tensor): void;
	/** Replaces rows; ids must be different from each other. */
	assignRows(ids: Tensor1D, rows: Tensor): void;
	/** Subtracts from rows; ids must be different from each other. */
	subtractRows(ids: Tensor1D, rows: Tensor): void;
	/** Frees the memory. */
	dispose(): void;
}

/** The numbers of one Adam step: learning rate and the powers β₁ᵗ and β₂ᵗ. */
export interface AdamStep {
	lr: number;
	power1: number;
	power2: number;
}

/**
 * What the engine needs from TensorFlow and tfjs does slowly or not at all. There are two sets: native kernels
 * (one code path for CPU and GPU) and plain tfjs for the pure-JS tier.
 */
export interface Kernels {
	matMul(a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean): Tensor2D;
	biasAdd(x: Tensor2D, bias: Tensor1D): Tensor2D;
	/** Gradient of a bias: the sum over rows. */
	biasAddGrad(dy: Tensor2D): Tensor1D;
	/** Gradient of ReLU, from its output y. */
	reluGrad(dy: Tensor2D, y: Tensor2D): Tensor2D;
	/** The different ids in order of first appearance, and for each id its place among them. */
	unique(ids: Tensor1D): [unique: Tensor1D, index: Tensor1D];
	/** Standard normal draws that depend on the key alone. */
	normal(shape: number[], key: readonly [number, number]): Tensor;
	/** Uniform draws in [0, 1) that depend on the key alone. */
	uniform(shape: number[], key: readonly [number, number]): Tensor;
	variable(init: Tensor): Variable;
	/** One step of dense Adam (Kingma & Ba 2015, Algorithm 1, with the ε of TensorFlow's kernel). */
	adam(value: Variable, m: Variable, v: Variable, step: AdamStep, gradient: Tensor): void;
}

/** Adam's constants, as in every paper here. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
