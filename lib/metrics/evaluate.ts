import { eventOf, IMPRESSION, type Prob, pCVR, spaceOf } from "../core/prob";
import { unknownName } from "../core/problem";
import { auc } from "./ranking";
import { type Estimate, kl, meanOf, pcoc, rmse, softAuc } from "./truth";
import type { MetricValue } from "./value";

/** What metrics need to know of the rows at hand; every column has one entry a row. */
export interface Labelled {
	/** Event → 0/1. */
	readonly events: Readonly<Record<string, Uint8Array>>;
	/** Prob → true probability, where the log is simulated. */
	readonly truth: Readonly<Record<string, Float32Array>>;
}

/** Picks rows of labels and truths. */
export function labelled(of: Labelled, rows: Int32Array): Labelled {
	const pick = <A extends Uint8Array | Float32Array>(columns: Readonly<Record<string, A>>, make: (n: number) => A) =>
		Object.fromEntries(
			Object.entries(columns).map(([name, from]) => {
				const column = make(rows.length);
				for (let i = 0; i < rows.length; i++) column[i] = from[rows[i]];
				return [name, column];
			}),
		);
	return {
		events: pick(of.events, (n) => new Uint8Array(n)),
		truth: pick(of.truth, (n) => new Float32Array(n)),
	};
}

/**
 * Every metric of every prediction column, by name: `auc(conversion|click)`, `logloss(…)`, `pcoc(…)`, and where
 * the truth is known `truth.auc(…)`, `truth.rmse(…)`, `truth.pcoc(…)`, `truth.kl(…)` over all impressions.
 *
 * `auc`, `logloss` and `pcoc` of P(event | space) are taken over the rows of the space, against the event's
 * labels. `truth.*(conversion|do(click))` judges pCVR against P(conversion | do(click)).
 *
 * Standard errors take rows as independent: rows of one user or one request are not quite, so they are a little small.
 *
 * @param predictions a column per Prob, one entry a row of `rows`
 * @throws InputError a Prob whose event or space the rows do not have
 */
export function evaluate(
	predictions: Readonly<Record<string, Float32Array>>,
	rows: Labelled,
): Record<string, MetricValue> {
	const metrics: Record<string, MetricValue> = {};
	for (const [name, column] of Object.entries(predictions)) {
		const prob = name as Prob;
		Object.assign(metrics, onLabels(prob, column, rows));
		Object.assign(metrics, onTruth(prob, column, rows.truth[prob]));
		if (prob === pCVR)
			Object.assign(metrics, onTruth("conversion|do(click)", column, rows.truth["conversion|do(click)"]));
	}
	return metrics;
}

function onLabels(prob: Prob, column: Float32Array, { events }: Labelled): Record<string, MetricValue> {
	const [event, space] = [eventOf(prob), spaceOf(prob)];
	for (const name of [event, space])
		if (name !== IMPRESSION && !events[name]) throw unknownName(`event of P(${prob})`, name, Object.keys(events));
	const inSpace = space === IMPRESSION ? undefined : events[space];
	const keep = (_: number, row: number) => !inSpace || inSpace[row] === 1;
	const scores = column.filter(keep);
	const labels = events[event].filter(keep);
	const n = scores.length;
	const ranked = auc(scores, labels);
	const { positives } = ranked;
	const about = { space, n, positives };
	const none =
		positives === 0 ? `no ${event} among the ${n} rows of the space` : `every one of the ${n} rows is a ${event}`;
	const value = ({ value, se }: Estimate): MetricValue => ({ value, se, ...about });
	const missing = (reason: string): MetricValue => ({ value: null, se: null, ...about, reason });
	return {
		[`auc(${prob})`]: ranked.value === null ? missing(none) : { value: ranked.value, se: ranked.se, ...about },
		[`logloss(${prob})`]: n === 0 ? missing(none) : value(logLoss(scores, labels)),
		[`pcoc(${prob})`]: positives === 0 ? missing(none) : value(pcoc(scores, labels)),
	};
}

function onTruth(prob: string, column: Float32Array, truth: Float32Array | undefined): Record<string, MetricValue> {
	if (!truth) return {};
	const about = { space: IMPRESSION, n: column.length, positives: truth.reduce((a, b) => a + b, 0) };
	const value = ({ value, se }: Estimate): MetricValue =>
		Number.isFinite(value)
			? { value, se, ...about }
			: { value: null, se: null, ...about, reason: `the truth of the ${about.n} rows sums to ${about.positives}` };
	return {
		[`truth.auc(${prob})`]: { ...value(softAuc(column, truth)), ceiling: softAuc(truth, truth).value },
		[`truth.rmse(${prob})`]: value(rmse(column, truth)),
		[`truth.pcoc(${prob})`]: value(pcoc(column, truth)),
		[`truth.kl(${prob})`]: value(kl(column, truth)),
	};
}

/** Mean −t·log p − (1 − t)·log(1 − p), with p held in [1e-7, 1 − 1e-7]. */
function logLoss(scores: Float32Array, labels: Uint8Array): Estimate {
	const { mean, se } = meanOf(scores.length, (i) => {
		const p = Math.min(Math.max(scores[i], 1e-7), 1 - 1e-7);
		return labels[i] ? -Math.log(p) : -Math.log(1 - p);
	});
	return { value: mean, se };
}
