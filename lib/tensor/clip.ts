import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "./native";

/**
 * Gradients scaled down together so that their global norm √Σ‖g‖² is at most `most` (Pascanu et al. 2013, Algorithm 1; as
 * PyTorch's clip_grad_norm_). A table's gradient is that of the rows which the batch used: the others' is zero.
 *
 * @param most 0 for no limit
 */
export function clipped<T extends { gradient: Tensor }>(trained: readonly T[], most: number): readonly T[] {
	if (most === 0 || trained.length === 0) return trained;
	const squares = trained.map(({ gradient }) => tf.sum(tf.square(gradient)));
	const norm = tf.sqrt(squares.reduce((a, b) => tf.add(a, b)));
	const scale = tf.div(most, tf.maximum(norm, most));
	return trained.map((one) => ({ ...one, gradient: tf.mul(one.gradient, scale) }));
}
