/**
 * What only a simulated log allows: predictions against the true probability of every impression, clicked or not.
 * All sums run in float64.
 */
export interface Estimate {
	value: number;
	/** Standard error over rows. */
	se: number;
}

/**
 * AUC against soft labels: over pairs (i, j), i ≠ j, the share ranked rightly when i is positive with
 * probability c_i and j negative with probability 1 − c_j, ties half. With scores = truth it is the Bayes ceiling.
 *
 * In O(n log n): sort by score; for each tied block with C = Σc, B = Σ(1−c), S = Σc(1−c), the numerator gains
 * C·B_below + ½(C·B − S). The standard error is that of the two-sample U-statistic's row influences.
 *
 * @param scores float32, only their order counts
 * @param truth probabilities in [0, 1]
 * @param weight of each row, for a space that is itself known by probability (clicked rows: weight P(click))
 */
export function softAuc(scores: Float32Array, truth: ArrayLike<number>, weight?: ArrayLike<number>): Estimate {
	const n = scores.length;
	const order = ascending(scores);
	const w = (i: number) => (weight ? weight[i] : 1);
	let [positive, negative, self] = [0, 0, 0];
	for (let i = 0; i < n; i++) {
		const c = truth[i];
		positive += w(i) * c;
		negative += w(i) * (1 - c);
		self += w(i) * w(i) * c * (1 - c);
	}
	let [below, above, numerator, squares] = [0, positive, 0, 0];
	const blocks: { to: number; negativeBelow: number; positiveAbove: number }[] = [];
	for (let from = 0; from < n; ) {
		const score = scores[order[from]];
		let [C, B, S, to] = [0, 0, 0, from];
		for (; to < n && scores[order[to]] === score; to++) {
			const i = order[to];
			C += w(i) * truth[i];
			B += w(i) * (1 - truth[i]);
			S += w(i) * w(i) * truth[i] * (1 - truth[i]);
		}
		numerator += C * below + (C * B - S) / 2;
		blocks.push({ to, negativeBelow: (below + B / 2) / negative, positiveAbove: (above - C / 2) / positive });
		below += B;
		above -= C;
		from = to;
	}
	const value = numerator / (positive * negative - self);
	let row = 0;
	for (const { to, negativeBelow, positiveAbove } of blocks)
		for (; row < to; row++) {
			const i = order[row];
			const influence =
				((w(i) * truth[i]) / positive) * (negativeBelow - value) +
				((w(i) * (1 - truth[i])) / negative) * (positiveAbove - value);
			squares += influence * influence;
		}
	return { value, se: Math.sqrt(squares) };
}

/** Root mean squared error of predicted against true probabilities. */
export function rmse(predicted: ArrayLike<number>, truth: ArrayLike<number>): Estimate {
	const { mean, se } = meanOf(predicted.length, (i) => (predicted[i] - truth[i]) ** 2);
	const value = Math.sqrt(mean);
	return { value, se: value > 0 ? se / (2 * value) : 0 };
}

/** Σ predicted / Σ true: 1 is unbiased, above 1 over-estimates. */
export function pcoc(predicted: ArrayLike<number>, truth: ArrayLike<number>): Estimate {
	const n = predicted.length;
	const bottom = meanOf(n, (i) => truth[i]).mean;
	const value = meanOf(n, (i) => predicted[i]).mean / bottom;
	return { value, se: meanOf(n, (i) => (predicted[i] - value * truth[i]) / bottom).se };
}

/** Mean Kullback-Leibler divergence of predicted from true probabilities, in nats: the log-loss beyond the entropy. */
export function kl(predicted: ArrayLike<number>, truth: ArrayLike<number>): Estimate {
	const { mean, se } = meanOf(predicted.length, (i) => {
		const p = Math.min(Math.max(predicted[i], 1e-7), 1 - 1e-7);
		const c = truth[i];
		return (c > 0 ? c * Math.log(c / p) : 0) + (c < 1 ? (1 - c) * Math.log((1 - c) / (1 - p)) : 0);
	});
	return { value: mean, se };
}

/** Mean of a value over n rows with its standard error. */
export function meanOf(n: number, value: (row: number) => number): { mean: number; se: number } {
	let [mean, squares] = [0, 0];
	for (let i = 0; i < n; i++) {
		const v = value(i);
		const step = v - mean;
		mean += step / (i + 1);
		squares += step * (v - mean);
	}
	return { mean, se: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0 };
}

/** Row numbers by rising score. A float32's bits, made to sort as numbers do, and the row share one 64-bit key. */
export function ascending(scores: Float32Array): Uint32Array {
	const n = scores.length;
	const keys = new BigUint64Array(n);
	const halves = new Uint32Array(keys.buffer);
	const bits = new Uint32Array(scores.buffer, scores.byteOffset, n);
	for (let i = 0; i < n; i++) {
		if (Number.isNaN(scores[i])) throw new Error(`the score of row ${i} is NaN`);
		const b = scores[i] === 0 ? 0 : bits[i];
		halves[2 * i] = i;
		halves[2 * i + 1] = b & 0x80000000 ? ~b : b | 0x80000000;
	}
	keys.sort();
	const order = new Uint32Array(n);
	for (let i = 0; i < n; i++) order[i] = halves[2 * i];
	return order;
}
