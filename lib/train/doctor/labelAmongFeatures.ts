import { eventOf, IMPRESSION, type Prob, spaceOf } from "../../core/prob";
import { type Dataset, type Field, rowsIn } from "../../data/dataset";
import { fieldAuc } from "./fieldAuc";
import { type Finding, warning } from "./finding";
import { stratified } from "./sample";

/** An AUC of a single field from which on it is told. No feature that is known before the impression comes near. */
const TELLS_ALL = 0.99;
/** Least positives, and least negatives, among the rows that are ranked: fewer are ranked right by chance too easily. */
const LEAST = 20;
/**
 * A number, or an id of few values, is told from here on, where there are so many of both: a copy with noise. Ids of users or items are
 * not: one whose customers are alike may tell as much. The best fields of the simulator's logs stay below 0.9.
 */
const [TELLS_MUCH, MANY, FEW_VALUES] = [0.93, 50, 8];
/** Rows looked at for a probability: half of them are counted, the other half ranked. */
const MOST = { positives: 500, negatives: 1500 };
/** Before that, some of them: a field that ranks those no better than this is passed over.. */
const [SCREEN, PASSED_OVER] = [{ positives: 60, negatives: 60 }, 0.7];

/**
 * Fields that tell an event nearly perfectly: the label itself, a copy, be it with noise, or what is known only after it. A field's rates are counted
 * on half of a sample of training rows and judged on the other half (`fieldAuc`), so ids with few rows each raise no alarm.
 *
 * Every event of the log is looked at over all impressions, and each given probability over its own space: an id that is filled in at
 * the purchase tells conversions among clicks.
 *
 * @param probs what the model learns and predicts
 */
export function labelAmongFeatures(
	data: Pick<Dataset, "fields" | "events" | "split">,
	probs: readonly Prob[],
): Finding[] {
	const all = Object.keys(data.events).map((event): Prob => `${event}|${IMPRESSION}`);
	const found = new Map<string, Finding>();
	for (const prob of new Set([...probs, ...all])) {
		const happened = data.events[eventOf(prob)];
		const rows = stratified(rowsIn(data, data.split.train, spaceOf(prob)), happened, MOST);
		const few = halves(stratified(rows, happened, SCREEN), happened);
		const [counted, scored] = halves(rows, happened);
		const positives = rowsIn(data, scored, eventOf(prob)).length;
		const fewest = Math.min(positives, scored.length - positives);
		if (fewest < LEAST) continue;
		const limit = (field: Field) =>
			fewest >= MANY && (field.kind === "number" || (field.kind === "id" && field.size <= FEW_VALUES))
				? TELLS_MUCH
				: TELLS_ALL;
		for (const field of data.fields) {
			if (found.has(field.name) || (fieldAuc(field, happened, ...few) ?? 0) < PASSED_OVER) continue;
			const value = fieldAuc(field, happened, counted, scored);
			if (value === null || value < limit(field)) continue;
			found.set(
				field.name,
				warning(
					"label among the features",
					`field ${field.name}`,
					`alone tells P(${prob}) with AUC ${value.toFixed(4)} on ${scored.length} training rows that were not counted`,
					`where ${field.name} comes from: it is ${eventOf(prob)} itself, a copy with noise, or known only after it; leave it out of the features`,
				),
			);
		}
	}
	return [...found.values()];
}

/** Every second row of each class, so that both halves have both. */
function halves(rows: Int32Array, happened: ArrayLike<number>): [Int32Array, Int32Array] {
	const seen = [0, 0];
	const first = rows.map((row) => seen[happened[row]]++ % 2);
	return [rows.filter((_, i) => first[i] === 0), rows.filter((_, i) => first[i] === 1)];
}

/** The field that alone tells an event best on some rows, half of them counted and half ranked; undefined when none can be judged. */
export function bestField(
	data: Pick<Dataset, "fields" | "events">,
	prob: Prob,
	rows: Int32Array,
): { name: string; auc: number } | undefined {
	const happened = data.events[eventOf(prob)];
	const [counted, scored] = halves(rows, happened);
	let best: { name: string; auc: number } | undefined;
	for (const field of data.fields) {
		const value = fieldAuc(field, happened, counted, scored);
		if (value !== null && value > (best?.auc ?? 0)) best = { name: field.name, auc: value };
	}
	return best;
}
