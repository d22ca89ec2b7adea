import type { Column, Log } from "../data/log";
import type { Schema } from "../data/schema";
import { DAY } from "./calendar";
import type { Exposure } from "./exposure";
import { observe } from "./features";
import { type Events, history } from "./history";
import type { Knobs } from "./presets";
import type { Simulated, World } from "./simulate";

/**
 * First day of the test part: the second half of the days, as in ESMM's split. The tables beside the log (random exposure,
 * replay) are of these days.
 */
export const testDay = ({ T }: Pick<Knobs, "T">): number => Math.round(T / 2);

/** The first second of the test part, or that of `freezeAt` where it is earlier: events from then on are not taken in. */
export function trainEnd(knobs: Knobs): number {
	const end = testDay(knobs) * DAY;
	return knobs.freezeAt > 0 ? Math.min(knobs.freezeAt * DAY, end) : end;
}

/** The columns of a simulated log that its history is made of; users and items from 0. */
export type Acted = Omit<Events, "looks">;

/** What happened in a log, read back from its columns. */
export function actedIn({ columns }: Simulated): Acted {
	const { request, time, user, item, conversionTime } = columns as Record<string, Int32Array>;
	const click = columns.click as Uint8Array;
	const fromZero = (ids: Int32Array) => ids.map((id) => id - 1);
	return {
		...{ request, time, click, user: fromZero(user), item: fromZero(item) },
		conversionTime: conversionTime.map((second, row) => (click[row] ? second : -1)),
	};
}

/** The features of rows beside a log: those of user, item and context, and the history that `events` gives its rows `at`. */
export function featuresBeside(
	knobs: Knobs,
	world: World,
	rows: Exposure,
	events: Events,
	frozen: number,
	at: (row: number) => number,
): Record<string, Column> {
	const { category, brand, shop } = world.items;
	const past = history(events, [category, brand, shop], { users: knobs.U, items: knobs.I }, frozen);
	const pick = (column: Float32Array) => new Float32Array(rows.item.length).map((_, row) => column[at(row)]);
	return {
		...observe(knobs, world, rows),
		...Object.fromEntries(Object.entries(past).map(([name, column]) => [name, pick(column)])),
	};
}

/** A log beside a simulated one, whose fingerprint is made of the other's and of what it is. */
export const logBeside = (
	of: Simulated,
	what: string,
	rows: number,
	schema: Schema,
	columns: Record<string, Column>,
	fingerprint: string,
): Log => ({ name: `${of.name}: ${what}`, rows, schema, columns, read: rows, dropped: [], fingerprint });
