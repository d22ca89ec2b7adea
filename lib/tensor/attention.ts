import type { GradSaveFunc, Tensor, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { product } from "./dense";
import { productOfEach } from "./experts";
import { tf } from "./native";

/** Scores of one piece, 4 MB: much larger ones are slower by far, as each takes memory that the system must clear first. */
const PIECE = 1 << 20;

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
	const split = (x: Tensor3D): Tensor4D => {
		const apart: Tensor4D = tf.reshape(x, [x.shape[0], x.shape[1], heads, width / heads]);
		return tf.transpose(apart, [0, 2, 1, 3]);
	};
	const merge = (x: Tensor4D): Tensor3D => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [x.shape[0], x.shape[2], width]);
	const scale = 1 / Math.sqrt(width / heads);
	return tf.customGrad((...given) => {
		const [q, k, v, save] = given as unknown as [Tensor3D, Tensor3D, Tensor3D, GradSaveFunc];
		const shares: Tensor4D[] = [];
		// Rows that have a key. (Where all are masked the softmax is of nothing but masked scores.)
		const alive: Tensor3D[] = mask ? [tf.reshape(tf.max(mask, 1), [rows, 1, 1])] : [];
		const pieces = starts.map((start) => {
			const [qs, ks, vs] = [q, k, v].map((x) => split(cut(x, start)));
			const share = sharesOf(tf.matMul(tf.mul(qs, scale), ks, false, true), mask && cut(mask, start));
			shares.push(share);
			return merge(tf.matMul(share, vs));
		});
		const value = alive.reduce((y, a) => tf.mul(y, a), join(pieces));
		save([q, k, v, value, ...shares, ...alive]);
		return {
			value,
			gradFunc: (dy: Tensor, saved: Tensor[]) => {
				const [q, k, v, y, ...more] = saved as [Tensor3D, Tensor3D, Tensor3D, Tensor3D, ...Tensor[]];
				const shares = more.slice(0, starts.length) as Tensor4D[];
				const g = (more.slice(starts.length) as Tensor3D[]).reduce((g, a) => tf.mul(g, a), dy as Tensor3D);
				const pieces = starts.map((start, i) =>
					tf.tidy(() => {
						const share = shares[i];
						const [qs, ks, vs, ys, gs] = [q, k, v, y, g].map((x) => split(cut(x, start)));
						// Softmax's Σ share·dShare over the keys is Σ y·dy over the width, which is the smaller sum.
						const mean = tf.sum(tf.mul(ys, gs), 3, true);
						const dScore = tf.mul(share, tf.sub(tf.matMul(gs, vs, false, true), mean));
						return [
							merge(tf.mul(tf.matMul(dScore, ks), scale)),
							merge(tf.mul(tf.matMul(dScore, qs, true, false), scale)),
							merge(tf.matMul(share, gs, true, false)),
						];
					}),
				);
				return [0, 1, 2].map((of) => join(pieces.map((piece) => piece[of])));
			},
		};
	})(q, k, v) as Tensor3D;
}

/** Each place times a matrix: `[rows, places, from] · [from, to]`. */
export function projected(x: Tensor3D, w: Tensor2D): Tensor3D {
	const [rows, places, from] = x.shape;
	return tf.reshape(product(tf.reshape(x, [-1, from]), w), [rows, places, w.shape[1]]);
}

/**
 * What `attend` gives for one projected query a row to projected keys and values, some three times as fast: as there are
 * many keys and one query, the matrices of keys and values are applied on the query's side,
 * ⟨q·Q, x·K⟩ = ⟨q·Q·Kᵀ, x⟩ and Σ share·(x·V) = (Σ share·x)·V, so no key is projected.
 *
 * @param query `[rows, 1, d]`
 * @param x what the keys and values are made of, `[rows, m, d′]`
 * @param own `[d, width]`
 * @param key `[d′, width]`
 * @param value `[d′, width]`
 * @returns `[rows, 1, width]`
 */
export function attendOnce(
	query: Tensor3D,
	x: Tensor3D,
	own: Tensor2D,
	key: Tensor2D,
	value: Tensor2D,
	heads: number,
	mask?: Tensor2D,
): Tensor3D {
	const [rows, , from] = x.shape;
	const width = own.shape[1];
	const size = width / heads;
	const byHead = (w: Tensor2D, axes: number[]): Tensor3D => tf.transpose(tf.reshape(w, [from, heads, size]), axes);
	// `attend` divides scores by √from, where heads of this size ask for √size.
	const q = tf.mul<Tensor3D>(tf.reshape(projected(query, own), [rows, heads, size]), Math.sqrt(from / size));
	const asked: Tensor3D = tf.reshape(productOfEach(q, byHead(key, [1, 2, 0])), [rows, heads, from]);
	const found = attend(asked, x, x, 1, mask);
	return tf.reshape(productOfEach(found, byHead(value, [1, 0, 2])), [rows, 1, width]);
}

/** Softmax over the keys that count: exp underflows to 0 for the others. */
function sharesOf(scores: Tensor4D, mask?: Tensor2D): Tensor4D {
	if (!mask) return tf.softmax(scores);
	const masked: Tensor4D = tf.reshape(tf.mul(tf.sub(mask, 1), 1e9), [mask.shape[0], 1, 1, mask.shape[1]]);
	return tf.softmax(tf.add<Tensor4D>(scores, masked));
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
