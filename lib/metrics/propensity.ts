import type { MetricValue } from "./value";

/** What a log of one policy says about another, and how much of the log counts for it. */
export interface OffPolicy {
	/** Mean of weight × reward: the unbiased estimate of the other policy's rate, with its standard error. */
	ips: MetricValue;
	/** Σ weight × reward / Σ weight: a little biased, steadier; standard error by linearisation. */
	snips: MetricValue;
	/** Mean weight, which is 1 in expectation where the propensities are right and cover all that the other policy does. */
	meanWeight: { value: number; se: number };
	/** (Σ weight)² / Σ weight²: how many rows of the other policy this log is worth (Kish). */
	effectiveSampleSize: number;
}

/**
 * Inverse-propensity estimates of a policy's rate from a log of another policy (Horvitz and Thompson 1952; self-normalised:
 * Swaminathan and Joachims, NeurIPS 2015). A row's weight is P(action | the policy in question) / P(action | the logging one).
 *
 * @param reward 0 or 1 a row, such as the click
 * @param logging probability in (0, 1] at which the log's policy took the action of the row
 * @param target the same of the policy in question; one number where it takes all alike, as a uniformly random one (1 / items)
 */
export function offPolicy(
	reward: ArrayLike<number>,
	logging: ArrayLike<number>,
	target: number | ArrayLike<number>,
): OffPolicy {
	const n = reward.length;
	const chance = typeof target === "number" ? () => target : (i: number) => target[i];
	if (logging.length !== n || (typeof target !== "number" && target.length !== n))
		throw new Error(`${n} rewards, but ${logging.length} propensities: one a row is needed`);
	if (n === 0) throw new Error("no rows: nothing can be estimated");
	const weight = Float64Array.from({ length: n }, (_, i) => {
		if (!(logging[i] > 0 && logging[i] <= 1))
			throw new Error(`the propensity of row ${i} is ${logging[i]}: it must be above 0 and at most 1`);
		return chance(i) / logging[i];
	});
	let [sum, squares, gain, positives] = [0, 0, 0, 0];
	for (let i = 0; i < n; i++) {
		sum += weight[i];
		squares += weight[i] ** 2;
		gain += weight[i] * reward[i];
		positives += reward[i];
	}
	const [mean, ips, snips] = [sum / n, gain / n, gain / sum];
	const seOf = (term: (i: number) => number) => {
		let total = 0;
		for (let i = 0; i < n; i++) total += term(i) ** 2;
		return n > 1 ? Math.sqrt(total / (n - 1) / n) : Number.NaN;
	};
	const value = (of: number, se: number): MetricValue => ({
		...{ value: of, se: Number.isFinite(se) ? se : null, space: "impression", n, positives },
	});
	return {
		ips: value(
			ips,
			seOf((i) => weight[i] * reward[i] - ips),
		),
		snips: value(snips, seOf((i) => weight[i] * (reward[i] - snips)) / mean),
		meanWeight: { value: mean, se: seOf((i) => weight[i] - mean) },
		effectiveSampleSize: sum ** 2 / squares,
	};
}
