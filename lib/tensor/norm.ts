import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { tf } from "./native";
import { kernels } from "./tier";

/** Added to variances before the root, as in PyTorch's BatchNorm1d and LayerNorm. */
export const NORM_EPSILON = 1e-5;

/** The mean and the variance of each unit over the rows of a batch. */
export interface Moments {
	/** `[width]` */
	mean: Tensor1D;
	/** Divided by rows − 1: `[width]`. */
	variance: Tensor1D;
}

/**
 * Batch normalisation by the batch's own statistics: (x − mean)/√(variance + 1e-5) · scale + shift, the variance divided
 * by the number of rows. (Ioffe & Szegedy 2015, Algorithm 1.) Gradients: one fused kernel.
 *
 * @param x `[rows, width]`
 * @param seen is told the batch's moments, for running statistics
 */
export function batchNorm(x: Tensor2D, scale: Tensor1D, shift: Tensor1D, seen: (moments: Moments) => void): Tensor2D {
	const k = kernels();
	return tf.customGrad((...given) => {
		const [x, scale, shift, save] = given as unknown as [Tensor2D, Tensor1D, Tensor1D, GradSaveFunc];
		const { y, mean, variance, kept } = k.batchNorm(x, scale, shift, NORM_EPSILON);
		seen({ mean, variance });
		save([x, scale, ...kept]);
		return {
			value: y,
			gradFunc: (dy: Tensor, saved: Tensor[]) => {
				const [x, scale, ...kept] = saved as [Tensor2D, Tensor1D, ...Tensor[]];
				return k.batchNormGrad(dy as Tensor2D, x, scale, kept, NORM_EPSILON);
			},
		};
	})(x, scale, shift) as Tensor2D;
}

/**
 * Batch normalisation by statistics that are given: (x − mean)/√(variance + 1e-5) · scale + shift.
 *
 * @param x `[rows, width]`
 */
export function normalizeBy(
	x: Tensor2D,
	{ mean, variance }: Moments,
	scale: Tensor1D,
	shift: Tensor1D,
	epsilon = NORM_EPSILON,
): Tensor2D {
	const slope = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
	return tf.add(tf.mul(x, slope), tf.sub(shift, tf.mul(mean, slope)));
}

/**
 * Layer normalisation: each row by its own mean and variance (divided by the width), then scale and shift.
 * (Ba et al. 2016.)
 *
 * @param x `[rows, width]`
 */
export function layerNorm(x: Tensor2D, scale: Tensor1D, shift: Tensor1D): Tensor2D {
	const k = kernels();
	return tf.customGrad((...given) => {
		const [x, scale, shift, save] = given as unknown as [Tensor2D, Tensor1D, Tensor1D, GradSaveFunc];
		const centred = tf.sub(x, tf.mean(x, 1, true));
		const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), NORM_EPSILON));
		const unit = tf.mul(centred, inverse);
		save([unit, inverse, scale]);
		return {
			value: tf.add(tf.mul(unit, scale), shift),
			gradFunc: (dy: Tensor, saved: Tensor[]) => {
				const [unit, inverse, scale] = saved as [Tensor2D, Tensor2D, Tensor1D];
				const g = tf.mul(dy, scale);
				const along = tf.mul(unit, tf.mean(tf.mul(g, unit), 1, true));
				const dx = tf.mul(inverse, tf.sub(tf.sub(g, tf.mean(g, 1, true)), along));
				return [dx, k.biasAddGrad(tf.mul(dy, unit) as Tensor2D), k.biasAddGrad(dy as Tensor2D)];
			},
		};
	})(x, scale, shift) as Tensor2D;
}
