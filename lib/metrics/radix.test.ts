import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { bitsOf, sortable, sortKeys } from "./radix";

describe("sortKeys", () => {
	const random = stream(1, "radix");
	it.each([0, 1, 2, 5000])("%i keys of all sizes come out rising", (n) => {
		const keys = Uint32Array.from({ length: n }, () => random.uniform() * 2 ** (1 + random.int(32)));
		const expected = [...keys].sort((a, b) => a - b);
		sortKeys(keys, new Uint32Array(n));
		expect([...keys]).toEqual(expected);
	});
	it("moves values with their keys; equal keys keep their order", () => {
		const n = 3000;
		const drawn = Uint32Array.from({ length: n }, () => random.int(40) * 0x6000001);
		const keys = drawn.slice();
		const rows = Uint32Array.from({ length: n }, (_, row) => row);
		sortKeys(keys, new Uint32Array(n), rows, new Uint32Array(n));
		const expected = [...drawn.keys()].sort((a, b) => drawn[a] - drawn[b] || a - b);
		expect([...rows]).toEqual(expected);
		expect([...keys]).toEqual(expected.map((row) => drawn[row]));
	});
});

it("keys of floats sort as the floats do, and −0 ties with 0", () => {
	const floats = Float32Array.of(Number.NEGATIVE_INFINITY, -3e38, -1, -1e-40, -0, 0, 1e-40, 0.5, 1, 3e38, Infinity);
	const keys = [...bitsOf(floats)].map(sortable);
	expect(keys[4]).toBe(keys[5]);
	expect([...keys].sort((a, b) => a - b)).toEqual(keys);
	expect(new Set(keys).size).toBe(10);
});
