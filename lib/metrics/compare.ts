import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../core/root";

/** The part of jstat that is used here; the package brings no types. */
interface JStat {
	studentt: { inv(p: number, dof: number): number };
}

/** The p-quantile of Student's t. */
function tQuantile(p: number, dof: number): number {
	const { jStat } = createRequire(join(projectRoot(), "package.json"))("jstat") as { jStat: JStat };
	return jStat.studentt.inv(p, dof);
}

/** A sample of one number per seed: mean, sample deviation (n − 1), and the 95 % t-interval of the mean. */
export interface Summary {
	mean: number;
	std: number;
	n: number;
	low: number;
	high: number;
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

/** Differences a − b of runs that share a seed, summarised. The pairing takes out what a seed does to both. */
export function paired(a: readonly number[], b: readonly number[]): Summary {
	if (a.length !== b.length) throw new Error(`paired: ${a.length} and ${b.length} values`);
	return summary(a.map((value, i) => value - b[i]));
}

/**
 * The smallest true difference that a paired t-test of these differences would see in 80 % of tries at the 5 %
 * level: (t₀.₉₇₅ + t₀.₈) · std / √n, with n − 1 degrees of freedom (the usual approximation).
 */
export function detectable({ std, n }: Summary): number {
	if (n < 2) return Number.NaN;
	return ((tQuantile(0.975, n - 1) + tQuantile(0.8, n - 1)) * std) / Math.sqrt(n);
}
