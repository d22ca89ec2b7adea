import { describe, expect, it } from "vitest";
import { type SplitRule, split, splits } from "./split";
import { toyLog } from "./toyLog";

const rows = (part: Int32Array) => [...part];
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe("split by time", () => {
	it("train, then validation, then test: whole days, the boundary day belongs to the later part", () => {
		// Ten days: test from day 5, validation from day 4.
		const parts = split(toyLog(), { by: "time", column: "day", valid: 0.1, test: 0.5 });
		expect(rows(parts.train)).toEqual(from(0, 7));
		expect(rows(parts.valid)).toEqual(from(8, 9));
		expect(rows(parts.test)).toEqual(from(10, 19));
	});
	it("no day lies in two parts, and no later day in an earlier part", () => {
		const log = toyLog();
		const day = log.columns.day as Int32Array;
		for (const [valid, test] of [
			[0.1, 0.2],
			[0.25, 0.33],
			[0.3, 0.5],
		]) {
			const parts = split(log, { by: "time", column: "day", valid, test });
			const days = [parts.train, parts.valid, parts.test].map((part) => [...part].map((row) => day[row]));
			expect(Math.max(...days[0])).toBeLessThan(Math.min(...days[1]));
			expect(Math.max(...days[1])).toBeLessThan(Math.min(...days[2]));
			expect(parts.train.length + parts.valid.length + parts.test.length).toBe(20);
		}
	});
	it("cuts along the column that is named, else along the time column", () => {
		const log = toyLog();
		log.columns.reversed = (log.columns.day as Int32Array).map((d) => 9 - d);
		const named = split(log, { by: "time", column: "reversed", valid: 0.1, test: 0.5 });
		expect(rows(named.test)).toEqual(from(0, 9));
		const unnamed = split(log, { by: "time", valid: 0.1, test: 0.5 });
		expect(rows(unnamed.test)).toEqual(from(10, 19));
	});
	it("the papers' rules cut by days", () => {
		const log = toyLog();
		expect(rows(split(log, splits.esm2).train)).toEqual(from(0, 13));
		expect(rows(split(log, splits.esm2).valid)).toEqual(from(14, 15));
		expect(splits.esmm).toEqual({ by: "time", column: "day", valid: 0.05, test: 0.5 });
	});
	it("refuses a log without the column, and an empty part", () => {
		const log = toyLog();
		log.schema.time = undefined;
		expect(() => split(log, { by: "time", valid: 0.1, test: 0.5 })).toThrow("toy has no time column: choose another");
		expect(() => split(log, { by: "time", column: "dy", valid: 0.1, test: 0.5 })).toThrow('no time column "dy"');
		expect(() => split(log, { by: "time", column: "tags", valid: 0.1, test: 0.5 })).toThrow("no time column");
		const none: SplitRule = { by: "time", column: "day", valid: 0, test: 0.5 };
		expect(() => split(log, none)).toThrow(/^toy: the valid part of the split .* is empty \(20 rows\)$/);
	});
});

describe("split by source", () => {
	const part = Uint8Array.from({ length: 20 }, (_, row) => +(row >= 14));
	const rule: SplitRule = { by: "source", valid: 0.4, group: "uid", seed: 1 };

	it("keeps the source's test part, and the rows of one group together", () => {
		const log = toyLog({ part });
		log.columns.uid = Int32Array.from({ length: 20 }, (_, row) => row % 7);
		const parts = split(log, rule);
		expect(rows(parts.test)).toEqual(from(14, 19));
		const users = (of: Int32Array) => new Set([...of].map((row) => row % 7));
		expect([...users(parts.train)].filter((user) => users(parts.valid).has(user))).toEqual([]);
		expect(parts.train.length + parts.valid.length).toBe(14);
		expect(split(log, rule)).toEqual(parts);
		const others = [2, 3, 4].map((seed) => rows(split(log, { ...rule, seed } as SplitRule).valid).join());
		expect(others.some((other) => other !== rows(parts.valid).join())).toBe(true);
	});
	it("takes the source's own validation part where there is one", () => {
		const own = part.slice();
		own.set([2, 2], 0);
		const parts = split(toyLog({ part: own }), rule);
		expect([rows(parts.valid), rows(parts.train), rows(parts.test)]).toEqual([[0, 1], from(2, 13), from(14, 19)]);
	});
	it("validation is about the share asked for", () => {
		const many = toyLog({ rows: 20_000, part: new Uint8Array(20_000) });
		const { train, valid, test } = split(many, { by: "source", valid: 0.1, seed: 1 });
		expect(train.length + valid.length).toBe(20_000);
		expect(test.length).toBe(0);
		expect(Math.abs(valid.length - 2000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.1 * 0.9));
	});
	it("divides more rows than a Map has room for (2²⁴), as Ali-CCP has", () => {
		const n = 2 ** 24 + 10;
		const { train, valid } = split(toyLog({ rows: n, part: new Uint8Array(n) }), { by: "source", valid: 0.1, seed: 1 });
		expect(train.length + valid.length).toBe(n);
		expect(Math.max(train[train.length - 1], valid[valid.length - 1])).toBe(n - 1);
	});
	it("refuses a log that brings no split, and a list as the group", () => {
		expect(() => split(toyLog(), rule)).toThrow("toy brings no split of its own: choose split by time");
		expect(() => split(toyLog({ part }), { ...rule, group: "tags" })).toThrow('column "tags" is a list');
	});
});
