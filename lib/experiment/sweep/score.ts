import { type Summary, summary } from "../../metrics/comparison/paired";
import type { MetricValue } from "../../metrics/value";

/** A metric over the seeds of a trial. */
export interface Score extends Omit<Summary, "mean" | "std"> {
	name: string;
	/** Null where it could not be computed on every seed; then `reason` says why. */
	mean: number | null;
	std: number | null;
	reason?: string;
}

/** The metric of that name in results' metrics, one result a seed: mean, deviation and 95 % t-interval of the mean. */
export function scoreOf(name: string, seeds: readonly Readonly<Record<string, MetricValue>>[]): Score {
	const values = seeds.map((metrics) => metrics[name]);
	const without = values.find((metric) => (metric?.value ?? null) === null);
	if (values.length > 0 && values.every((metric) => (metric?.value ?? null) !== null))
		return { name, ...summary(values.map(({ value }) => value as number)) };
	const reason = without?.reason ?? "it was not measured";
	return { name, mean: null, std: null, n: 0, low: Number.NaN, high: Number.NaN, reason };
}
