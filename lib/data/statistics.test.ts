import { describe, expect, it } from "vitest";
import { countsOfLog, edgeRates, nestedCounts } from "./statistics";
import { toyLog } from "./toyLog";

describe("countsOfLog", () => {
	it("counts rows, users, items and events", () => {
		expect(countsOfLog(toyLog(), "cat")).toEqual({
			impressions: 20,
			users: 3,
			items: 3,
			events: { click: 10, conversion: 5 },
		});
	});
	it("an absent id is no item, an absent column no count", () => {
		const log = toyLog();
		(log.columns.cat as Int32Array).fill(0, 0, 10);
		expect(countsOfLog(log, "cat").items).toBe(1);
		expect(countsOfLog(log).items).toBeNull();
		const { user: _, ...schema } = log.schema;
		expect(countsOfLog({ ...log, schema }).users).toBeNull();
	});
	it("a column of lists is refused by name", () => {
		expect(() => countsOfLog(toyLog(), "tags")).toThrow('column "tags" holds lists');
	});
});

describe("edgeRates", () => {
	it("counts the event among the rows of the space", () => {
		expect(edgeRates(toyLog(), ["click|impression", "conversion|click", "conversion|impression"])).toEqual([
			{ prob: "click|impression", n: 20, positives: 10, rate: 0.5, se: Math.sqrt(0.25 / 20) },
			{ prob: "conversion|click", n: 10, positives: 5, rate: 0.5, se: Math.sqrt(0.25 / 10) },
			{ prob: "conversion|impression", n: 20, positives: 5, rate: 0.25, se: Math.sqrt((0.25 * 0.75) / 20) },
		]);
	});
	it("an event outside the space does not count", () => {
		const log = toyLog();
		// A conversion in row 1, which was not clicked: a log may have such a row before a reader has dropped it.
		(log.columns.is_buy as Uint8Array)[1] = 1;
		expect(edgeRates(log, ["conversion|click"])[0].positives).toBe(5);
	});
	it("an empty space has no rate", () => {
		const log = toyLog();
		(log.columns.is_click as Uint8Array).fill(0);
		expect(edgeRates(log, ["conversion|click"])[0]).toMatchObject({ n: 0, rate: null, se: null });
	});
	it("an unknown event is named", () => {
		expect(() => edgeRates(toyLog(), ["click|impresion"])).toThrow('unknown event "impresion"');
	});
});

describe("nestedCounts", () => {
	it("each count is part of the one before, in whatever order", () => {
		const log = toyLog();
		expect(nestedCounts(log, ["click", "conversion"])).toEqual([10, 5]);
		expect(nestedCounts(log, ["conversion", "click"])).toEqual([5, 5]);
		// A conversion without its click is outside once clicks are asked for.
		(log.columns.is_buy as Uint8Array)[1] = 1;
		expect(nestedCounts(log, ["click", "conversion"])).toEqual([10, 5]);
	});
	it("an unknown event is named", () => {
		expect(() => nestedCounts(toyLog(), ["clik"])).toThrow('unknown event "clik": did you mean "click"?');
	});
});
