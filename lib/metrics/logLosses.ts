import type { Estimate } from "./estimate";

/**
 * Log-loss, the mean of −t·log p − (1 − t)·log(1 − p) with p held in [1e-7, 1 − 1e-7], and the relative information gain
 * RIG = 1 − log-loss / log-loss of the rows' own rate: 0 for who knows that rate alone, 1 for who knows every label. RIG's standard
 * error is that of a ratio of means (linearised), rows independent. It is null where a class is absent, as the rate then loses nothing.
 *
 * @param labels 0 or 1 a row
 */
export function logLosses(scores: Float32Array, labels: Uint8Array): { loss: Estimate; rig: Estimate | null } {
	const n = scores.length;
	let [mean, squares] = [0, 0];
	// Of the positives and of the negatives: rows, Σ loss, Σ loss².
	let [positives, up, upSquares, down, downSquares] = [0, 0, 0, 0, 0];
	for (let i = 0; i < n; i++) {
		const p = Math.min(Math.max(scores[i], 1e-7), 1 - 1e-7);
		const label = labels[i];
		const loss = label ? -Math.log(p) : -Math.log(1 - p);
		const step = loss - mean;
		mean += step / (i + 1);
		squares += step * (loss - mean);
		if (label) {
			positives++;
			up += loss;
			upSquares += loss * loss;
		} else {
			down += loss;
			downSquares += loss * loss;
		}
	}
	const loss = { value: mean, se: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0 };
	const negatives = n - positives;
	if (positives === 0 || negatives === 0) return { loss, rig: null };
	// What the rate alone loses on a positive and on a negative.
	const [priorUp, priorDown] = [-Math.log(positives / n), -Math.log(negatives / n)];
	const prior = (positives * priorUp + negatives * priorDown) / n;
	const ratio = mean / prior;
	const residual = (sum: number, squares: number, rows: number, prior: number) =>
		squares - 2 * ratio * prior * sum + rows * (ratio * prior) ** 2;
	const rest = residual(up, upSquares, positives, priorUp) + residual(down, downSquares, negatives, priorDown);
	return { loss, rig: { value: 1 - ratio, se: Math.sqrt(Math.max(0, rest) / (n - 1) / n) / prior } };
}
