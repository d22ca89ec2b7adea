import { describe, expect, test } from "vitest";
import { DAY } from "./calendar";
import { countColumns, type Events, history } from "./history";
import { type Simulated, simulate } from "./simulate";

const hour = 3600;

/** The definition, row against row. */
function recount(log: Simulated, row: number, frozen: number): Record<string, number> {
	const c = log.columns as Record<string, Int32Array>;
	const now = frozen > 0 ? Math.min(c.time[row], frozen - 1) : c.time[row];
	const result: Record<string, number> = Object.fromEntries(countColumns.map((name) => [name, 0]));
	const of = { shown: 0, clicks: 0, conversions: 0 };
	const all = { ...of };
	for (let j = 0; j < row; j++) {
		if (c.request[j] === c.request[row] || c.time[j] > now) continue;
		const converted = c.conversion[j] === 1 && c.conversionTime[j] <= now;
		for (const sums of c.item[j] === c.item[row] ? [of, all] : [all]) {
			sums.shown++;
			sums.clicks += c.click[j];
			sums.conversions += converted ? 1 : 0;
		}
		if (c.user[j] !== c.user[row] || c.click[j] === 0) continue;
		for (const [field, column] of [
			["Category", c.category],
			["Brand", c.brand],
			["Shop", c.shop],
		] as const) {
			if (column[j] !== column[row]) continue;
			for (const [window, length] of [
				["1d", DAY],
				["7d", 7 * DAY],
				["All", Number.POSITIVE_INFINITY],
			] as const) {
				if (now - c.time[j] < length) result[`user${field}Clicks${window}`]++;
				if (converted && now - c.conversionTime[j] < length) result[`user${field}Conversions${window}`]++;
			}
		}
	}
	for (const name of countColumns) result[name] = Math.log1p(result[name]);
	const ctr = all.shown > 0 ? all.clicks / all.shown : 0;
	const cvr = all.clicks > 0 ? all.conversions / all.clicks : 0;
	result.itemCtr = (of.clicks + 20 * ctr) / (of.shown + 20);
	result.itemCvr = (of.conversions + 20 * cvr) / (of.clicks + 20);
	return result;
}

describe.each([
	["conversions at once", {}],
	["conversions two days late on average", { delay: 48 }],
	["state frozen on day 40", { delay: 6, freezeAt: 40 }],
])("%s", (_, knobs) => {
	test("counts and rates equal a recount of earlier events", () => {
		const log = simulate({ preset: "tiny", seed: 1, knobs: { cvr: 0.5, B: 10, S: 20, ...knobs } });
		const frozen = log.knobs.freezeAt * DAY;
		const seen: Record<string, number> = {};
		for (let row = 9; row < log.rows; row += 53)
			for (const [name, value] of Object.entries(recount(log, row, frozen))) {
				const ours = (log.columns[name] as Float32Array)[row];
				expect(Math.abs(ours - value), `${name} of row ${row}`).toBeLessThan(1e-6);
				if (value > 0) seen[name] = (seen[name] ?? 0) + 1;
			}
		// The recount says something about each column only if some rows are not 0.
		expect(Object.keys(seen).sort()).toEqual([...countColumns, "itemCtr", "itemCvr"].sort());
	});
});

test("a request sees neither itself nor a conversion still to come; ties in time go by request", () => {
	const events: Events = {
		request: Int32Array.of(0, 0, 1, 2, 3),
		time: Int32Array.of(10, 10, 10, 10 + hour, 10 + 2 * DAY),
		user: Int32Array.of(0, 0, 0, 0, 0),
		item: Int32Array.of(0, 0, 0, 0, 0),
		click: Uint8Array.of(1, 1, 0, 0, 0),
		conversionTime: Int32Array.of(10 + 2 * hour, -1, -1, -1, -1),
	};
	const one = Int32Array.of(0);
	const columns = history(events, [one, one, one], { users: 1, items: 1 }, 0);
	const back = (name: string) => Array.from(columns[name], (value) => Math.round(Math.expm1(value)));
	expect(back("userCategoryClicksAll")).toEqual([0, 0, 2, 2, 2]);
	expect(back("userCategoryClicks1d")).toEqual([0, 0, 2, 2, 0]);
	expect(back("userShopConversionsAll")).toEqual([0, 0, 0, 0, 1]);
	expect(back("userShopConversions1d")).toEqual([0, 0, 0, 0, 0]);
	expect(back("userShopConversions7d")).toEqual([0, 0, 0, 0, 1]);
	expect(columns.itemCtr[0]).toBe(0);
	expect(columns.itemCtr[2]).toBe(1);
	expect(columns.itemCvr[3]).toBe(0);
	expect(columns.itemCvr[4]).toBe(0.5);
});
