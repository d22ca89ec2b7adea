import { expect, it } from "vitest";
import { fieldsBeside } from "./fieldsBeside";
import type { Log } from "./log";
import { prepare } from "./prepare";

const random = (i: number, of: number) => (i * 7919 + 13) % of;
const n = 200;
const column = (of: number, shift = 0) => Int32Array.from({ length: n }, (_, i) => random(i + shift, of));
const log: Log = {
	...{ name: "a log", rows: n, read: n, dropped: [], fingerprint: "log" },
	schema: {
		...{ user: "user", time: "time", events: { click: "click" }, implies: {} },
		features: { user: { kind: "id" }, item: { kind: "id" }, price: { kind: "number" } },
	},
	columns: {
		...{ user: column(9), item: column(31, 5), time: Int32Array.from({ length: n }, (_, i) => i) },
		price: Float32Array.from({ length: n }, (_, i) => Math.sin(i)),
		click: Uint8Array.from(column(2)),
	},
};
const how = { split: { by: "time", valid: 0.1, test: 0.2 }, encoding: { minFrequency: 3 } } as const;

it("rows beside a log get the fields that the log's own rows of the same values have", () => {
	const data = prepare(log, how);
	const { user, item, price } = log.columns as Record<string, Int32Array>;
	const other: Log = { ...log, name: "beside", schema: { ...log.schema, events: {} }, columns: { user, item, price } };
	expect(fieldsBeside(log, other, how)).toEqual(data.fields);
	// Without what the training part knows they would be others.
	const late = { ...how, split: { by: "time", valid: 0.5, test: 0.4 } } as const;
	expect(fieldsBeside(log, other, late)).not.toEqual(data.fields);
});

it("other rows change nothing of the encoding: a value that only they have is unknown", () => {
	const columns = {
		...{ user: Int32Array.of(1, 77, 77, 77), item: Int32Array.of(1, 2, 3, 900) },
		price: Float32Array.of(0, 1e6, 1e6, 1e6),
	};
	const other: Log = { ...log, name: "beside", rows: 4, schema: { ...log.schema, events: {} }, columns };
	const [user, , price] = fieldsBeside(log, other, how);
	const [own] = prepare(log, how).fields;
	if (user.kind !== "id" || own.kind !== "id" || price.kind !== "number") throw new Error("other kinds");
	expect(user.size).toBe(own.size);
	expect([...user.ids.slice(1)]).toEqual([0, 0, 0]);
	expect(user.ids[0]).toBe(own.ids[(log.columns.user as Int32Array).indexOf(1)]);
	expect(price.values[1]).toBe(1);
});

it("a feature that the other log lacks is named", () => {
	const { item: _, ...columns } = log.columns;
	expect(() => fieldsBeside(log, { ...log, name: "beside", columns }, how)).toThrow('beside has no column "item"');
});
