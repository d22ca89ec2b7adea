import type { ClusterDifference } from "./clusterDifference";
import { holm } from "./holm";
import type { PairedSummary } from "./paired";

/** Two methods compared by one metric. */
export interface Comparison {
	/** The methods' names. */
	a: string;
	b: string;
	/** Which way the metric is good. A difference of PCOC is neither: which of two is nearer to 1 it does not say. */
	better: "higher" | "lower";
	/** Of `paired` seeds, or of `delong` or `bootstrapDifference` over the users of one seed. */
	test: PairedSummary | ClusterDifference;
}

/** What a comparison shows at the 5 % level. */
export type Outcome = "a is better" | "b is better" | "no difference seen";

/** A comparison judged among those of its table. */
export interface JudgedComparison {
	outcome: Outcome;
	/** After Holm over the table; null when there is no test. */
	p: number | null;
	/** One line: difference, 95 % interval, how many seeds or users, p before and after Holm, smallest detectable difference. */
	reason: string;
}

/**
 * Judges every comparison of a table. One is better when the p-value is at most 0.05 after Holm's adjustment over the table; without
 * a test, or above it, no difference is seen, which says that none as large as the smallest detectable one is likely, not that there
 * is none.
 *
 * @param table all that is compared for one claim: splitting it would undo the adjustment
 */
export function verdicts(table: readonly Comparison[]): JudgedComparison[] {
	const tests = table.filter(({ test }) => test.p !== null).length;
	return holm(table.map(({ test }) => test.p)).map((p, i) => {
		const { a, b, better, test } = table[i];
		const difference = "mean" in test ? test.mean : test.difference;
		const over = "mean" in test ? counted(test.n, "paired seed") : counted(test.clusters, "user");
		const outcome: Outcome =
			p === null || p > 0.05 || !difference
				? "no difference seen"
				: difference > 0 === (better === "higher")
					? "a is better"
					: "b is better";
		const value = `${a} − ${b} = ${difference === null ? "unknown" : signed(difference)}`;
		if (test.p === null || p === null)
			return { outcome, p, reason: `${outcome}: ${value} over ${over}; ${test.reason ?? "no test"}` };
		const interval = `[${signed(test.low)}, ${signed(test.high)}]`;
		const tested = `after Holm over ${counted(tests, "test")} ${short(p)}`;
		const probability = `p ${test.p < 0.0001 ? "" : "= "}${short(test.p)}, ${tested}`;
		const smallest = `smallest detectable ${test.detectable.toFixed(4)}`;
		return { outcome, p, reason: `${outcome}: ${value} ${interval} over ${over}, ${probability}; ${smallest}` };
	});
}

const signed = (x: number): string => `${x >= 0 ? "+" : "−"}${Math.abs(x).toFixed(4)}`;
const short = (p: number): string => (p < 0.0001 ? "< 0.0001" : p.toFixed(4));
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
