import type { GradSaveFunc, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { type Algebra, LOG_CLAMP } from "../core/algebra";
import { tf } from "./native";

/** log(1 − eᴸ) with its derivative −1/expm1(−L) given by hand, zero where L was clamped. */
const log1mexp = (L: Tensor1D): Tensor1D =>
	tf.customGrad((...given) => {
		const [x, save] = given as unknown as [Tensor1D, GradSaveFunc];
		const clamped = tf.minimum(x, LOG_CLAMP);
		const near = tf.log(tf.neg(tf.expm1(clamped)));
		const far = tf.log1p(tf.neg(tf.exp(clamped)));
		save([x]);
		return {
			value: tf.where(tf.greater(clamped, -Math.LN2), near, far),
			gradFunc: (dy: Tensor, [x]: Tensor[]) => {
				const slope = tf.div(-1, tf.expm1(tf.neg(tf.minimum(x, LOG_CLAMP))));
				return [tf.mul(dy, tf.where(tf.lessEqual(x, LOG_CLAMP), slope, tf.zerosLike(x)))];
			},
		};
	})(L) as Tensor1D;

/** log(eᵃ + eᵇ) with the two shares as its derivatives. */
const logAddExp = (a: Tensor1D, b: Tensor1D): Tensor1D =>
	tf.customGrad((...given) => {
		const [x, y, save] = given as unknown as [Tensor1D, Tensor1D, GradSaveFunc];
		const gap = tf.sub(x, y);
		save([gap]);
		return {
			value: tf.add(tf.maximum(x, y), tf.log1p(tf.exp(tf.neg(tf.abs(gap))))),
			gradFunc: (dy: Tensor, [gap]: Tensor[]) => {
				const share = tf.sigmoid(gap);
				return [tf.mul(dy, share), tf.mul(dy, tf.sub(1, share))];
			},
		};
	})(a, b) as Tensor1D;

/** Columns of float32, one value a row, with gradients. The same formulas run on `numbers` and `duals` of core/algebra. */
export const tensors: Algebra<Tensor1D> = {
	constant: (value) => tf.scalar(value) as unknown as Tensor1D,
	add: (a, b) => tf.add(a, b),
	sub: (a, b) => tf.sub(a, b),
	mul: (a, b) => tf.mul(a, b),
	neg: (a) => tf.neg(a),
	logSigmoid: (s) => tf.neg(tf.softplus(tf.neg(s))),
	logAddExp,
	log1mexp,
	atMost: (a, bound) => tf.minimum(a, bound),
};
