import { describe, expect, it } from "vitest";
import { clustersOf, effectiveNumber, sizesWith } from "./clusters";

describe("clustersOf", () => {
	it("numbers users by their first row, and each row without a user is a cluster of its own", () => {
		const clusters = clustersOf(Int32Array.from([7, -1, 3, 7, -1, 3, 0]));
		expect(clusters).toEqual({ of: Int32Array.from([0, 1, 2, 0, 3, 2, 4]), count: 5 });
		expect(sizesWith(clusters, Uint8Array.from([1, 1, 0, 1, 0, 1, 0]), 1)).toEqual(Float64Array.from([2, 1, 1, 0, 0]));
		expect(clustersOf(new Int32Array(0))).toEqual({ of: new Int32Array(0), count: 0 });
	});
});

describe("effectiveNumber", () => {
	it("counts equal clusters, and unequal ones for less", () => {
		expect(effectiveNumber(Float64Array.from([3, 3, 0, 3]))).toBe(3);
		expect(effectiveNumber(Float64Array.from([8, 1, 1]))).toBeCloseTo(100 / 66, 12);
		expect(effectiveNumber(new Float64Array(4))).toBe(0);
	});
});
