import type { GradSaveFunc, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { type Algebra, LOG_CLAMP } from "../core/algebra";
import { tf } from "./native";

/** log σ(s) = −softplus(−s), with its derivative σ(−s) given by hand. */
const logSigmoid = (s: Tensor1D): Tensor1D =>
	tf.customGrad((...given) => {
		const [x, save] = given as unknown as [Tensor1D, GradSaveFunc];
		const minus = tf.neg(x);
		save([minus]);
		return {
			value: tf.neg(tf.softplus(minus)),
			gradFunc: (dy: Tensor, [minus]: Tensor[]) => [tf.mul(dy, tf.sigmoid(minus))],
		};
	})(s) as Tensor1D;

/** log(1 − eᴸ) of an L that was clamped, by the branch that keeps its digits. */
const clampedLog1mexp = (clamped: Tensor): Tensor => {
	const near = tf.log(tf.neg(tf.expm1(clamped)));
	const far = tf.log1p(tf.neg(tf.exp(clamped)));
	return tf.where(tf.greater(clamped, -Math.LN2), near, far);
};

/** Its derivative −1/expm1(−L), zero where L was clamped. */
const log1mexpSlope = (L: Tensor, clamped: Tensor): Tensor =>
	tf.where(tf.lessEqual(L, LOG_CLAMP), tf.neg(tf.reciprocal(tf.expm1(tf.neg(clamped)))), tf.zerosLike(L));

/** log(1 − eᴸ) with its derivative given by hand. */
const log1mexp = (L: Tensor1D): Tensor1D =>
	tf.customGrad((...given) => {
		const [x, save] = given as unknown as [Tensor1D, GradSaveFunc];
		const clamped = tf.minimum(x, LOG_CLAMP);
		save([x, clamped]);
		return {
			value: clampedLog1mexp(clamped),
			gradFunc: (dy: Tensor, [x, clamped]: Tensor[]) => [tf.mul(dy, log1mexpSlope(x, clamped))],
		};
	})(L) as Tensor1D;

/** `rowLoss` of core/loss in one piece: some 20 operations fewer a step than by the algebra, with its derivative given by hand. */
export const rowLoss = (label: Tensor1D, L: Tensor1D): Tensor1D =>
	tf.customGrad((...given) => {
		const [x, save] = given as unknown as [Tensor1D, GradSaveFunc];
		const clamped = tf.minimum(x, LOG_CLAMP);
		const rest = tf.sub(1, label);
		save([x, clamped, rest, label]);
		return {
			value: tf.neg(tf.add(tf.mul(label, x), tf.mul(rest, clampedLog1mexp(clamped)))),
			gradFunc: (dy: Tensor, [x, clamped, rest, label]: Tensor[]) => {
				const minus = tf.add(label, tf.mul(rest, log1mexpSlope(x, clamped)));
				return [tf.mul(tf.neg(dy), minus)];
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
	logSigmoid,
	logAddExp,
	log1mexp,
	atLeast: (a, bound) => tf.maximum(a, bound),
};
