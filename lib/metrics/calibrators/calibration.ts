import { derives, type Graph, paths } from "../../core/graph";
import { eventOf, IMPRESSION, type Prob, pCTCVR, pCTR, pCVR, spaceOf } from "../../core/prob";
import { InputError } from "../../core/problem";
import { type CalibrationMethod, type Calibrator, calibrate, fitCalibrator, remarksOn } from "./calibrator";

/** How a model's probabilities are calibrated, as plain JSON: a saved model keeps it. */
export interface Calibration {
	method: CalibrationMethod;
	/** The rows that the maps were fitted on: how many, and for each map the positives among those of its space. */
	fittedOn: { part: "valid"; rows: number; positives: Record<string, number> };
	/** Prob → its map. */
	maps: Record<string, Calibrator>;
	/** Prob → the two whose product it is, so that the identity holds between calibrated numbers too. */
	products: Record<string, readonly [string, string]>;
	/** What to know before one bids on the numbers. */
	remarks: string[];
}

/**
 * Fits one map for each probability, on the rows of its space: P(click | impression) on all impressions, P(conversion | click) on the
 * clicked ones, where alone its labels are seen.
 *
 * P(conversion | impression) gets no map: it is calibrated pCTR × calibrated pCVR, wherever the behaviour graph lets nothing convert
 * that was not clicked. A bidder uses all three (pCTR for a click's price, pCVR for a clicked user, their product for an impression),
 * and three numbers that contradict each other can be played against each other.
 *
 * Its limit: fitted on clicked rows, pCVR is right on average among clicked rows, not over the entire space; where clicks choose
 * rows by what the model does not see, the map moves the impressions without a click by as much as the clicked ones. The
 * product takes pCVR on impressions by their pCTR, so its mean is right only as far as both are right at each score. A simulated log
 * (600 000 rows of the preset demo, ESMM, Platt, test part) shows it: Σ pCVR / Σ truth over all impressions fell from 1.19 to 1.14 only,
 * while Σ pCVR / conversions on clicked rows was 1.02 ± 0.03 before and after; over all impressions that of pCTCVR fell from 1.14 to
 * 1.06. `evaluate` gives them as `truth.pcoc(…)` and `pcoc(…)`.
 *
 * @param scores Prob → what the model gives, one entry a row
 * @param events Event → 0/1 of the same rows
 * @throws InputError an event that the rows do not have, one class, NaN
 */
export function fitCalibration(
	method: CalibrationMethod,
	scores: Readonly<Record<string, Float32Array>>,
	events: Readonly<Record<string, Uint8Array>>,
	graph: Graph,
): Calibration {
	const probs = Object.keys(scores) as Prob[];
	const isProduct = clicksComeFirst(graph) && [pCTR, pCVR, pCTCVR].every((prob) => scores[prob]);
	const calibration: Calibration = {
		method,
		fittedOn: { part: "valid", rows: scores[probs[0]]?.length ?? 0, positives: {} },
		maps: {},
		products: isProduct ? { [pCTCVR]: [pCTR, pCVR] } : {},
		remarks: [],
	};
	for (const prob of probs) {
		if (calibration.products[prob]) continue;
		const map = named(prob, () => {
			const rows = inSpace(prob, scores[prob], events);
			return fitCalibrator(method, rows.scores, rows.labels);
		});
		calibration.maps[prob] = map;
		calibration.fittedOn.positives[prob] = map.positives;
		const remarks = [...remarksOn(map), ...remarksOnQuotients(map, scores[prob])];
		calibration.remarks.push(...remarks.map((remark) => `P(${prob}): ${remark}`));
	}
	return calibration;
}

/**
 * Calibrated probabilities of a model's.
 *
 * @throws InputError scores that are no probabilities, or a Prob without a map
 */
export function applyCalibration(
	{ maps, products }: Calibration,
	scores: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
	const calibrated: Record<string, Float32Array> = {};
	for (const prob of Object.keys(scores)) {
		if (products[prob]) continue;
		if (!maps[prob])
			throw new InputError(`P(${prob}) has no calibration: it has those of ${Object.keys(maps).join(", ")}`);
		calibrated[prob] = named(prob, () => calibrate(maps[prob], scores[prob]));
	}
	for (const [prob, [one, other]] of Object.entries(products))
		if (scores[prob]) calibrated[prob] = calibrated[one].map((p, row) => p * calibrated[other][row]);
	// In the order of the scores.
	return Object.fromEntries(Object.keys(scores).map((prob) => [prob, calibrated[prob]]));
}

/**
 * Whether P(conversion | impression) = P(click | impression) · P(conversion | click): every path to a conversion leads through a click,
 * or the graph has a tower for each and P(conversion | click) is their quotient.
 */
function clicksComeFirst(graph: Graph): boolean {
	const [click, conversion] = [eventOf(pCTR), eventOf(pCTCVR)];
	if (!derives(graph, pCVR)) return false;
	const without = Object.fromEntries(
		Object.entries(graph).map(([space, edges]) => [
			space,
			Object.fromEntries(Object.entries(edges).filter(([event]) => event !== click)),
		]),
	);
	return paths(without, IMPRESSION, conversion).length === 0 || paths(graph, click, conversion).length === 0;
}

function remarksOnQuotients({ kind }: Calibrator, scores: Float32Array): string[] {
	const above = scores.reduce((count, p) => count + +(p > 1), 0);
	if (above === 0 || kind === "isotonic") return [];
	return [
		`${above} of ${scores.length} scores are above 1, as quotients may be, and count as almost certain: isotonic takes them as they are`,
	];
}

/** The rows of a Prob's space, with the labels of its event. */
function inSpace(
	prob: Prob,
	scores: Float32Array,
	events: Readonly<Record<string, Uint8Array>>,
): { scores: Float32Array; labels: Uint8Array } {
	const [event, space] = [eventOf(prob), spaceOf(prob)];
	for (const name of [event, space])
		if (name !== IMPRESSION && !events[name])
			throw new InputError(`the log has no event "${name}": it has ${Object.keys(events).join(", ")}`);
	if (space === IMPRESSION) return { scores, labels: events[event] };
	const isIn = (_: number, row: number) => events[space][row] === 1;
	return { scores: scores.filter(isIn), labels: events[event].filter(isIn) };
}

/** Says which probability a problem is about. */
function named<T>(prob: string, work: () => T): T {
	try {
		return work();
	} catch (problem) {
		if (!(problem instanceof InputError)) throw problem;
		throw new InputError(`P(${prob}): ${problem.message}`);
	}
}
