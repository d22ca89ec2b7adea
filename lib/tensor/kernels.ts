import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";

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
	/** Frees the memory. */
	dispose(): void;
}

/** The numbers of one Adam step as scalars, made once for all weights: learning rate, β₁ᵗ, β₂ᵗ, β₁, β₂, ε. */
export interface AdamStep {
	lr: Scalar;
	power1: Scalar;
	power2: Scalar;
	beta1: Scalar;
	beta2: Scalar;
	epsilon: Scalar;
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
	/** Rows of x by their numbers, which are not checked: `[n, width]`. */
	gather(x: Tensor2D, index: Tensor1D): Tensor2D;
	/** Sums of the rows of each segment: rising numbers from 0, none left out. `[segments, width]`. */
	segmentSum(x: Tensor2D, segments: Tensor1D): Tensor2D;
	/** Standard normal draws that depend on the key alone. */
	normal(shape: number[], key: readonly [number, number]): Tensor;
	/** Uniform draws in [0, 1) that depend on the key alone. */
	uniform(shape: number[], key: readonly [number, number]): Tensor;
	/** A mask to drop units with: 0 with probability `rate` (to the nearest 2⁻¹⁶), else 1. Depends on the key alone. */
	keep(shape: number[], rate: number, key: Tensor1D): Tensor;
	/**
	 * Normalises each column by its mean and variance over the rows (divided by their number), then scales and shifts.
	 * `variance` is divided by rows − 1, for running statistics; `kept` is for the gradient.
	 */
	batchNorm(
		x: Tensor2D,
		scale: Tensor1D,
		shift: Tensor1D,
		epsilon: number,
	): { y: Tensor2D; mean: Tensor1D; variance: Tensor1D; kept: Tensor[] };
	/** Gradients of `batchNorm` in x, scale and shift. */
	batchNormGrad(
		dy: Tensor2D,
		x: Tensor2D,
		scale: Tensor1D,
		kept: Tensor[],
		epsilon: number,
	): [Tensor2D, Tensor1D, Tensor1D];
	variable(init: Tensor): Variable;
	/** One step of Adam as TensorFlow has it (Kingma & Ba 2015, end of section 2): value −= lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε̂). */
	adam(value: Variable, m: Variable, v: Variable, step: AdamStep, gradient: Tensor): void;
	/** One step of Adagrad (Duchi et al. 2011): sum += g², value −= lr·g/(√sum + ε). */
	adagrad(value: Variable, sum: Variable, lr: Scalar, epsilon: Scalar, gradient: Tensor): void;
	/** One step of gradient descent: value −= lr·g. */
	descend(value: Variable, lr: Scalar, gradient: Tensor): void;
}
