import type { GradSaveFunc, Tensor, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { tf } from "./native";

/**
 * Each expert's own matrix times its own input: x[:, j]·w[j].
 *
 * @param x `[rows, experts, from]`
 * @param w `[experts, from, to]`
 * @returns the experts' outputs side by side, `[rows, experts·to]`
 */
export function productOfEach(x: Tensor3D, w: Tensor3D): Tensor2D {
	const [rows, experts] = x.shape;
	const y = tf.matMul(tf.transpose<Tensor3D>(x, [1, 0, 2]), w);
	return tf.reshape(tf.transpose(y, [1, 0, 2]), [rows, experts * w.shape[2]]);
}

/**
 * The sum of the experts' outputs, each times its gate: Σⱼ gates[:, j]·experts[:, j].
 *
 * @param gates `[rows, experts]`
 * @param experts `[rows, experts, width]`
 * @returns `[rows, width]`
 */
export function mixture(gates: Tensor2D, experts: Tensor3D): Tensor2D {
	const [rows, count, width] = experts.shape;
	return tf.customGrad((...given) => {
		const [gates, experts, save] = given as unknown as [Tensor2D, Tensor3D, GradSaveFunc];
		const across = tf.reshape(gates, [rows, 1, count]) as Tensor3D;
		save([across, experts]);
		return {
			value: tf.reshape(tf.matMul(across, experts), [rows, width]),
			gradFunc: (dy: Tensor, saved: Tensor[]) => {
				const [across, experts] = saved as [Tensor3D, Tensor3D];
				const g = tf.reshape(dy, [rows, 1, width]) as Tensor3D;
				return [tf.reshape(tf.matMul(g, experts, false, true), [rows, count]), tf.matMul(across, g, true, false)];
			},
		};
	})(gates, experts) as Tensor2D;
}
