import { eventOf, IMPRESSION, type Prob, spaceOf } from "../../core/prob";
import { type Dataset, rowsIn } from "../../data/dataset";
import { type Finding, percent, warning } from "./finding";

/** From so many on, none at all is no chance: of independent rows with 15 events expected, none happens once in three million times. */
const EXPECTED = 15;
/** Rows from which on an event that happened on all of them is told. */
const LEAST = 20;

/**
 * Labels that do not fit each other: an event that happens, but never with its space, one that happened on every row of it, and one
 * that the training rows have and the validation rows lack although some would be expected.
 */
export function labelCounts(data: Pick<Dataset, "events" | "split">, probs: readonly Prob[]): Finding[] {
	const { train, valid } = data.split;
	return probs.flatMap((prob) => {
		const [event, space] = [eventOf(prob), spaceOf(prob)];
		const known = (name: string) => name === IMPRESSION || data.events[name];
		if (!known(event) || !known(space)) return [];
		const within = rowsIn(data, train, space);
		const events = rowsIn(data, within, event).length;
		const anywhere = rowsIn(data, train, event).length;
		if (events === 0 && anywhere > 0)
			return [
				warning(
					"labels apart",
					`P(${prob})`,
					`has no positive: of ${anywhere} training rows with a ${event} and ${within.length} with a ${space}, none has both`,
					`which columns the schema names as ${event} and ${space}`,
				),
			];
		if (events === within.length && events >= LEAST)
			return [
				warning(
					"labels all alike",
					`P(${prob})`,
					`is 1 on all ${events} training rows${space === IMPRESSION ? "" : ` with a ${space}`}: nothing can be learnt of it`,
					`whether the log holds the rows with a ${event} alone, or the schema names another column as ${event}`,
				),
			];
		const rows = rowsIn(data, valid, space);
		const expected = (events / within.length) * rows.length;
		if (expected < EXPECTED || rowsIn(data, rows, event).length > 0) return [];
		return [
			warning(
				"labels missing",
				`P(${prob})`,
				`has no positive on ${rows.length} validation rows, where ${Math.round(expected)} would be expected (${percent(events / within.length)} of the training rows)`,
				"the split: whether the labels of its last days had time to come in",
			),
		];
	});
}
