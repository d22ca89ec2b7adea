import { describe, expect, test } from "vitest";
import { DAY } from "./calendar";
import { actionTypes, type EventLog, eventLog, sequenceLengths, sequencesOf } from "./sequence";
import { type Simulated, simulate } from "./simulate";

/** Users with more than 100 clicks, too. */
const busy = { U: 40, ctr: 0.5, cvr: 0.3, N: 10_000 };

interface Entry {
	item: number;
	category: number;
	brand: number;
	type: string;
	time: number;
	impression: number;
}

/** The definition: every earlier act of the user, in the order of (time, row). */
function recount(log: Simulated, row: number, frozen: number): Entry[] {
	const c = log.columns as Record<string, Int32Array>;
	const entries: Entry[] = [];
	for (let j = 0; j < log.rows && c.request[j] < c.request[row]; j++) {
		if (c.user[j] !== c.user[row] || c.click[j] === 0) continue;
		const place = { item: c.item[j], category: c.category[j], brand: c.brand[j], impression: j };
		const bought = c.conversion[j] === 1;
		const done = c.wish[j] ? "wish" : c.cart[j] ? "cart" : "click";
		entries.push({ ...place, time: c.time[j], type: bought && c.conversionTime[j] === c.time[j] ? "buy" : done });
		if (bought && c.conversionTime[j] > c.time[j]) entries.push({ ...place, time: c.conversionTime[j], type: "buy" });
	}
	return entries
		.filter(({ time }) => time <= c.time[row] && (frozen === 0 || time < frozen))
		.sort((a, b) => a.time - b.time || a.impression - b.impression)
		.slice(-100);
}

const read = (events: EventLog, at: number): Entry => ({
	item: events.item[at],
	category: events.category[at],
	brand: events.brand[at],
	type: actionTypes[events.type[at] - 1],
	time: events.time[at],
	impression: events.impression[at],
});

describe.each([
	["conversions at once", {}],
	["conversions two days late on average", { delay: 48 }],
	["state frozen on day 40", { delay: 6, freezeAt: 40 }],
])("%s", (_, knobs) => {
	const log = simulate({ preset: "tiny", seed: 1, knobs: { ...busy, ...knobs } });
	const { events, start, length } = log.sequences;
	const frozen = log.knobs.freezeAt * DAY;

	test("a sequence is the last 100 earlier acts of the user", () => {
		const types = new Set<string>();
		let longest = 0;
		for (let row = 9; row < log.rows; row += 97) {
			const ours = Array.from({ length: length[row] }, (_, k) => read(events, start[row] + k));
			expect(ours, `row ${row}`).toEqual(recount(log, row, frozen));
			longest = Math.max(longest, ours.length);
			for (const { type } of ours) types.add(type);
		}
		expect(longest).toBe(sequenceLengths.long);
		expect([...types].sort()).toEqual([...actionTypes].sort());
	});

	test("no sequence holds an act of its own request or of a later moment, and each lies in its user's part", () => {
		const c = log.columns as Record<string, Int32Array>;
		for (let row = 0; row < log.rows; row++) {
			const user = c.user[row];
			const [first, end] = [events.offsets[user - 1], events.offsets[user]];
			if (start[row] < first || start[row] + length[row] > end) expect.fail(`row ${row} reads another user`);
			for (let at = start[row]; at < start[row] + length[row]; at++)
				if (events.time[at] > c.time[row] || c.request[events.impression[at]] >= c.request[row])
					expect.fail(`row ${row} sees its future`);
		}
	});
});

test("ties in time go by request, and a late conversion is an entry of its own", () => {
	const acts = {
		time: Int32Array.of(10, 10, 10, 30),
		user: Int32Array.of(0, 0, 0, 0),
		item: Int32Array.of(0, 1, 2, 3),
		click: Uint8Array.of(1, 1, 1, 1),
		cart: Uint8Array.of(0, 1, 0, 0),
		wish: Uint8Array.of(0, 1, 0, 0),
		conversionTime: Int32Array.of(20, -1, 10, -1),
	};
	const fields = { category: Int32Array.of(0, 0, 1, 1), brand: Int32Array.of(4, 4, 5, 5) };
	const events = eventLog(acts, fields, 1);
	expect(Array.from(events.item)).toEqual([1, 2, 3, 1, 4]);
	expect(Array.from(events.type, (code) => actionTypes[code - 1])).toEqual(["click", "wish", "buy", "buy", "click"]);
	expect(Array.from(events.time)).toEqual([10, 10, 10, 20, 30]);
	const request = Int32Array.of(0, 1, 2, 3);
	const asked = { request, time: acts.time, user: acts.user, before: (row: number) => row };
	expect(Array.from(sequencesOf(events, asked, 0).length)).toEqual([0, 1, 2, 4]);
	expect(Array.from(sequencesOf(events, asked, 20).length)).toEqual([0, 1, 2, 3]);
});
