import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Column } from "../data/log";
import { checkSchema } from "../data/schema";
import { testDay, trainEnd } from "./beside";
import { countColumns } from "./history";
import type { Knobs } from "./presets";
import { randomExposure } from "./randomExposure";
import { simulate } from "./simulate";

const made = (knobs: Partial<Knobs> = {}, seed = 1) => simulate({ preset: "tiny", seed, knobs: { N: 8000, ...knobs } });
const log = made();
const random = randomExposure(log);
const c = random.columns as Record<string, Int32Array>;
/** A hash of columns, with their names. */
const bytesOf = (columns: Record<string, Column>): string => {
	const hash = createHash("sha256");
	for (const [name, column] of Object.entries(columns))
		hash.update(name).update(Buffer.from((column as Int32Array).buffer));
	return hash.digest("hex");
};
const mean = (values: ArrayLike<number>, keep: (row: number) => boolean = () => true) => {
	let [sum, n] = [0, 0];
	for (let row = 0; row < values.length; row++) if (keep(row)) [sum, n] = [sum + values[row], n + 1];
	return { mean: sum / n, n };
};

test("it has its rows and the log's columns, on the days of the test part", () => {
	expect(random.rows).toBe(log.knobs.randomLog);
	expect(Object.keys(c)).toEqual([...Object.keys(log.columns), "is_random"]);
	for (const [name, column] of Object.entries(c)) {
		expect(column.length, name).toBe(random.rows);
		expect(column.every(Number.isFinite), name).toBe(true);
	}
	expect(c.is_random.every((value) => value === 1)).toBe(true);
	expect(Math.min(...c.day)).toBe(testDay(log.knobs));
	expect(Math.max(...c.day)).toBe(log.knobs.T - 1);
});

test("items are drawn uniformly, without replacement, in random order", () => {
	const counts = new Int32Array(log.knobs.I);
	for (const item of c.item) counts[item - 1]++;
	const expected = random.rows / log.knobs.I;
	// Drawn without replacement within a slate, the counts spread a little less than a multinomial.
	const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) / (1 - 9 / 299);
	expect(Math.abs(chi - 299)).toBeLessThan(4 * Math.sqrt(2 * 299));
	for (let start = 0; start < random.rows; start += 10)
		if (new Set(c.item.slice(start, start + 10)).size !== 10) expect.fail(`an item twice from row ${start}`);
	const affinity = random.columns.affinity_click as Float32Array;
	const [top, last] = [1, 10].map((position) => mean(affinity, (row) => c.position[row] === position));
	expect(Math.abs(top.mean - last.mean)).toBeLessThan(4 * Math.sqrt(2 / top.n));
	expect(top.mean).toBeLessThan(mean(log.columns.affinity_click as Float32Array).mean - 0.2);
});

test("what happens follows the oracle, and is rarer than in the log", () => {
	for (const [label, truth] of [
		["click", "pctr"],
		["conversion", "pctcvr"],
	]) {
		const p = random.columns[truth] as Float32Array;
		const variance = p.reduce((sum, value) => sum + value * (1 - value), 0);
		const off = c[label].reduce((sum, value, row) => sum + value - p[row], 0);
		expect(Math.abs(off) / Math.sqrt(variance), label).toBeLessThan(4);
	}
	expect(random.realised.ctr).toBeLessThan(0.8 * log.realised.ctr);
});

test.each([
	["of the end of the training part", {}],
	["of the day that freezeAt names, where it is earlier", { freezeAt: 20, delay: 24 }],
])("counts and sequences are %s", (_, knobs) => {
	const of = made({ N: 20_000, cvr: 0.5, ctr: 0.3, ...knobs });
	const { columns, sequences } = randomExposure(of);
	const end = trainEnd(of.knobs);
	const r = columns as Record<string, Int32Array>;
	const past = of.columns as Record<string, Int32Array>;
	let seen = 0;
	for (let row = 7; row < 4000; row += 101) {
		const expected = { userCategoryClicksAll: 0, userBrandConversionsAll: 0, userShopClicks7d: 0 };
		let [entries, last] = [0, -1];
		for (let j = 0; j < of.rows && past.time[j] < end; j++) {
			if (past.user[j] !== r.user[row] || past.click[j] === 0) continue;
			const late = past.conversionTime[j] > past.time[j] && past.conversionTime[j] < end;
			entries += late ? 2 : 1;
			last = Math.max(last, late ? past.conversionTime[j] : past.time[j]);
			if (past.category[j] === r.category[row]) expected.userCategoryClicksAll++;
			if (past.shop[j] === r.shop[row] && end - 1 - past.time[j] < 7 * 86_400) expected.userShopClicks7d++;
			if (past.brand[j] === r.brand[row] && past.conversion[j] === 1 && past.conversionTime[j] < end)
				expected.userBrandConversionsAll++;
		}
		for (const [name, count] of Object.entries(expected))
			expect((columns[name] as Float32Array)[row], `${name} of row ${row}`).toBeCloseTo(Math.log1p(count), 5);
		expect(sequences.length[row]).toBe(Math.min(100, entries));
		if (entries > 0) expect(sequences.events.time[sequences.start[row] + sequences.length[row] - 1]).toBe(last);
		seen += expected.userBrandConversionsAll;
	}
	expect(seen).toBeGreaterThan(0);
	expect(countColumns).toContain("userBrandConversionsAll");
});

test("the random log's counts and sequences end with the training part", () => {
	const { start, length, events } = random.sequences;
	const half = log.knobs.T / 2;
	let seen = 0;
	for (let row = 0; row < random.rows; row++)
		if (length[row] > 0) seen = Math.max(seen, events.time[start[row] + length[row] - 1]);
	expect(Math.floor(seen / 86_400)).toBe(half - 1);
});

describe("it touches nothing else", () => {
	test("neither its size nor the replay table's changes the log", () => {
		const other = made({ randomLog: 0, replayRequests: 3 });
		expect(bytesOf(other.columns)).toBe(bytesOf(log.columns));
		expect(bytesOf({ start: other.sequences.start, item: other.sequences.events.item })).toBe(
			bytesOf({ start: log.sequences.start, item: log.sequences.events.item }),
		);
		expect(other.fingerprint).toBe(log.fingerprint);
		expect(randomExposure(made({ randomLog: 500 })).fingerprint).not.toBe(random.fingerprint);
	});

	test("the same options give the same rows, another seed others", () => {
		expect(bytesOf(randomExposure(made()).columns)).toBe(bytesOf(random.columns));
		expect(bytesOf({ item: randomExposure(made({}, 2)).columns.item })).not.toBe(bytesOf({ item: c.item }));
	});

	test("a world that shows other items draws the same random log", () => {
		const other = randomExposure(made({ tau: 0, K: 20 })).columns;
		for (const name of ["item", "user", "time", "position", "device", "h"])
			expect(bytesOf({ name: other[name] }), name).toBe(bytesOf({ name: random.columns[name] }));
	});
});

test("0 rows are no log", () => {
	expect(() => randomExposure(made({ randomLog: 0 }))).toThrow(/knob "randomLog" is 0/);
});

test("no event and no oracle column of it can become a feature", () => {
	const { schema, columns } = random;
	for (const column of [...Object.values(schema.events), ...(schema.oracle ?? [])]) {
		const features = { ...schema.features, [column]: { kind: "number" as const } };
		expect(() => checkSchema({ ...schema, features }, Object.keys(columns)), column).toThrow("cannot be a feature");
	}
	expect(schema.oracle).toContain("is_random");
	expect(() => checkSchema(schema, Object.keys(columns))).not.toThrow();
});
