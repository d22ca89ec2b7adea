import { type Prob, pCVR } from "../core/prob";
import { InputError } from "../core/problem";
import { onLabels } from "./onLabels";
import { onTruth } from "./onTruth";
import { roomFor } from "./room";
import type { Labelled, Scored } from "./scored";
import type { MetricValue } from "./value";

export { type Labelled, labelled, type Piece, type Scored } from "./scored";

/**
 * Every metric of every prediction column, by name; `definitionOf` tells what a name means.
 *
 * Of P(event | space), over the rows of the space and against the event's labels: `auc(conversion|click)`, `logloss(…)`, `pcoc(…)`,
 * `rig(…)`, `ece(…)`, `mce(…)`, and `precision@k%(…)`, `recall@k%(…)`, `f1@k%(…)` for k of 0.1, 0.6 and 1. Where scores exceed 1,
 * as DIVISION's may, `above1(…)` is their share among all rows. Where the log names users, `gauc(…)`, a user weighing as many as he
 * has rows in the space, `gauc(…;weight=uniform)` and `gauc(…;weight=clicks)`.
 *
 * Where the truth is known, over all impressions: `truth.auc(…)`, `truth.rmse(…)`, `truth.pcoc(…)`, `truth.kl(…)`, `truth.mae(…)`,
 * `truth.logrmse(…)`, `truth.spearman(…)`; and rmse, mae and pcoc over some of them as `truth.rmse(…;rows=unclicked)` and
 * `truth.rmse(…;rows=clicked)`. `truth.*(conversion|do(click))` judges pCVR against P(conversion | do(click)).
 *
 * Standard errors take rows as independent: rows of one user or one request are not quite, so they are a little small.
 *
 * @param predictions a column per Prob, one entry a row of `rows`
 * @throws InputError a Prob whose event or space the rows do not have; columns of unequal length; scores that are NaN or infinite, counted
 */
export function evaluate(
	predictions: Readonly<Record<string, Float32Array>>,
	rows: Labelled,
): Record<string, MetricValue> {
	const probs = Object.keys(predictions);
	mustBeAsLong(predictions, rows);
	return evaluateScored({
		rows: Math.max(0, ...Object.values(predictions).map((column) => column.length)),
		probs,
		events: Object.keys(rows.events),
		truths: Object.keys(rows.truth),
		...(rows.user ? { users: rows.user.reduce((most, user) => Math.max(most, user + 1), 0) } : {}),
		pieces: (prob) => [{ scores: predictions[prob], ...rows }],
	});
}

/**
 * The same metrics, to the last bit, of predictions that need not lie in memory: beside what `pieces` holds, 9 bytes a
 * row, 16 where the truth is known; where users are, 4 more a row and 12 a user.
 *
 * @throws InputError as `evaluate`
 */
export function evaluateScored(of: Scored): Record<string, MetricValue> {
	const judged = (prob: string) =>
		[prob, ...(prob === pCVR ? ["conversion|do(click)"] : [])].filter((name) => of.truths.includes(name));
	const room = roomFor(of.rows, of.probs.flatMap(judged).length > 0, of.users !== undefined);
	const metrics: Record<string, MetricValue> = {};
	for (const name of of.probs) {
		const prob = name as Prob;
		Object.assign(metrics, onLabels(prob, of, room));
		for (const truth of judged(prob)) Object.assign(metrics, onTruth(truth, prob, of, room));
	}
	return metrics;
}

function mustBeAsLong(predictions: Readonly<Record<string, Float32Array>>, rows: Labelled): void {
	const columns: [string, number][] = [
		...Object.entries(rows.events).map(([event, { length }]): [string, number] => [`event ${event}`, length]),
		...Object.entries(rows.truth).map(([prob, { length }]): [string, number] => [`truth of P(${prob})`, length]),
		...(rows.user ? [["user", rows.user.length] as [string, number]] : []),
	];
	for (const [prob, { length }] of Object.entries(predictions))
		for (const [name, rows] of columns)
			if (rows !== length)
				throw new InputError(`${length} scores of P(${prob}), but ${rows} rows of ${name}: give one score a row`);
}
