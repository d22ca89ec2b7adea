import type { Prob } from "../core/prob";
import { eventOf, IMPRESSION, spaceOf } from "../core/prob";
import { InputError, unknownName } from "../core/problem";
import type { Column, Log } from "./log";

/** How large a log is and what happened in it. */
export interface LogCounts {
	impressions: number;
	/** Different users; null where the log has no user column. */
	users: number | null;
	/** Different items; null where the log has no item column. */
	items: number | null;
	/** Event → how often it happened. */
	events: Readonly<Record<string, number>>;
}

/** An edge of the behaviour graph, counted: P(event | space) as a rate of a log. */
export interface EdgeRate {
	prob: Prob;
	/** Rows of the space, and those among them where the event happened. */
	n: number;
	positives: number;
	/** positives / n, and its standard error with rows taken as independent; null where the space is empty. */
	rate: number | null;
	se: number | null;
}

/**
 * Counts a log: impressions, users, items, events. An id of 0 or below is absent and counts as none.
 *
 * @param item column of the item ("205" in Ali-CCP)
 * @throws InputError a user or item column that holds lists
 */
export function countsOfLog({ rows, schema, columns }: Log, item = "item"): LogCounts {
	const events = Object.entries(schema.events).map(([event, column]) => [event, sum(flags(columns[column], event))]);
	return {
		impressions: rows,
		users: schema.user === undefined ? null : distinct(columns[schema.user], schema.user),
		items: item in columns ? distinct(columns[item], item) : null,
		events: Object.fromEntries(events),
	};
}

/**
 * Counts edges of the behaviour graph in a log: of the rows of the space, those where the event happened too.
 *
 * @throws InputError an event that the log does not have
 */
export function edgeRates({ rows, schema, columns }: Log, probs: readonly Prob[]): EdgeRate[] {
	const column = (event: string) => {
		if (!(event in schema.events)) throw unknownName("event", event, Object.keys(schema.events));
		return flags(columns[schema.events[event]], event);
	};
	return probs.map((prob) => {
		const happened = column(eventOf(prob));
		const space = spaceOf(prob) === IMPRESSION ? undefined : column(spaceOf(prob));
		let positives = 0;
		for (let row = 0; row < rows; row++) if (happened[row] && (!space || space[row])) positives++;
		const n = space ? sum(space) : rows;
		const rate = positives / n;
		return {
			prob,
			n,
			positives,
			...(n === 0 ? { rate: null, se: null } : { rate, se: Math.sqrt((rate * (1 - rate)) / n) }),
		};
	});
}

/**
 * How many rows are left when one event after another is asked for: of ["click", "micro", "conversion"] the rows that were
 * clicked, those of them with a micro action, and those of these with a conversion. So each count is part of the one before.
 *
 * @throws InputError an event that the log does not have
 */
export function nestedCounts({ rows, schema, columns }: Log, events: readonly string[]): number[] {
	const left = new Uint8Array(rows).fill(1);
	return events.map((event) => {
		if (!(event in schema.events)) throw unknownName("event", event, Object.keys(schema.events));
		const happened = flags(columns[schema.events[event]], event);
		for (let row = 0; row < rows; row++) if (!happened[row]) left[row] = 0;
		return sum(left);
	});
}

type Flat = Exclude<Column, { offsets: Int32Array }>;

function flags(column: Column, name: string): Flat {
	if ("offsets" in column)
		throw new InputError(`column "${name}" holds lists where one value a row is needed: name another column`);
	return column;
}

function sum(values: Flat): number {
	let total = 0;
	for (let row = 0; row < values.length; row++) total += values[row];
	return total;
}

function distinct(column: Column, name: string): number {
	const seen = new Set<number>(flags(column, name));
	let known = 0;
	for (const id of seen) if (id > 0) known++;
	return known;
}
