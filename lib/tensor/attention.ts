import type { GradSaveFunc, Tensor, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { tf } from "./native";

/** Scores of one piece: larger ones are slower by far, as they no longer stay in the processor's cache. */
const PIECE = 1 << 19;

/**
 * Scaled dot-product attention with several heads (Vaswani et al. 2017, Eq. 1): head by head
 * softmax(Q·Kᵀ/√(width/heads))·V. Head h has the columns h·width/heads and following of all three.
 *
 * A masked key has weight 0 exactly, and a row whose keys are all masked gives zeros.
 *
 * @param q queries, `[rows, n, width]`
 * @param k keys, `[rows, m, width]`
 * @param v values, `[rows, m, width]`
 * @param mask 1 for keys that count, 0 for the others: `[rows, m]`
 * @returns `[rows, n, width]`
 */
export function attend(q: Tensor3D, k: Tensor3D, v: Tensor3D, heads: number, mask?: Tensor2D): Tensor3D {
	const [rows, queries, width] = q.shape;
	const keys = k.shape[1];
	const step = Math.max(1, Math.floor(PIECE / (heads * queries * keys)));
	const starts = Array.from({ length: Math.ceil(rows / step) }, (_, i) => i * step);
	const cut = <T extends Tensor>(x: T, start: number): T =>
		step >= rows ? x : tf.slice(x, start, Math.min(step, rows - start));
	const join = <T extends Tensor>(pieces: T[]): T => (pieces.length === 1 ? pieces[0] : tf.concat(pieces, 0));
	const split = (x: Tensor3D): Tensor4D =>
		tf.transpose(tf.reshape(x, [x.shape[0], x.shape[1], heads, width / heads]), [0, 2, 1, 3]);
	const merge = (x: Tensor4D): Tensor3D => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [x.shape[0], x.shape[2], width]);
	const scale = 1 / Math.sqrt(width / heads);

	return tf.customGrad((...given) => {
		const [q, k, v, save] = given as unknown as [Tensor3D, Tensor3D, Tensor3D, GradSaveFunc];
		const shares: Tensor4D[] = [];
		const value = join(
			starts.map((start) => {
				const [qs, ks, vs] = [q, k, v].map((x) => split(cut(x, start)));
				const part = mask && cut(mask, start);
				const share = sharesOf(tf.matMul(tf.mul(qs, scale), ks, false, true), part);
				shares.push(share);
				return merge(tf.matMul(share, vs));
			}),
		);
		save([q, k, v, ...shares]);
		return {
			value,
			gradFunc: (dy: Tensor, saved: Tensor[]) => {
				const [q, k, v, ...shares] = saved as [Tensor3D, Tensor3D, Tensor3D, ...Tensor4D[]];
				const pieces = starts.map((start, i) =>
					tf.tidy(() => {
						const share = shares[i];
						const [qs, ks, vs, g] = [q, k, v, dy as Tensor3D].map((x) => split(cut(x, start)));
						const dShare = tf.mul(share, tf.matMul(g, vs, false, true));
						const dScore = tf.sub(dShare, tf.mul(share, tf.sum(dShare, 3, true)));
						return [
							merge(tf.mul(tf.matMul(dScore, ks), scale)),
							merge(tf.mul(tf.matMul(dScore, qs, true, false), scale)),
							merge(tf.matMul(share, g, true, false)),
						];
					}),
				);
				return [0, 1, 2].map((of) => join(pieces.map((piece) => piece[of])));
			},
		};
	})(q, k, v) as Tensor3D;
}

/** Softmax over the keys that count; zeros for a row that has none. */
function sharesOf(scores: Tensor4D, mask?: Tensor2D): Tensor4D {
	if (!mask) return tf.softmax(scores);
	const counts = tf.reshape(mask, [mask.shape[0], 1, 1, mask.shape[1]]);
	// exp underflows to 0 for masked keys, unless all are masked: hence the product.
	return tf.mul(tf.softmax(tf.add(scores, tf.mul(tf.sub(counts, 1), 1e9))), tf.max(counts, 3, true));
}

/**
 * Attention of two vectors of a row to themselves: each is scored by its own query and key, and the two values are
 * mixed by the softmax of the two scores ⟨q, k⟩/√width. (AITM: Xi et al., KDD 2021, Eq. 2–4.)
 *
 * @param q the first vectors' queries, then the second ones': `[2·rows, width]`; keys and values alike
 * @returns `[rows, width]`
 */
export function transfer(q: Tensor2D, k: Tensor2D, v: Tensor2D): Tensor2D {
	const width = q.shape[1];
	const [first, second] = tf.split(tf.div(tf.sum(tf.mul(q, k), 1, true), Math.sqrt(width)), 2);
	const [a, b] = tf.split(v, 2);
	// The softmax of two scores is the sigmoid of their difference.
	return tf.add(a, tf.mul(tf.sub(b, a), tf.sigmoid(tf.sub(second, first))));
}
