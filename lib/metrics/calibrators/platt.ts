import { meanOf } from "../truth";
import { checkedCounts } from "./checkedScores";

/** Platt's map p ↦ σ(a·logit(p) + b), with the rows it was fitted on. */
export interface Platt {
	kind: "platt";
	a: number;
	b: number;
	n: number;
	positives: number;
}

/**
 * Log-odds of a float32 probability. 0 and 1, whose log-odds are infinite, count as halfway to their neighbours among the float32
 * numbers (2^-150 and 1 − 2^-25); above 1, where a quotient of two probabilities may lie, they go on by log p. So order is kept.
 */
export function logit(p: number): number {
	if (p >= 1) return LOGIT_OF_ONE + Math.log(p);
	const inside = p > 0 ? p : 2 ** -150;
	return Math.log(inside) - Math.log1p(-inside);
}

const LOGIT_OF_ONE = Math.log1p(-(2 ** -25)) + 25 * Math.LN2;

/** 1 / (1 + exp(−z)), without overflow. */
const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

/**
 * Fits Platt's map (Platt 1999, "Probabilistic outputs for support vector machines"), on the log-odds of the probabilities: it undoes
 * a shift, as after oversampling, and a slope, as of an over-confident model. Two numbers are learned, so a hundred positives do.
 *
 * Labels are smoothed to (N₊ + 1) / (N₊ + 2) and 1 / (N₋ + 2), so the map is finite where scores separate the classes; the loss is
 * minimised by Newton's method with backtracking (Lin, Lin & Weng 2007, "A note on Platt's probabilistic outputs", Algorithm 1), on
 * standardised log-odds. Where all scores are equal the slope stays 1.
 *
 * The map rises where `a` > 0: it keeps the order of scores, and AUC with it. Where a model ranks worse than chance it falls, and
 * `remarksOn` says so.
 *
 * @throws InputError scores that are no probabilities, one class
 */
export function fitPlatt(scores: Float32Array, labels: Uint8Array): Platt {
	const { n, positives } = checkedCounts(scores, labels);
	const high = (positives + 1) / (positives + 2);
	const low = 1 / (n - positives + 2);
	const z = Float64Array.from(scores, logit);
	const { mean } = meanOf(n, (row) => z[row]);
	const spread = Math.sqrt(meanOf(n, (row) => (z[row] - mean) ** 2).mean);
	if (!(spread > 1e-9 * (1 + Math.abs(mean)))) {
		const rate = (positives * high + (n - positives) * low) / n;
		return { kind: "platt", a: 1, b: logit(rate) - mean, n, positives };
	}
	for (let row = 0; row < n; row++) z[row] = (z[row] - mean) / spread;
	const { slope, shift } = newton(z, labels, [low, high], Math.log((positives + 1) / (n - positives + 1)));
	return { kind: "platt", a: slope / spread, b: shift - (slope * mean) / spread, n, positives };
}

/** Minimises Σ −t·log σ(s·z + h) − (1 − t)·log(1 − σ(s·z + h)) over slope s and shift h. */
function newton(
	z: Float64Array,
	labels: Uint8Array,
	targets: readonly [number, number],
	start: number,
): { slope: number; shift: number } {
	const lossAt = (slope: number, shift: number) => {
		let sum = 0;
		for (let row = 0; row < z.length; row++) {
			const [x, t] = [slope * z[row] + shift, targets[labels[row]]];
			sum += (x >= 0 ? (1 - t) * x : -t * x) + Math.log1p(Math.exp(-Math.abs(x)));
		}
		return sum;
	};
	let [slope, shift] = [0, start];
	let loss = lossAt(slope, shift);
	for (let iteration = 0; iteration < 100; iteration++) {
		// Gradient and Hessian; the little on its diagonal is Lin, Lin & Weng's, for scores that saturate.
		let [g1, g2, h11, h21, h22] = [0, 0, 1e-12, 0, 1e-12];
		for (let row = 0; row < z.length; row++) {
			const p = sigmoid(slope * z[row] + shift);
			const [error, curve] = [p - targets[labels[row]], p * (1 - p)];
			g1 += error * z[row];
			g2 += error;
			h11 += curve * z[row] * z[row];
			h21 += curve * z[row];
			h22 += curve;
		}
		const det = h11 * h22 - h21 * h21;
		const [d1, d2] = [-(h22 * g1 - h21 * g2) / det, -(h11 * g2 - h21 * g1) / det];
		const descent = g1 * d1 + g2 * d2;
		// So near the minimum the loss cannot tell steps apart, and one more whole step is exact to rounding.
		if (-descent <= 1e-12 * loss) return { slope: slope + d1, shift: shift + d2 };
		let step = 1;
		let next = lossAt(slope + d1, shift + d2);
		while (next >= loss + 1e-4 * step * descent && step > 1e-10) {
			step /= 2;
			next = lossAt(slope + step * d1, shift + step * d2);
		}
		if (step <= 1e-10) break;
		[slope, shift, loss] = [slope + step * d1, shift + step * d2, next];
	}
	return { slope, shift };
}

/** Platt's map of some scores. */
export const applyPlatt = ({ a, b }: Platt, scores: Float32Array): Float32Array =>
	scores.map((p) => sigmoid(a * logit(p) + b));
