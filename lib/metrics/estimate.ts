/** A value with its standard error over rows. */
export interface Estimate {
	value: number;
	se: number;
}

/** Mean of a value over n rows with its standard error; in one pass, in float64 (Welford 1962). */
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
