import { expect, it } from "vitest";
import { prepareWith } from "./joined";
import { prepare } from "./prepare";
import { toyLog } from "./toyLog";

const how = { split: { by: "time", valid: 0.1, test: 0.4 }, encoding: { minFrequency: 1 } } as const;
/** The toy log without its lists. */
function flat(): ReturnType<typeof toyLog> {
	const log = toyLog();
	const { tags: _, w: __, ...columns } = log.columns;
	const { tags: ___, ...features } = log.schema.features;
	return { ...log, columns, schema: { ...log.schema, features } };
}

it("the other log's rows stand behind, in no part, encoded with what the training part knows", () => {
	const log = flat();
	const other = flat();
	(other.columns.cat as Int32Array).fill(7, 0, 10).fill(5, 10, 19).fill(1234, 19);
	(other.columns.is_click as Uint8Array).fill(0);
	(other.columns.is_buy as Uint8Array).fill(0);
	const { data, beside } = prepareWith(log, other, how);
	const alone = prepare(log, how);
	expect(data.split).toEqual(alone.split);
	expect([...beside]).toEqual(Array.from({ length: 20 }, (_, i) => 20 + i));
	const [cat, price] = data.fields;
	if (cat.kind !== "id" || price.kind !== "number") throw new Error("other kinds");
	const [own, ownPrice] = alone.fields as [typeof cat, typeof price];
	expect([...cat.ids.subarray(0, 20)]).toEqual([...own.ids]);
	expect([cat.size, ...price.values]).toEqual([own.size, ...ownPrice.values, ...ownPrice.values]);
	// 7 is the most frequent id of the training part, 5 the second; 1234 is unknown there.
	expect([...cat.ids.subarray(20)]).toEqual([...Array(10).fill(1), ...Array(9).fill(2), 0]);
	expect(data.events.click.subarray(20).every((click) => click === 0)).toBe(true);
	expect(data.truth["conversion|click"].length).toBe(40);
	expect(data.fingerprint).not.toBe(alone.fingerprint);
});

it("a column that the other lacks, and lists, are refused by name", () => {
	const { price: _, ...columns } = flat().columns;
	expect(() => prepareWith(flat(), { ...flat(), columns }, how)).toThrow('has no column "price"');
	expect(() => prepareWith(toyLog(), toyLog(), how)).toThrow('column "tags" holds lists');
});
