import { detectableShift, tQuantile, tTwoSided } from "./distributions";

/** A sample of one number per seed: mean, sample deviation (n − 1), and the 95 % t-interval of the mean. */
export interface Summary {
	mean: number;
	std: number;
	n: number;
	low: number;
	high: number;
}

/** Differences a − b of runs that share a seed, summarised, with the paired t-test of "no difference". */
export interface PairedSummary extends Summary {
	/** Two-sided, in [0, 1]; null when no test can be made, and `low` and `high` are then NaN: `reason` says why. */
	p: number | null;
	/** The smallest true difference that such a test sees in 80 % of tries (`detectable`); NaN when no test can be made. */
	detectable: number;
	reason?: string;
}

/**
 * Mean with its 95 % interval from Student's t; with one value the deviation is 0 and the interval unknown (NaN).
 *
 * @throws Error no values
 */
export function summary(values: readonly number[]): Summary {
	const n = values.length;
	if (n === 0) throw new Error("summary: no values");
	const mean = values.reduce((a, b) => a + b, 0) / n;
	const std = n > 1 ? Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1)) : 0;
	const half = n > 1 ? (tQuantile(0.975, n - 1) * std) / Math.sqrt(n) : Number.NaN;
	return { mean, std, n, low: mean - half, high: mean + half };
}

/**
 * Differences a − b of runs that share a seed, summarised and tested. The pairing takes out what a seed does to both.
 *
 * t = mean / (std / √n) with n − 1 degrees of freedom (Student 1908). There is no test (p null, with the reason) of one seed, of a
 * value that is no finite number, and of differences that are the same in every seed but for rounding: then the seeds vary nothing,
 * and how sure the difference is must come from the rows (`bootstrapDifference`).
 *
 * @throws Error no values, counts that differ
 */
export function paired(a: readonly number[], b: readonly number[]): PairedSummary {
	if (a.length !== b.length) throw new Error(`paired: ${a.length} and ${b.length} values`);
	const sample = summary(a.map((value, i) => value - b[i]));
	const { mean, std, n } = sample;
	const untested = (reason: string): PairedSummary => ({
		...sample,
		low: Number.NaN,
		high: Number.NaN,
		p: null,
		detectable: Number.NaN,
		reason,
	});
	const unknown = a.findIndex((value, i) => !Number.isFinite(value) || !Number.isFinite(b[i]));
	if (unknown >= 0) return untested(`the value of seed number ${unknown + 1} is not a finite number`);
	if (n === 1) return untested("one seed: no interval and no test");
	const largest = [...a, ...b].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
	if (std <= 4 * Number.EPSILON * largest)
		return untested("every seed gives the same difference: the seeds vary nothing that a test over them could weigh");
	return { ...sample, p: tTwoSided((mean / std) * Math.sqrt(n), n - 1), detectable: detectable(sample) };
}

/**
 * The smallest true difference that a paired t-test of n seeds sees in 80 % of tries at the 5 % level, two-sided, when differences
 * have this standard deviation: λ·std/√n with λ from the noncentral t (`detectableShift`).
 *
 * Before data, `std` is what earlier pairs of runs had, or is guessed; after data, the deviation of the differences themselves.
 *
 * @returns NaN below two seeds
 */
export function detectable({ std, n }: Pick<Summary, "std" | "n">): number {
	return n < 2 ? Number.NaN : (detectableShift(n - 1) * std) / Math.sqrt(n);
}
