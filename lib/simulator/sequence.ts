/** Kinds of an entry of the event log by code, from 1; a later one is the further step. */
export const actionTypes = ["click", "cart", "wish", "buy"] as const;

/** Most entries of the long and of the short sequence of a request. */
export const sequenceLengths = { long: 100, short: 10 } as const;

/**
 * What the users did, user after user, each one's entries in the order of time. Ids count from 1, as the features do.
 *
 * A click has one entry at its own time, of the furthest type that it had then (buy after wish after cart after click).
 * A conversion that comes later has an entry of its own at its time, of type buy. So an entry never changes after its
 * time, and what a request may see of a user is always the beginning of the user's part. A conversion without a click
 * (`pDirect`) has no entry.
 */
export interface EventLog {
	/** Entries of user u, from 1, are those from `offsets[u − 1]` up to, not including, `offsets[u]`. */
	offsets: Int32Array;
	user: Int32Array;
	item: Int32Array;
	category: Int32Array;
	brand: Int32Array;
	/** Code of the type, 1…4: see `actionTypes`. */
	type: Int32Array;
	/** Seconds since the start of the log. The age of an entry is the request's time minus this. */
	time: Int32Array;
	/** Row of the log whose impression this was. */
	impression: Int32Array;
}

/** The columns of an event log, none of which is a feature of a row. */
export const eventColumns = ["user", "item", "category", "brand", "type", "time", "impression"] as const;

/**
 * The last entries of the user before each request: row i may see `events[start[i] .. start[i] + length[i])`, newest last;
 * the short sequence is the end of it. Places in the event log, never copies.
 */
export interface Sequences {
	events: EventLog;
	/** Where a row's long sequence begins. It tells of other users' futures: no feature. */
	start: Int32Array;
	/** 0…100. */
	length: Int32Array;
}

/** The part of a log that its event log is made of, one entry a row; users and items from 0, conversionTime −1 for none. */
export interface Acts {
	time: Int32Array;
	user: Int32Array;
	item: Int32Array;
	click: Uint8Array;
	cart: Uint8Array;
	wish: Uint8Array;
	conversionTime: Int32Array;
}

const typeCode = (type: (typeof actionTypes)[number]): number => actionTypes.indexOf(type) + 1;

/**
 * The event log of some rows in the order of time.
 *
 * @param fieldOf category and brand of each item, from 0
 */
export function eventLog(acts: Acts, fieldOf: { category: Int32Array; brand: Int32Array }, users: number): EventLog {
	const { time, user, item, click, conversionTime } = acts;
	// Entry 2·row is the click's, 2·row + 1 the later conversion's.
	const entries: number[] = [];
	for (let row = 0; row < click.length; row++) {
		if (click[row] === 0) continue;
		entries.push(2 * row);
		if (conversionTime[row] > time[row]) entries.push(2 * row + 1);
	}
	const rowOf = (entry: number) => entry >> 1;
	const timeOf = (entry: number) => (entry & 1 ? conversionTime : time)[rowOf(entry)];
	entries.sort((a, b) => user[rowOf(a)] - user[rowOf(b)] || timeOf(a) - timeOf(b) || a - b);
	const column = (value: (entry: number) => number) => Int32Array.from(entries, value);
	const offsets = new Int32Array(users + 1);
	for (const entry of entries) offsets[user[rowOf(entry)] + 1]++;
	for (let u = 0; u < users; u++) offsets[u + 1] += offsets[u];
	const itemOf = (entry: number) => item[rowOf(entry)];
	return {
		offsets,
		user: column((entry) => user[rowOf(entry)] + 1),
		item: column((entry) => itemOf(entry) + 1),
		category: column((entry) => fieldOf.category[itemOf(entry)] + 1),
		brand: column((entry) => fieldOf.brand[itemOf(entry)] + 1),
		type: column((entry) => {
			const row = rowOf(entry);
			if (entry & 1 || conversionTime[row] === time[row]) return typeCode("buy");
			return typeCode(acts.wish[row] ? "wish" : acts.cart[row] ? "cart" : "click");
		}),
		time: column(timeOf),
		impression: column(rowOf),
	};
}

/** Rows that ask for a sequence: those of one request lie together. */
export interface Asking {
	request: Int32Array;
	time: Int32Array;
	/** From 0. */
	user: Int32Array;
	/** First row of the log that the request's time comes before: its own first row where it is of the log itself. */
	before: (row: number) => number;
}

/**
 * What each row may see: entries strictly before its request in the order of (time, request). Rows of one request never see
 * each other; a delayed conversion is seen from its own time on.
 *
 * @param frozen from this second on no entry is seen; 0: every one from before
 */
export function sequencesOf(events: EventLog, rows: Asking, frozen: number): Sequences {
	const n = rows.time.length;
	const [start, length] = [new Int32Array(n), new Int32Array(n)];
	for (let row = 0; row < n; row++) {
		if (row > 0 && rows.request[row] === rows.request[row - 1]) {
			start[row] = start[row - 1];
			length[row] = length[row - 1];
			continue;
		}
		const first = events.offsets[rows.user[row]];
		const late = frozen > 0 && rows.time[row] >= frozen;
		const end = late
			? firstFrom(events, rows.user[row], frozen, 0)
			: firstFrom(events, rows.user[row], rows.time[row], rows.before(row));
		length[row] = Math.min(sequenceLengths.long, end - first);
		start[row] = end - length[row];
	}
	return { events, start, length };
}

/** The user's first entry that is not before (time, row of the log). */
function firstFrom(events: EventLog, user: number, time: number, row: number): number {
	let [low, high] = [events.offsets[user], events.offsets[user + 1]];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (events.time[middle] < time || (events.time[middle] === time && events.impression[middle] < row))
			low = middle + 1;
		else high = middle;
	}
	return low;
}

/** First row of the request of each row, for rows whose requests lie together. */
export function firstRows(request: Int32Array): Int32Array {
	const first = new Int32Array(request.length);
	for (let row = 1; row < request.length; row++) first[row] = request[row] === request[row - 1] ? first[row - 1] : row;
	return first;
}
