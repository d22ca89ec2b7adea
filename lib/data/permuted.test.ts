import { expect, it } from "vitest";
import type { Field } from "./dataset";
import { permuted } from "./permuted";

const [n, rows] = [40, Int32Array.from({ length: 20 }, (_, i) => 2 * i)];
const count = Int32Array.from({ length: n }, (_, i) => i);
const fields: Field[] = [
	{ kind: "id", name: "id", size: n, ids: count },
	{ kind: "number", name: "number", values: Float32Array.from(count) },
	{ kind: "ids", name: "list", size: n, offsets: Int32Array.from({ length: n + 1 }, (_, i) => i), ids: count },
	{ kind: "id", name: "other", size: n, ids: count },
];
const data = { name: "a log", rows: n, fields };

it("exchanges the named fields' values together among the rows alone, lists too, and changes no other field", () => {
	const [id, number, list, other] = permuted(data, rows, ["id", "number", "list"], 1).fields;
	if (id.kind !== "id" || number.kind !== "number" || list.kind !== "ids") throw new Error("other kinds");
	expect(other).toBe(fields[3]);
	expect([...id.ids].filter((_, row) => row % 2 === 1)).toEqual([...count].filter((row) => row % 2 === 1));
	expect([...rows].map((row) => id.ids[row]).sort((a, b) => a - b)).toEqual([...rows]);
	expect([...rows].filter((row) => id.ids[row] === row).length).toBeLessThan(6);
	expect([...number.values]).toEqual([...id.ids]);
	expect([...(list.list as Int32Array)]).toEqual([...id.ids]);
	expect(fields[0]).toMatchObject({ ids: count });
});

it("the same seed gives the same exchange; an unknown field is named", () => {
	const idsOf = (seed: number) => permuted(data, rows, ["id"], seed).fields[0];
	expect(idsOf(1)).toEqual(idsOf(1));
	expect(idsOf(1)).not.toEqual(idsOf(2));
	expect(() => permuted(data, rows, ["ids"], 1)).toThrow('a log has no field "ids"');
});
