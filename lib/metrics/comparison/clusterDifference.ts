import { detectableShift, tQuantile, tTwoSided } from "./distributions";

/** A metric of a minus the same metric of b on the same rows, when rows of a user may depend on each other. */
export interface ClusterDifference {
	/** The metric of a and of b; null when it cannot be computed. */
	a: number | null;
	b: number | null;
	/** a − b; null when either is. */
	difference: number | null;
	/** Standard error of the difference over users; null when it cannot be estimated. */
	se: number | null;
	/** 95 % interval of the difference; NaN without a standard error. */
	low: number;
	high: number;
	/** Two-sided, of "no difference"; below 0.05 just when the interval leaves out 0. Null without a standard error. */
	p: number | null;
	/** The smallest true difference that such a test sees in 80 % of tries; NaN without a standard error. */
	detectable: number;
	rows: number;
	/** Users, and rows without one. */
	clusters: number;
	/** As how many users of the same size those count that the metric rests on (`effectiveNumber`); degrees of freedom are one less. */
	effective: number;
	/** Why there is no p-value. */
	reason?: string;
}

/** What is compared, before its standard error is known. */
export type Values = Pick<ClusterDifference, "a" | "b" | "rows" | "clusters" | "effective">;

/**
 * Interval and test from a standard error over users: difference ± t₀.₉₇₅·se with `effective` − 1 degrees of freedom.
 *
 * Users differ in size, and the few large ones carry the standard error: with one degree of freedom for each user, the interval of
 * few or uneven users is too narrow. With many they are the same.
 */
export function fromError(values: Values, se: number): ClusterDifference {
	const { a, b, effective } = values;
	if (a === null || b === null) return untested(values, "a class is absent: the metric has no value");
	if (effective < 2) return untested(values, "the metric rests on fewer than two users' worth of rows: no test");
	if (!(se > 8 * Number.EPSILON * Math.max(Math.abs(a), Math.abs(b))))
		return untested(values, "the difference is the same whichever users are drawn: no test");
	const [difference, degrees] = [a - b, effective - 1];
	const half = tQuantile(0.975, degrees) * se;
	const interval = { low: difference - half, high: difference + half };
	const p = tTwoSided(difference / se, degrees);
	return { ...values, difference, se, ...interval, p, detectable: detectableShift(Math.floor(degrees)) * se };
}

/** A difference that cannot be tested, with the reason. */
export function untested(values: Values, reason: string): ClusterDifference {
	const difference = values.a === null || values.b === null ? null : values.a - values.b;
	const unknown = { se: null, low: Number.NaN, high: Number.NaN, p: null, detectable: Number.NaN };
	return { ...values, difference, ...unknown, reason };
}
