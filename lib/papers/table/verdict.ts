import { tQuantile } from "../../metrics/comparison/distributions";
import type { Summary } from "../../metrics/comparison/paired";
import type { Published } from "../published";

/** How ours stands to theirs. */
export type Verdict = "same-order" | "within" | "outside" | "not-comparable";

/** A verdict with its reason. */
export interface Judged {
	verdict: Verdict;
	reason: string;
}

/** A method less the one that it is compared with. */
export interface Difference {
	/** "ESMM − BASE". */
	names: string;
	/** What was drawn again: "5 paired seeds", or the users of one seed. */
	over: string;
	mean: number;
	/** 95 % interval; NaN where it is not known. */
	low: number;
	high: number;
	/** Two-sided, of no difference; null where there is no test, and `reason` says why. */
	p: number | null;
	/** The smallest true difference that such a test sees in 80 % of tries. */
	detectable: number;
	reason?: string;
}

/** A difference among those of its table. */
export interface Compared extends Difference {
	/** p after Holm over the table. */
	adjusted: number | null;
	/** How many tests the table makes. */
	tests: number;
}

/**
 * The verdict on a number that was computed on another log than the paper's. Absolute values cannot be compared, an order can.
 *
 * - A baseline, a difference without a test, a number that the paper does not print or that is lost: "not-comparable".
 * - p after Holm over the table above 0.05: no difference seen, so "not-comparable", with the interval and the smallest difference
 *   that could have been seen.
 * - Else "same-order" where the difference has the sign of the printed one, "outside" where it has the other. Where the paper
 *   prints the same number for both there is no order: "not-comparable".
 *
 * @param compared undefined for a baseline
 * @param baseline the paper's number for the method that it is compared with
 * @param printed false: no paper prints such a table, so nothing is said of it
 */
export function order(of: {
	compared: Compared | undefined;
	published: Published | null;
	baseline: Published | null;
	printed?: boolean;
}): Judged {
	const { compared, published, baseline, printed = true } = of;
	const none = (reason: string): Judged => ({ verdict: "not-comparable", reason });
	const own = printed ? "the absolute value belongs to another log than the paper's" : "no paper prints such a table";
	if (!compared) return none(`baseline; ${own}`);
	const ours = words(compared);
	if (compared.adjusted === null) return none(ours);
	const unseen = compared.adjusted > 0.05 ? "no difference seen: " : "";
	if (!printed) return none(`${unseen}${ours}`);
	if (!published || !baseline) return none(`${unseen}${ours}; the paper's number is unknown`);
	const theirs = published.value - baseline.value;
	const both = `${ours}; the paper prints ${signed(theirs)}`;
	if (unseen) return none(`${unseen}${both}`);
	if (theirs === 0) return none(`${both}, which is no order`);
	return Math.sign(compared.mean) === Math.sign(theirs)
		? { verdict: "same-order", reason: `same order: ${both}` }
		: { verdict: "outside", reason: `opposite order: ${both}` };
}

/**
 * The verdict on a number that was computed on the paper's own log: "within" where the printed value lies in our 95 % interval,
 * widened by theirs, else "outside".
 *
 * Ours is mean ± h with h = t₀.₉₇₅·std/√n over n seeds; h′ is the same of theirs, n′ the number of their runs. Both are means of
 * independent runs, so the printed value may lie √(h² + h′²) away. Where the paper prints a deviation but not over how many runs,
 * its number counts as one run: h′ = 1.96·std. Where it prints none, h′ = 0.
 *
 * "not-comparable" for a number that the paper does not print or that is lost, and with fewer than two seeds.
 */
export function hold(of: {
	label: string;
	ours: Summary;
	published: Published | null;
	runs?: number;
	compared?: Compared;
}): Judged {
	const { label, ours, published, runs, compared } = of;
	const also = compared ? `; ${words(compared)}` : "";
	const none = (reason: string): Judged => ({ verdict: "not-comparable", reason: `${label}: ${reason}${also}` });
	if (!published) return none("the paper's number is unknown");
	if (!Number.isFinite(ours.mean)) return none("the metric could not be computed for every seed");
	if (ours.n < 2) return none("one seed: how far another would be from it is unknown");
	const half = (ours.high - ours.low) / 2;
	const theirs = halfOf(published, runs);
	const [away, allowed] = [ours.mean - published.value, Math.hypot(half, theirs)];
	const within = Math.abs(away) <= allowed;
	const widened = theirs > 0 ? ` widened by the paper's ± ${theirs.toFixed(4)}` : "";
	const reason = `${label}: the printed ${published.value.toFixed(4)} is ${signed(-away)} from ours, ${ours.mean.toFixed(4)} ± ${half.toFixed(4)}${widened}: ${within ? "within" : "outside"} ± ${allowed.toFixed(4)}`;
	return { verdict: within ? "within" : "outside", reason: `${reason}${also}` };
}

function halfOf({ std = 0 }: Published, runs: number | undefined): number {
	if (runs === undefined || runs < 2) return 1.96 * std;
	return (tQuantile(0.975, runs - 1) * std) / Math.sqrt(runs);
}

/** "ESMM − BASE = +0.0200 [+0.0191, +0.0209] over 5 paired seeds, p < 0.0001 (…), smallest detectable 0.0009". */
function words({ names, over, mean, low, high, p, adjusted, tests, detectable, reason }: Compared): string {
	const value = `${names} = ${signed(mean)}`;
	if (p === null || adjusted === null) return `${value}, no comparison: ${reason ?? "no test"}`;
	const after = tests > 1 ? ` (${probability(adjusted).replace("= ", "")} after Holm over ${tests} comparisons)` : "";
	return `${value} [${signed(low)}, ${signed(high)}] over ${over}, p ${probability(p)}${after}, smallest detectable ${detectable.toFixed(4)}`;
}

const signed = (x: number): string =>
	Number.isFinite(x) ? `${x >= 0 ? "+" : "−"}${Math.abs(x).toFixed(4)}` : "unknown";
const probability = (p: number): string => (p < 0.0001 ? "< 0.0001" : `= ${p.toFixed(4)}`);
