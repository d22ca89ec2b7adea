import { eventOf, IMPRESSION, type Prob } from "../core/prob";
import type { Estimate } from "./estimate";
import { countNotNumbers, type NotNumbers, notNumbersError } from "./notNumbers";
import { CLICK } from "./onLabels";
import { firstRows, type Room } from "./room";
import type { Scored } from "./scored";
import { splitErrors } from "./splitErrors";
import { kl, logRmse, mae, pcoc, rmse, softAucInPlace } from "./truth";
import type { MetricValue } from "./value";

/** The metrics of one prediction column against a truth, over all impressions and over clicked and un-clicked ones apart. */
export function onTruth(name: string, prob: Prob, of: Scored, room: Room): Record<string, MetricValue> {
	const withClicks = of.events.includes(CLICK) && eventOf(prob) !== CLICK;
	const bad: NotNumbers = { nan: 0, infinite: 0, first: -1 };
	let n = 0;
	for (const piece of of.pieces(prob, withClicks ? [CLICK] : [], [name])) {
		countNotNumbers(bad, piece.scores, n);
		room.scores.set(piece.scores, n);
		room.truth.set(piece.truth[name], n);
		if (withClicks) room.labels.set(piece.events[CLICK].subarray(0, piece.scores.length), n);
		n += piece.scores.length;
	}
	if (bad.first >= 0) throw notNumbersError(bad, n, true, prob);
	const { scores, truth, labels, scratch } = firstRows(room, n);
	const about = { space: IMPRESSION, n, positives: truth.reduce((a, b) => a + b, 0) };
	const sumsTo = (rows: number, sum: number) => `the truth of the ${rows} rows sums to ${sum}`;
	const value = (
		{ value, se }: Estimate,
		of: typeof about = about,
		reason = sumsTo(of.n, of.positives),
	): MetricValue =>
		of.n > 0 && Number.isFinite(value)
			? { value, se: of.n < 2 || Number.isNaN(se) ? null : se, ...of }
			: { value: null, se: null, ...of, reason };
	const [error, ratio, divergence] = [rmse(scores, truth), pcoc(scores, truth), kl(scores, truth)];
	const [absolute, logarithms] = [mae(scores, truth), logRmse(scores, truth)];
	// The labels lie where the sorts work, so clicks are needed no more after this.
	const split = withClicks ? splitErrors(scores, truth, labels) : undefined;
	const { ranked, ceiling, correlation } = softAucInPlace(scores, truth, scratch);
	const alike = n === 0 ? sumsTo(0, 0) : `the scores or the truth of the ${n} rows are all alike`;
	const metrics: Record<string, MetricValue> = {
		[`truth.auc(${name})`]: { ...value(ranked), ceiling },
		[`truth.rmse(${name})`]: value(error),
		[`truth.pcoc(${name})`]: value(ratio),
		[`truth.kl(${name})`]: value(divergence),
		[`truth.mae(${name})`]: value(absolute),
		[`truth.logrmse(${name})`]: value(logarithms),
		[`truth.spearman(${name})`]: value(correlation, about, alike),
	};
	if (!split) return metrics;
	for (const [rows, space] of [
		["unclicked", "unclicked"],
		["clicked", CLICK],
	] as const) {
		const { n, truth, ...errors } = split[rows];
		for (const [kind, estimate] of Object.entries(errors))
			metrics[`truth.${kind}(${name};rows=${rows})`] = value(estimate, { space, n, positives: truth });
	}
	return metrics;
}
