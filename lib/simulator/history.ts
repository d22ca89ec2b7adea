import { DAY } from "./calendar";

/** What the time-safe counts are made of, one entry a row, rows in time order and those of a request together. */
export interface Events {
	request: Int32Array;
	time: Int32Array;
	user: Int32Array;
	item: Int32Array;
	click: Uint8Array;
	/** −1 without a conversion. */
	conversionTime: Int32Array;
	/** 1 for rows that only look: they see what their request sees, and nobody sees them. */
	looks?: Uint8Array;
}

/** Fields whose history with the user is counted. */
export const countedFields = ["Category", "Brand", "Shop"] as const;
const windows = ["1d", "7d", "All"] as const;
/** Weight of the global rate in an item's smoothed rate. */
const SMOOTHING = 20;

/**
 * Names of the counts, for example `userBrandClicks7d`, by field, then clicks and conversions, then window: one day, seven
 * days, everything.
 */
export const countColumns: string[] = countedFields.flatMap((field) =>
	["Clicks", "Conversions"].flatMap((event) => windows.map((window) => `user${field}${event}${window}`)),
);

/**
 * Counts and rates from events strictly before each request.
 *
 * An event counts from its own time, a delayed conversion from the conversion, not from its click. Rows of one request
 * never see each other; ties in time are in the order of requests. Counts are log(1 + n); item rates are
 * (a + 20·r) / (n + 20) with r the rate of all items so far (0 before any): clicks per impression, conversions per click.
 *
 * @param fieldOf category, brand and shop of each item, from 0
 * @param frozen from this second on, events are no longer taken in and the state stays as it was; 0: never
 * @returns the columns of `countColumns`, then `itemCtr` and `itemCvr`
 */
export function history(
	events: Events,
	fieldOf: Int32Array[],
	sizes: { users: number; items: number },
	frozen: number,
): Record<string, Float32Array> {
	const { request, time, item, click, conversionTime } = events;
	const N = time.length;
	const last = frozen > 0 ? frozen - 1 : Number.POSITIVE_INFINITY;
	const columns: Record<string, Float32Array> = {};
	for (const name of [...countColumns, "itemCtr", "itemCvr"]) columns[name] = new Float32Array(N);
	const counted = countColumns.map((name) => columns[name]);
	const { itemCtr, itemCvr } = columns;
	const logOf = Float32Array.from({ length: 4096 }, (_, n) => Math.log1p(n));

	// Clicked rows of a user, newest first: newest[user], then older[row].
	const newest = new Int32Array(sizes.users).fill(-1);
	const older = new Int32Array(N);
	const tallies = fieldOf.map((values) => makeTally(values));

	const shown = new Int32Array(sizes.items);
	const clicks = new Int32Array(sizes.items);
	const conversions = new Int32Array(sizes.items);
	const total = { shown: 0, clicks: 0, conversions: 0 };
	const arrivals = conversionOrder(conversionTime);
	let arrived = 0;

	for (let start = 0, end = 0; start < N; start = end) {
		const now = Math.min(time[start], last);
		while (end < N && request[end] === request[start]) end++;

		for (; arrived < arrivals.length; arrived++) {
			const row = arrivals[arrived];
			if (conversionTime[row] > now || row >= start) break;
			conversions[item[row]]++;
			total.conversions++;
		}
		for (const tally of tallies) tally.clear();
		for (let row = newest[events.user[start]]; row >= 0; row = older[row]) {
			const clickAge = now - time[row];
			const converted = conversionTime[row] >= 0 && conversionTime[row] <= now;
			const conversionAge = now - conversionTime[row];
			for (const tally of tallies) tally.add(item[row], clickAge, converted, conversionAge);
		}
		const ctr = total.shown > 0 ? total.clicks / total.shown : 0;
		const cvr = total.clicks > 0 ? total.conversions / total.clicks : 0;
		for (let row = start; row < end; row++) {
			const i = item[row];
			itemCtr[row] = (clicks[i] + SMOOTHING * ctr) / (shown[i] + SMOOTHING);
			itemCvr[row] = (conversions[i] + SMOOTHING * cvr) / (clicks[i] + SMOOTHING);
			for (let field = 0; field < tallies.length; field++)
				for (let slot = 0; slot < 6; slot++) {
					const n = tallies[field].count(i, slot);
					if (n > 0) counted[field * 6 + slot][row] = n < logOf.length ? logOf[n] : Math.log1p(n);
				}
		}
		if (time[start] > last) continue;
		for (let row = start; row < end; row++) {
			if (events.looks?.[row] === 1) continue;
			shown[item[row]]++;
			total.shown++;
			if (click[row] === 0) continue;
			clicks[item[row]]++;
			total.clicks++;
			older[row] = newest[events.user[row]];
			newest[events.user[row]] = row;
		}
	}
	return columns;
}

/** Rows with a conversion, by its time, then by row. */
function conversionOrder(conversionTime: Int32Array): Int32Array {
	const rows: number[] = [];
	for (let row = 0; row < conversionTime.length; row++) if (conversionTime[row] >= 0) rows.push(row);
	return Int32Array.from(rows).sort((a, b) => conversionTime[a] - conversionTime[b] || a - b);
}

/** Counts of one user by value of one field; slots are clicks in 1 d, 7 d and ever, then conversions. */
interface Tally {
	clear(): void;
	add(item: number, clickAge: number, converted: boolean, conversionAge: number): void;
	count(item: number, slot: number): number;
}

function makeTally(fieldOf: Int32Array): Tally {
	const size = fieldOf.reduce((most, value) => Math.max(most, value), 0) + 1;
	const counts = new Int32Array(size * 6);
	// A value's counts hold only if they were written since the last clear.
	const writtenAt = new Int32Array(size);
	let round = 0;
	return {
		clear() {
			round++;
		},
		add(item, clickAge, converted, conversionAge) {
			const value = fieldOf[item];
			const at = value * 6;
			if (writtenAt[value] !== round) {
				counts.fill(0, at, at + 6);
				writtenAt[value] = round;
			}
			counts[at + 2]++;
			if (clickAge < 7 * DAY) counts[at + 1]++;
			if (clickAge < DAY) counts[at]++;
			if (!converted) return;
			counts[at + 5]++;
			if (conversionAge < 7 * DAY) counts[at + 4]++;
			if (conversionAge < DAY) counts[at + 3]++;
		},
		count: (item, slot) => (writtenAt[fieldOf[item]] === round ? counts[fieldOf[item] * 6 + slot] : 0),
	};
}
