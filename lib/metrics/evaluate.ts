import { eventOf, IMPRESSION, type Prob, pCTR, pCVR, spaceOf } from "../core/prob";
import { unknownName } from "../core/problem";
import { type Gauc, type GaucWeight, gaucs, gaucWeights } from "./gauc";
import { aucInPlace } from "./ranking";
import { firstRows, type Room, roomFor } from "./room";
import { type Estimate, kl, meanOf, pcoc, rmse, softAucInPlace } from "./truth";
import type { MetricValue } from "./value";

const CLICK = eventOf(pCTR);

/** What metrics need to know of the rows at hand; every column has one entry a row. */
export interface Labelled {
	/** Event → 0/1. */
	readonly events: Readonly<Record<string, Uint8Array>>;
	/** Prob → true probability, where the log is simulated. */
	readonly truth: Readonly<Record<string, Float32Array>>;
	/** Number of the user, from 0, where the log names users; −1 for a row without one. */
	readonly user?: Int32Array;
}

/** Picks rows of labels and truths. */
export function labelled(of: Labelled, rows: Int32Array): Labelled {
	const picked = <A extends Uint8Array | Float32Array | Int32Array>(from: A, column: A): A => {
		for (let i = 0; i < rows.length; i++) column[i] = from[rows[i]];
		return column;
	};
	const pick = <A extends Uint8Array | Float32Array>(columns: Readonly<Record<string, A>>, make: (n: number) => A) =>
		Object.fromEntries(Object.entries(columns).map(([name, from]) => [name, picked(from, make(rows.length))]));
	return {
		events: pick(of.events, (n) => new Uint8Array(n)),
		truth: pick(of.truth, (n) => new Float32Array(n)),
		...(of.user ? { user: picked(of.user, new Int32Array(rows.length)) } : {}),
	};
}

/** Some rows, in order: one prediction column with the labels and truths that go with it. */
export interface Piece extends Labelled {
	readonly scores: Float32Array;
}

/** Predictions with labels and truths, wherever they lie; metrics read one prediction column after another. */
export interface Scored {
	readonly rows: number;
	/** What was predicted, and the names of the labels and truths that there are. */
	readonly probs: readonly string[];
	readonly events: readonly string[];
	readonly truths: readonly string[];
	/** How many users are numbered, where the log names users; every piece then has them. */
	readonly users?: number;
	/** The rows of one prediction column, in order, with at least the events and truths that are named. */
	pieces(prob: string, events: readonly string[], truths: readonly string[]): Iterable<Piece>;
}

/**
 * Every metric of every prediction column, by name: `auc(conversion|click)`, `logloss(…)`, `pcoc(…)`; where the log names
 * users `gauc(…)`, a user weighing as many as he has rows in the space, and `gauc(…;weight=uniform)`, `gauc(…;weight=clicks)`;
 * and where the truth is known `truth.auc(…)`, `truth.rmse(…)`, `truth.pcoc(…)`, `truth.kl(…)` over all impressions.
 *
 * `auc`, `gauc`, `logloss` and `pcoc` of P(event | space) are taken over the rows of the space, against the event's
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
	const probs = Object.keys(predictions);
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

function onLabels(prob: Prob, of: Scored, room: Room): Record<string, MetricValue> {
	const [event, space] = [eventOf(prob), spaceOf(prob)];
	for (const name of [event, space])
		if (name !== IMPRESSION && !of.events.includes(name)) throw unknownName(`event of P(${prob})`, name, of.events);
	const clicks = of.users !== undefined && of.events.includes(CLICK) ? new Uint32Array(of.users) : undefined;
	const needed = new Set([event, space, ...(clicks ? [CLICK] : [])].filter((name) => name !== IMPRESSION));
	let n = 0;
	for (const { scores, events, user } of of.pieces(prob, [...needed], [])) {
		const happened = events[event];
		const inSpace = space === IMPRESSION ? undefined : events[space];
		for (let row = 0; row < scores.length; row++) {
			if (inSpace && inSpace[row] !== 1) continue;
			room.scores[n] = scores[row];
			room.labels[n] = happened[row];
			if (user) room.user[n] = user[row];
			if (user && user[row] >= 0 && clicks && events[CLICK][row] === 1) clicks[user[row]]++;
			n++;
		}
	}
	const { scores, labels, user, scratch } = firstRows(room, n);
	const [loss, ratio] = [logLoss(scores, labels), pcoc(scores, labels)];
	const weights = of.users === undefined ? [] : gaucWeights.filter((weight) => weight !== "clicks" || clicks);
	const within = gaucs({ scores, labels, user }, weights, clicks, scratch[0]);
	const ranked = aucInPlace(scores, labels, scratch[0]);
	const { positives } = ranked;
	const about = { space, n, positives };
	const none =
		positives === 0 ? `no ${event} among the ${n} rows of the space` : `every one of the ${n} rows is a ${event}`;
	const value = ({ value, se }: Estimate): MetricValue => ({ value, se, ...about });
	const missing = (reason: string): MetricValue => ({ value: null, se: null, ...about, reason });
	return {
		[`auc(${prob})`]: ranked.value === null ? missing(none) : { value: ranked.value, se: ranked.se, ...about },
		...Object.fromEntries(weights.map((weight, i) => [gaucName(prob, weight), { space, ...judgedWithin(within[i]) }])),
		[`logloss(${prob})`]: n === 0 ? missing(none) : value(loss),
		[`pcoc(${prob})`]: positives === 0 ? missing(none) : value(ratio),
	};
}

/** `gauc(prob)` weighs users by their rows; another weight is told. */
const gaucName = (prob: Prob, weight: GaucWeight): string =>
	`gauc(${prob}${weight === "impressions" ? "" : `;weight=${weight}`})`;

const judgedWithin = (of: Gauc): Omit<MetricValue, "space"> => ({
	...of,
	...(of.value === null
		? {
				reason: `${of.users.covered} of ${of.users.all} users have both classes${of.users.covered > 0 ? ", and none of them a click" : ""}`,
			}
		: {}),
});

function onTruth(name: string, prob: Prob, of: Scored, room: Room): Record<string, MetricValue> {
	let n = 0;
	for (const piece of of.pieces(prob, [], [name])) {
		room.scores.set(piece.scores, n);
		room.truth.set(piece.truth[name], n);
		n += piece.scores.length;
	}
	const { scores, truth, scratch } = firstRows(room, n);
	const about = { space: IMPRESSION, n, positives: truth.reduce((a, b) => a + b, 0) };
	const value = ({ value, se }: Estimate): MetricValue =>
		n > 0 && Number.isFinite(value)
			? { value, se, ...about }
			: { value: null, se: null, ...about, reason: `the truth of the ${n} rows sums to ${about.positives}` };
	const [error, ratio, divergence] = [rmse(scores, truth), pcoc(scores, truth), kl(scores, truth)];
	const { ranked, ceiling } = softAucInPlace(scores, truth, scratch);
	return {
		[`truth.auc(${name})`]: { ...value(ranked), ceiling },
		[`truth.rmse(${name})`]: value(error),
		[`truth.pcoc(${name})`]: value(ratio),
		[`truth.kl(${name})`]: value(divergence),
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
