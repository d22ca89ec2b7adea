import { eventOf, IMPRESSION, type Prob, pCVR, spaceOf } from "../core/prob";
import { InputError, unknownName } from "../core/problem";
import { gaucWeights } from "./gauc";
import { topPercents } from "./topK";

/** A metric's name in its parts: `precision@0.1%(conversion|click)`, `gauc(click|impression;weight=uniform)`. */
interface Parts {
	/** "auc", "precision", "truth.rmse", … */
	kind: string;
	percent?: string;
	event: string;
	space: string;
	/** Of `;weight=…`. */
	weight?: string;
	/** Of `;rows=…`. */
	rows?: string;
}

interface Metric {
	/** +1 where more is better, −1 where less is; 0 for what is best at 1. */
	better: 1 | -1 | 0;
	/** The part of the name after `;` that it may have, and its values. */
	option?: { name: "weight" | "rows"; values: readonly string[] };
	/** What it is and how its standard error is taken. */
	text: (of: Parts) => string;
}

/** "P(conversion | click) over the rows with click = 1 (label conversion)". */
const over = ({ event, space }: Parts): string =>
	`${probability(`${event}|${space}`)} over ${space === IMPRESSION ? "all impressions" : `the rows with ${space} = 1`} (label ${event})`;

/** "P(conversion | click) against the true P(conversion | click) that the simulator knows, over all impressions, clicked or not". */
function against({ event, space, rows }: Parts): string {
	const prediction = space === "do(click)" ? pCVR : `${event}|${space}`;
	const which = rows === undefined ? "all impressions, clicked or not" : `${rows} impressions`;
	return `${probability(prediction)} against the true ${probability(`${event}|${space}`)} that the simulator knows, over ${which}`;
}

/** "P(conversion | click)". */
const probability = (prob: string): string => `P(${prob.replace("|", " | ")})`;

const ROWS = { name: "rows", values: ["unclicked", "clicked"] } as const;
const TIES = "ties count half (mid-ranks)";
const TOP =
	"ties at the cut enter with the expected share of the tied rows. Standard error: delta method with the cut estimated, rows independent; null where TP is 0";
const cut = ({ percent }: Parts) => `the ⌈${percent} % · n⌉ rows of the highest scores`;
const WEIGHTS: Readonly<Record<string, string>> = {
	impressions: "as many as the rows of the space (Zhu et al. 2017)",
	clicks: "as many as the clicked rows",
	uniform: "the same each (Wen et al. 2020, ESM²)",
};

const METRICS: Readonly<Record<string, Metric>> = {
	auc: {
		better: 1,
		text: (of) =>
			`AUC of ${over(of)}: the chance that a positive scores above a negative, ${TIES} (Mann and Whitney 1947). Standard error: DeLong et al. 1988, rows independent; no value without both classes.`,
	},
	gauc: {
		better: 1,
		option: { name: "weight", values: gaucWeights },
		text: (of) =>
			`GAUC of ${over(of)}: the mean AUC within users, ${TIES}, users without both classes left out (users covered are told), a user weighing ${WEIGHTS[of.weight ?? "impressions"]}. Standard error over users, users independent.`,
	},
	logloss: {
		better: -1,
		text: (of) =>
			`Log-loss of ${over(of)}: the mean of −t·log p − (1 − t)·log(1 − p) in nats, p held in [1e-7, 1 − 1e-7]. Standard error: that of a mean over independent rows.`,
	},
	rig: {
		better: 1,
		text: (of) =>
			`Relative information gain of ${over(of)}: 1 − log-loss / log-loss of the rate of the same rows; 0 for who knows that rate alone, 1 for who knows every label. Standard error: linearised ratio of means, rows independent; no value without both classes.`,
	},
	pcoc: {
		better: 0,
		text: (of) =>
			`PCOC of ${over(of)}: Σ predictions / Σ labels, 1 is unbiased, above 1 predicts too much. Standard error: linearised ratio of means, rows independent; no value without positives.`,
	},
	ece: {
		better: -1,
		text: (of) =>
			`Expected calibration error of ${over(of)}: Σ (n_b/n)·|mean prediction − rate| over 15 bins of equal size by prediction (rows that tie across a border share their positives evenly). Standard error from the spread of prediction − label within bins; noise alone makes the value above 0.`,
	},
	mce: {
		better: -1,
		text: (of) =>
			`Maximum calibration error of ${over(of)}: the largest |mean prediction − rate| of 15 bins of equal size by prediction (ties as in ece). Standard error: that of its bin; noise alone makes the value above 0.`,
	},
	above1: {
		better: -1,
		text: ({ event, space }) =>
			`Share of all impressions whose ${probability(`${event}|${space}`)} is above 1, as a quotient of two probabilities may be (DIVISION, Ma et al. 2018, §3.1); told where there are any. Standard error: that of a share of independent rows.`,
	},
	precision: {
		better: 1,
		text: (of) => `Precision of ${over(of)} when ${cut(of)} count as positive: TP / n_k; ${TOP} or n_k.`,
	},
	recall: { better: 1, text: (of) => `Recall of ${over(of)} when ${cut(of)} count as positive: TP / n₊; ${TOP}.` },
	f1: {
		better: 1,
		text: (of) => `F1 of ${over(of)} when ${cut(of)} count as positive: 2·TP / (n_k + n₊), 0 where TP is 0; ${TOP}.`,
	},
	"replay.cvr": {
		better: 1,
		text: () =>
			"Σ pctcvr / Σ pctr of the slates that a ranking by pCTCVR would show in a simulated A/B test, relative to a baseline's, minus 1; from the truth at the new positions. Standard error: over users, or over seeds.",
	},
	"replay.purchases": {
		better: 1,
		text: () =>
			"Σ pctcvr of the slates that a ranking by pCTCVR would show in a simulated A/B test, relative to a baseline's, minus 1; from the truth at the new positions. Standard error: over users, or over seeds.",
	},
	"truth.auc": {
		better: 1,
		text: (of) =>
			`Soft-label AUC of ${against(of)}: every pair of rows counts with the chance that the one is positive and the other negative, ${TIES}; the ceiling beside it is what the truth itself reaches. Standard error from the rows' influences.`,
	},
	"truth.rmse": {
		better: -1,
		option: ROWS,
		text: (of) => `Root mean squared error of ${against(of)}. Standard error over rows, through the slope of the root.`,
	},
	"truth.mae": {
		better: -1,
		option: ROWS,
		text: (of) => `Mean absolute error of ${against(of)}. Standard error: that of a mean over rows.`,
	},
	"truth.logrmse": {
		better: -1,
		text: (of) =>
			`Root mean squared error of the natural logarithm of ${against(of)}, both held at 1e-7 or above. Standard error over rows, through the slope of the root.`,
	},
	"truth.pcoc": {
		better: 0,
		option: ROWS,
		text: (of) =>
			`Σ predictions / Σ truth of ${against(of)}: 1 is unbiased, above 1 predicts too much. Standard error: linearised ratio of means over rows.`,
	},
	"truth.kl": {
		better: -1,
		text: (of) =>
			`Mean Kullback-Leibler divergence of ${against(of)}, in nats, predictions held in [1e-7, 1 − 1e-7]: the expected log-loss beyond the entropy of the truth. Standard error: that of a mean over rows.`,
	},
	"truth.spearman": {
		better: 1,
		text: (of) =>
			`Spearman's rank correlation of ${against(of)}, ties by mid-ranks. Standard error: (1 − ρ²)·√[(1 + ρ²/2)/(n − 3)] (Bonett and Wright 2000).`,
	},
};

/**
 * What is known of a metric, and the parts of its name.
 *
 * @throws InputError a name that `evaluate` never gives
 */
function metricOf(name: string): { metric: Metric; parts: Parts } {
	const found = /^([^@(]+)(?:@(\d+(?:\.\d+)?)%)?\(([^;]+?)(?:;([a-z]+)=([^;]*))?\)$/.exec(name);
	if (!found || !/^[^|]+\|[^|]+$/.test(found[3]))
		throw new InputError(`"${name}" is no metric: write it as "auc(conversion|impression)"`);
	const [, kind, percent, prob, option, value] = found;
	if (!Object.hasOwn(METRICS, kind)) throw unknownName("metric", kind, Object.keys(METRICS));
	const metric = METRICS[kind];
	const cuts = kind === "precision" || kind === "recall" || kind === "f1";
	if (cuts !== (percent !== undefined))
		throw new InputError(
			cuts
				? `"${name}" names no cut: write it as "${kind}@1%(${prob})"`
				: `"${name}" has no cut: write it as "${kind}(${prob})"`,
		);
	if (cuts && !topPercents.some((cut) => cut === Number(percent)))
		throw new InputError(`"${name}" is not computed: cuts are at ${topPercents.map((cut) => `${cut} %`).join(", ")}`);
	if (option !== undefined && option !== metric.option?.name)
		throw metric.option
			? unknownName(`part of "${name}"`, option, [metric.option.name])
			: new InputError(`"${name}" has no ;${option}=: write it as "${kind}(${prob})"`);
	if (option !== undefined && !metric.option?.values.includes(value))
		throw unknownName(`${option} of "${name}"`, value, metric.option?.values ?? []);
	const [event, space] = [eventOf(prob as Prob), spaceOf(prob as Prob)];
	return { metric, parts: { kind, event, space, percent, ...(option ? { [option]: value } : {}) } };
}

/**
 * What a metric is: over which rows, what becomes of ties, weights, its standard error and its source, in one or two sentences.
 *
 * @param name as `evaluate` gives it: `definitionOf("gauc(conversion|click;weight=uniform)")`
 * @throws InputError no such metric, with the nearest that there is
 */
export function definitionOf(name: string): string {
	const { metric, parts } = metricOf(name);
	return metric.text(parts);
}

/**
 * 1 for a metric of which more is better (auc, gauc, precision@…, rig, …), −1 where less is (logloss, ece, truth.rmse, …): what a sweep
 * chooses by.
 *
 * @throws InputError a metric that is best at 1, so better in neither direction (pcoc, truth.pcoc), or none at all
 */
export function betterIs(metric: string): 1 | -1 {
	const { better } = metricOf(metric).metric;
	if (better === 0)
		throw new InputError(`"${metric}" cannot choose: it is best at 1, so neither more nor less is better`);
	return better;
}
