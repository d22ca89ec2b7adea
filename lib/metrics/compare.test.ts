import { describe, expect, it } from "vitest";
import { detectable, paired, summary } from "./compare";

describe("summary", () => {
	it("is mean, sample deviation and Student's interval", () => {
		const { mean, std, n, low, high } = summary([1, 2, 3, 4, 5]);
		expect([mean, n]).toEqual([3, 5]);
		expect(std).toBeCloseTo(Math.sqrt(2.5), 12);
		// t(0.975; 4) = 2.7764451 from tables
		expect(high - mean).toBeCloseTo((2.7764451 * Math.sqrt(2.5)) / Math.sqrt(5), 6);
		expect(mean - low).toBeCloseTo(high - mean, 12);
	});
	it("one value has no interval; none is an error", () => {
		expect(summary([2])).toMatchObject({ mean: 2, std: 0, n: 1, low: Number.NaN, high: Number.NaN });
		expect(() => summary([])).toThrow("no values");
	});
});

describe("paired", () => {
	it("takes out what a seed does to both", () => {
		const { mean, std } = paired([1.1, 5.1, 9.1], [1, 5, 9]);
		expect(mean).toBeCloseTo(0.1, 12);
		expect(std).toBeLessThan(1e-12);
		expect(() => paired([1], [1, 2])).toThrow("1 and 2 values");
	});
});

describe("detectable", () => {
	it("is (t.975 + t.8)·std/√n", () => {
		const five = summary([-2, -1, 0, 1, 2]);
		// t(0.975; 4) = 2.7764451, t(0.8; 4) = 0.9409646 from tables
		expect(detectable(five)).toBeCloseTo(((2.7764451 + 0.9409646) * Math.sqrt(2.5)) / Math.sqrt(5), 6);
		expect(detectable(summary([1]))).toBeNaN();
		// two values: t(0.975; 1) = 12.7062047, t(0.8; 1) = 1.3763819
		expect(detectable(summary([0, 2]))).toBeCloseTo(12.7062047 + 1.3763819, 5);
	});
});
