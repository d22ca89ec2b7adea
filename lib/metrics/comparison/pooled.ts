import { detectableShift, tQuantile, tTwoSided } from "./distributions";
import { type PairedSummary, paired } from "./paired";

/** One comparison of a group: values of two methods on the same logs, in the same order. */
export interface PairedValues {
	a: readonly number[];
	b: readonly number[];
}

/** A paired comparison whose spread was estimated together with others'. */
export interface PooledSummary extends PairedSummary {
	/** Degrees of freedom of `std`: the logs of all comparisons of the group less one each; 0 where there is no test. */
	degrees: number;
}

/**
 * Paired comparisons on separate logs whose differences are taken to spread alike, as in a one-way analysis of variance: `std` is the
 * pooled s² = Σ (nᵢ − 1)sᵢ² / Σ (nᵢ − 1), each difference has the t-interval mean ± t·s/√n with Σ (nᵢ − 1) degrees of freedom, and its
 * p-value is of t = mean·√n/s (Fisher 1935). Three logs know little of their own spread; thirty of ten such comparisons know more.
 *
 * The logs of two comparisons must be others: with shared ones the degrees of freedom would be too many. A comparison with a value
 * that is no finite number stays untested, with its reason, and out of the pool; so does every one where nothing varies.
 *
 * @returns in the order given
 * @throws Error no values, counts that differ
 */
export function pooledPaired(group: readonly PairedValues[]): PooledSummary[] {
	const alone = group.map(({ a, b }) => paired(a, b));
	const isKnown = ({ mean }: PairedSummary) => Number.isFinite(mean);
	const known = alone.filter(isKnown);
	const degrees = known.reduce((sum, { n }) => sum + n - 1, 0);
	const squares = known.reduce((sum, { n, std }) => sum + (n - 1) * std * std, 0);
	const std = Math.sqrt(squares / Math.max(1, degrees));
	const largest = group.flatMap(({ a, b }) => [...a, ...b]).reduce((most, x) => Math.max(most, Math.abs(x) || 0), 0);
	const untested = degrees === 0 || std <= 4 * Number.EPSILON * largest;
	return alone.map((one): PooledSummary => {
		if (untested || !isKnown(one)) return { ...one, low: Number.NaN, high: Number.NaN, p: null, degrees: 0 };
		const { reason: _, ...rest } = one;
		return { ...rest, ...spread(one.mean, std / Math.sqrt(one.n), degrees), std, degrees };
	});
}

/** Interval, test and smallest detectable difference of a mean with a standard error of so many degrees of freedom. */
export function spread(
	mean: number,
	error: number,
	degrees: number,
): Pick<PooledSummary, "low" | "high" | "p" | "detectable"> {
	const half = tQuantile(0.975, degrees) * error;
	const p = tTwoSided(mean / error, degrees);
	return { low: mean - half, high: mean + half, p, detectable: detectableShift(degrees) * error };
}
