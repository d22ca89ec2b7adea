import { type Summary, summary } from "../../metrics/comparison/paired";
import type { MetricValue } from "../../metrics/value";

/** A metric over the seeds of a trial. */
export interface Score extends Omit<Summary, "mean" | "std"> {
	name: string;
	/** Null where it could not be computed on every seed; then `reason` says why. */
	mean: number | null;
	std: number | null;
	reason?: string;
	/** Fewest and most positives that it rests on, over the seeds. */
	positives?: { least: number; most: number };
	/** Standard error of one seed's value, the largest of them. */
	se?: number;
}

/** The metric of that name in results' metrics, one result a seed: mean, deviation and 95 % t-interval of the mean. */
export function scoreOf(name: string, seeds: readonly Readonly<Record<string, MetricValue>>[]): Score {
	const values = seeds.map((metrics) => metrics[name]);
	const without = values.find((metric) => (metric?.value ?? null) === null);
	if (values.length > 0 && values.every((metric) => (metric?.value ?? null) !== null)) {
		const positives = values.map((metric) => metric.positives);
		const errors = values.flatMap(({ se }) => (se === null ? [] : [se]));
		return {
			name,
			...summary(values.map(({ value }) => value as number)),
			positives: { least: Math.min(...positives), most: Math.max(...positives) },
			...(errors.length > 0 ? { se: Math.max(...errors) } : {}),
		};
	}
	const reason = without?.reason ?? "it was not measured";
	return { name, mean: null, std: null, n: 0, low: Number.NaN, high: Number.NaN, reason };
}
