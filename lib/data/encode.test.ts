import { describe, expect, it } from "vitest";
import type { Field } from "./dataset";
import { encode } from "./encode";
import { prepare } from "./prepare";
import { split } from "./split";
import { toyLog } from "./toyLog";

const halves = { by: "time", column: "day", valid: 0.1, test: 0.5 } as const;
const encoded = (log = toyLog(), minFrequency = 1) => encode(log, split(log, halves), { minFrequency });
const field = <K extends Field["kind"]>(of: { fields: readonly Field[] }, name: string, kind: K) => {
	const found = of.fields.find((f) => f.name === name);
	if (found?.kind !== kind) throw new Error(`${name} is ${found?.kind}`);
	return found as Extract<Field, { kind: K }>;
};

describe("ids", () => {
	it("are numbered by falling frequency among training rows; what they do not have is 0", () => {
		const cat = field(encoded(), "cat", "id");
		expect(cat.size).toBe(3);
		// rows 0–7 train: 5 in rows 0, 3, 6; 7 in the other five. 9 is in test rows alone.
		expect([...cat.ids]).toEqual([2, 1, 1, 2, 1, 1, 2, 1, 1, 2, ...new Array(10).fill(0)]);
	});
	it("an id with fewer training rows than asked for is unknown", () => {
		const cat = field(encoded(toyLog(), 4), "cat", "id");
		expect([cat.size, [...cat.ids.subarray(0, 4)]]).toEqual([2, [0, 1, 1, 0]]);
	});
	it("equal frequencies go by value, and absent ids (0 or below) stay 0", () => {
		const log = toyLog();
		log.columns.cat = Int32Array.from({ length: 20 }, (_, row) => [8, 3, 0, -4][row % 4]);
		const cat = field(encoded(log), "cat", "id");
		expect([cat.size, [...cat.ids.subarray(0, 4)]]).toEqual([3, [2, 1, 0, 0]]);
	});
	it("lists are encoded element by element and keep offsets and weights", () => {
		const log = toyLog();
		const tags = field(encoded(log), "tags", "ids");
		expect([tags.size, [...tags.ids.subarray(0, 4)]]).toEqual([3, [1, 2, 1, 2]]);
		expect([...tags.ids.subarray(20)].every((id) => id === 0)).toBe(true);
		expect([tags.offsets, tags.weights]).toEqual([
			(log.columns.tags as { offsets: Int32Array }).offsets,
			new Float32Array(40).fill(0.5),
		]);
	});
});

describe("numbers", () => {
	it("are tanh of the distance from the training mean in training deviations", () => {
		const { values } = field(encoded(), "price", "number");
		expect(values[0]).toBeCloseTo(Math.tanh(-1), 6);
		expect(values[1]).toBeCloseTo(Math.tanh(1), 6);
		expect(values[19]).toBe(1);
	});
	it("a constant column becomes 0, not a division by 0", () => {
		const log = toyLog();
		log.columns.price = new Float32Array(20).fill(3.5);
		expect([...field(encoded(log), "price", "number").values]).toEqual(new Array(20).fill(0));
	});
});

describe("numbers in quantile buckets", () => {
	const log = toyLog();
	log.schema.numbers = "quantiles";
	it("are ids, with the edges of the training rows alone", () => {
		// The training rows have 1 and 3, the others 1000.
		const price = field(encoded(log), "price", "id");
		expect([price.size, [...price.ids.subarray(0, 4)], price.ids[19]]).toEqual([3, [1, 2, 1, 2], 2]);
	});
	it("make another data set of the log", () => {
		const how = { split: halves, encoding: { minFrequency: 1 } };
		expect(prepare(log, how).fingerprint).not.toBe(prepare(toyLog(), how).fingerprint);
	});
});

describe("groups", () => {
	it("are kept where the schema says them, of every kind of field", () => {
		const log = toyLog();
		log.schema.features.cat.group = "item";
		log.schema.features.price.group = "context";
		expect(encoded(log).fields.map(({ group }) => group)).toEqual(["item", "context", undefined]);
	});
});

describe("events, users, truth", () => {
	it("are no fields; users are numbered from 0 in order of appearance", () => {
		const data = encoded();
		expect(data.fields.map(({ name }) => name)).toEqual(["cat", "price", "tags"]);
		expect(Object.keys(data.events)).toEqual(["click", "conversion"]);
		expect([...(data.user as Int32Array).subarray(0, 4)]).toEqual([0, 1, 2, 0]);
		expect(data.truth["conversion|click"][10]).toBe(0.5);
		expect([data.read, data.dropped]).toEqual([22, [{ reason: "made up", count: 2, first: "toy:3" }]]);
	});
	it("a row whose user is 0 or below has none", () => {
		const log = toyLog();
		(log.columns.uid as Int32Array).set([0, -7, 5], 0);
		expect([...(encoded(log).user as Int32Array).subarray(0, 3)]).toEqual([-1, -1, 0]);
	});
	it("a conversion without its click is refused, by its row", () => {
		const log = toyLog();
		(log.columns.is_buy as Uint8Array)[3] = 1;
		expect(() => encoded(log)).toThrow("toy: row 3 has conversion = 1 but click = 0; the reader must drop such rows");
	});
	it("an event that is not 0 or 1 is refused, by its row", () => {
		const log = toyLog();
		(log.columns.is_click as Uint8Array)[5] = 2;
		expect(() => encoded(log)).toThrow('toy: event "click" is 2 in row 5; it must be 0 or 1');
	});
	it("a list is refused where one value a row is needed, and one value where a list is", () => {
		const listed = toyLog();
		listed.schema.features = { tags: { kind: "id" } };
		expect(() => encoded(listed)).toThrow('toy: column "tags" holds lists where one value a row is needed');
		const flat = toyLog();
		flat.schema.features = { cat: { kind: "ids" } };
		expect(() => encoded(flat)).toThrow('toy: feature "cat" is declared as ids but is no list');
	});
	it("checks the schema first", () => {
		const log = toyLog();
		log.schema.features.is_click = { kind: "id" };
		expect(() => encoded(log)).toThrow('column "is_click" is the event "click" and cannot be a feature');
	});
});

describe("prepare", () => {
	it("names the data set by log, split and encoding", () => {
		const name = (log = toyLog(), minFrequency = 1, valid = 0.1) =>
			prepare(log, { split: { ...halves, valid }, encoding: { minFrequency } }).fingerprint;
		expect(name()).toMatch(/^[0-9a-f]{64}$/);
		expect(name()).toBe(name());
		expect(
			new Set([name(), name(toyLog({ fingerprint: "other" })), name(toyLog(), 2), name(toyLog(), 1, 0.2)]).size,
		).toBe(4);
	});
});
