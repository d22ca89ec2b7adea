import { paired } from "../../metrics/comparison/paired";
import { verdicts } from "../../metrics/comparison/verdict";

/** Two models' chosen trials on the test part, paired by seed. */
export interface ModelComparison {
	a: string;
	b: string;
	/** Mean of a − b over the seeds, and its 95 % t-interval. */
	difference: number;
	low: number;
	high: number;
	/** After Holm over all pairs; null where there is no test. */
	p: number | null;
	/** The smallest true difference that such a test sees in 80 % of tries; NaN where there is no test. */
	detectable: number;
	/** "a is better", "b is better" or "no difference seen". */
	outcome: string;
	/** All of it in a line. */
	reason: string;
}

/** Compares every two models by a metric's values, one a seed and in the same order of seeds; those without values take no part. */
export function compareModels(
	tests: readonly { model: string; values: readonly number[] | undefined }[],
	better: 1 | -1,
): ModelComparison[] {
	const known = tests.flatMap(({ model, values }) => (values ? [{ model, values }] : []));
	const pairs = known.flatMap((a, i) => known.slice(i + 1).map((b) => ({ a, b, test: paired(a.values, b.values) })));
	const judged = verdicts(
		pairs.map(({ a, b, test }) => ({ a: a.model, b: b.model, better: better === 1 ? "higher" : "lower", test })),
	);
	return pairs.map(({ a, b, test }, i) => ({
		a: a.model,
		b: b.model,
		difference: test.mean,
		low: test.low,
		high: test.high,
		p: judged[i].p,
		detectable: test.detectable,
		outcome: judged[i].outcome,
		reason: judged[i].reason,
	}));
}
