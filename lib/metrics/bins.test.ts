import { describe, expect, it } from "vitest";
import { binned } from "./bins";

describe("binned", () => {
	const by = Float32Array.of(0.9, 0.1, 0.5, 0.3, 0.7);
	it("averages columns over equal parts of the sorted rows", () => {
		const bins = binned(by, { x: [9, 1, 5, 3, 7] }, 2);
		expect(bins.map(({ n, means }) => [n, means.x])).toEqual([
			[2, 2],
			[3, 7],
		]);
		expect(bins[0].by).toBeCloseTo(0.2, 6);
	});
	it("has no empty bin", () => {
		expect(binned(by, {}, 50).map((bin) => bin.n)).toEqual([1, 1, 1, 1, 1]);
		expect(binned(new Float32Array(0), {}, 3)).toEqual([]);
	});
});
