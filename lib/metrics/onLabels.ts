import { eventOf, IMPRESSION, type Prob, pCTR, spaceOf } from "../core/prob";
import { unknownName } from "../core/problem";
import { byClassInPlace } from "./byClass";
import { CALIBRATION_BINS, calibrationErrorsOf } from "./calibration";
import type { Estimate } from "./estimate";
import { type Gauc, type GaucWeight, gaucs, gaucWeights } from "./gauc";
import { logLosses } from "./logLosses";
import { countNotNumbers, type NotNumbers, notNumbersError } from "./notNumbers";
import { aucOf } from "./ranking";
import { firstRows, type Room } from "./room";
import type { Scored } from "./scored";
import { type TopK, topPercents, topsOf } from "./topK";
import { pcoc } from "./truth";
import type { MetricValue } from "./value";

/** The event that makes a row a clicked one. */
export const CLICK = eventOf(pCTR);

/** The metrics of one prediction column against the labels of its space. One sort serves all that rank or bin over the rows. */
export function onLabels(prob: Prob, of: Scored, room: Room): Record<string, MetricValue> {
	const [event, space] = [eventOf(prob), spaceOf(prob)];
	const { n, clicks, above } = gather(prob, of, room);
	const { scores, labels, user, scratch } = firstRows(room, n);
	const { loss, rig } = logLosses(scores, labels);
	const ratio = pcoc(scores, labels);
	const weights = of.users === undefined ? [] : gaucWeights.filter((weight) => weight !== "clicks" || clicks);
	const within = gaucs({ scores, labels, user }, weights, clicks, scratch[0]);
	const sorted = byClassInPlace(scores, labels, scratch[0]);
	const ranked = aucOf(sorted);
	const errors = calibrationErrorsOf(sorted, CALIBRATION_BINS);
	const { positives } = ranked;
	const about = { space, n, positives };
	const none =
		positives === 0 ? `no ${event} among the ${n} rows of the space` : `every one of the ${n} rows is a ${event}`;
	const value = ({ value, se }: Estimate): MetricValue => ({ value, se: n > 1 ? se : null, ...about });
	const missing = (reason: string): MetricValue => ({ value: null, se: null, ...about, reason });
	const within15 = (error: { value: number; se: number | null } | undefined): MetricValue =>
		error && errors ? { ...error, ...about, bins: errors.bins } : missing(none);
	return {
		[`auc(${prob})`]: ranked.value === null ? missing(none) : { value: ranked.value, se: ranked.se, ...about },
		...Object.fromEntries(weights.map((weight, i) => [gaucName(prob, weight), { space, ...judgedWithin(within[i]) }])),
		[`logloss(${prob})`]: n === 0 ? missing(none) : value(loss),
		[`pcoc(${prob})`]: positives === 0 ? missing(none) : value(ratio),
		[`rig(${prob})`]: rig ? value(rig) : missing(none),
		[`ece(${prob})`]: within15(errors?.ece),
		[`mce(${prob})`]: within15(errors?.mce),
		...atTop(prob, topsOf(sorted, topPercents), about, none),
		...(above > 0 ? { [`above1(${prob})`]: shareAbove1(above, of.rows) } : {}),
	};
}

/** The share of all rows, of the space or not, whose score is above 1, as a quotient of two probabilities may be. */
function shareAbove1(above: number, rows: number): MetricValue {
	const value = above / rows;
	const se = rows > 1 ? Math.sqrt((value * (1 - value)) / rows) : null;
	return { value, se, space: IMPRESSION, n: rows, positives: above };
}

/** Puts the rows of the space, their labels and users into the room, and counts the clicks of each user. */
function gather(prob: Prob, of: Scored, room: Room): { n: number; clicks: Uint32Array | undefined; above: number } {
	const [event, space] = [eventOf(prob), spaceOf(prob)];
	for (const name of [event, space])
		if (name !== IMPRESSION && !of.events.includes(name)) throw unknownName(`event of P(${prob})`, name, of.events);
	const clicks = of.users !== undefined && of.events.includes(CLICK) ? new Uint32Array(of.users) : undefined;
	const needed = new Set([event, space, ...(clicks ? [CLICK] : [])].filter((name) => name !== IMPRESSION));
	const bad: NotNumbers = { nan: 0, infinite: 0, first: -1 };
	let [n, from, above] = [0, 0, 0];
	for (const { scores, events, user } of of.pieces(prob, [...needed], [])) {
		countNotNumbers(bad, scores, from);
		from += scores.length;
		const happened = events[event];
		const inSpace = space === IMPRESSION ? undefined : events[space];
		for (let row = 0; row < scores.length; row++) {
			if (scores[row] > 1) above++;
			if (inSpace && inSpace[row] !== 1) continue;
			room.scores[n] = scores[row];
			room.labels[n] = happened[row];
			if (user) room.user[n] = user[row];
			if (user && user[row] >= 0 && clicks && events[CLICK][row] === 1) clicks[user[row]]++;
			n++;
		}
	}
	if (bad.first >= 0) throw notNumbersError(bad, from, true, prob);
	return { n, clicks, above };
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

function atTop(
	prob: Prob,
	tops: readonly TopK[],
	about: Pick<MetricValue, "space" | "n" | "positives">,
	none: string,
): Record<string, MetricValue> {
	const metrics: Record<string, MetricValue> = {};
	for (const [i, of] of tops.entries())
		for (const kind of ["precision", "recall", "f1"] as const) {
			const value: MetricValue = { ...of[kind], ...about, top: { rows: of.rows, hits: of.hits } };
			metrics[`${kind}@${topPercents[i]}%(${prob})`] = value.value === null ? { ...value, reason: none } : value;
		}
	return metrics;
}
