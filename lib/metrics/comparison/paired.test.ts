import { describe, expect, it } from "vitest";
import { detectable, paired, summary } from "./paired";

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
		const { mean, std, p } = paired([1.1, 5.11, 9.09], [1, 5, 9]);
		expect(mean).toBeCloseTo(0.1, 12);
		expect(std).toBeCloseTo(0.01, 12);
		// t = 0.1 / (0.01 / √3) = 17.3205 with 2 degrees: p = 1 − t / √(t² + 2)
		expect(p).toBeCloseTo(1 - Math.sqrt(300 / 302), 12);
		expect(() => paired([1], [1, 2])).toThrow("1 and 2 values");
	});
	it("p is below 0.05 just when the interval leaves out 0", () => {
		const at = (shift: number) => paired([1 + shift, 2 + shift, 4 + shift, 4.5 + shift], [1.2, 1.9, 3.7, 4.8]);
		const { low, high } = at(0);
		for (const [shift, inside] of [
			[-low - 1e-4, true],
			[-low + 1e-4, false],
			[-high + 1e-4, true],
			[-high - 1e-4, false],
		] as const)
			expect([(at(shift).p ?? 0) > 0.05, at(shift).low < 0 && at(shift).high > 0]).toEqual([inside, inside]);
	});
	it("one seed has no test, and says so", () => {
		expect(paired([0.7], [0.6])).toMatchObject({ n: 1, std: 0, low: Number.NaN, high: Number.NaN, p: null });
		expect(paired([0.7], [0.6]).reason).toMatch(/^one seed/);
	});
	it.each([
		[[0.7, 0.71, 0.72], 0],
		// The differences differ in their last digits only, by rounding.
		[[0.8, 0.81, 0.82], 0.1],
	])("differences that are all the same have no test: %j", (a, mean) => {
		const test = paired(a, [0.7, 0.71, 0.72]);
		expect(test.mean).toBeCloseTo(mean, 12);
		expect(test).toMatchObject({ p: null, low: Number.NaN, high: Number.NaN, detectable: Number.NaN });
		expect(test.reason).toMatch(/^every seed gives the same difference/);
		// A hundred times what rounding does is a difference again.
		expect(paired([a[0] + 1e-13, a[1], a[2]], [0.7, 0.71, 0.72]).p).not.toBeNull();
	});
	it("a value that is missing leaves no test, and the seed is named", () => {
		const test = paired([0.7, 0.8, 0.9], [0.6, Number.NaN, 0.7]);
		expect(test).toMatchObject({
			p: null,
			low: Number.NaN,
			reason: "the value of seed number 2 is not a finite number",
		});
	});
});

describe("detectable", () => {
	it("is what the noncentral t sees in 80 % of tries, before data and after", () => {
		// λ = 3.7610603 at 4 degrees
		expect(detectable({ std: 0.01, n: 5 })).toBeCloseTo((3.7610603 * 0.01) / Math.sqrt(5), 7);
		const five = paired([-2, -1, 0, 1, 2], [0, 0, 0, 0, 0]);
		expect(five.detectable).toBeCloseTo((3.7610603 * Math.sqrt(2.5)) / Math.sqrt(5), 5);
		expect(detectable(summary([1]))).toBeNaN();
	});
	it("falls without a step where the approximation takes over", () => {
		const [below, above] = [1001, 1002].map((n) => detectable({ std: Math.sqrt(n), n }));
		expect(Math.abs(below / above - 1)).toBeLessThan(2e-5);
	});
});
