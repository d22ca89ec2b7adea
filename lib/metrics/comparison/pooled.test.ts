import { describe, expect, it } from "vitest";
import { stream } from "../../core/random";
import { paired } from "./paired";
import { pooledPaired } from "./pooled";

describe("paired differences whose spread is pooled", () => {
	it("alone it is the paired t-test", () => {
		const [a, b] = [
			[0.71, 0.74, 0.72, 0.78],
			[0.7, 0.71, 0.73, 0.74],
		];
		const [pooled] = pooledPaired([{ a, b }]);
		const one = paired(a, b);
		for (const key of ["mean", "std", "low", "high", "p", "detectable"] as const)
			expect(pooled[key]).toBeCloseTo(one[key] as number, 12);
		expect(pooled.degrees).toBe(3);
	});

	it("takes one deviation for all, its degrees of freedom together", () => {
		// Differences 1, 3 (variance 2) and 0, 1, 5 (variance 7): s² = (1·2 + 2·7) / 3, t(0.975; 3) = 3.1824463.
		const two = { a: [1, 3], b: [0, 0] };
		const three = { a: [0, 1, 5], b: [0, 0, 0] };
		const [x, y] = pooledPaired([two, three]);
		expect(x.std).toBeCloseTo(Math.sqrt(16 / 3), 12);
		expect(y.std).toBe(x.std);
		expect([x.degrees, y.degrees]).toEqual([3, 3]);
		expect(x.high - x.mean).toBeCloseTo((3.1824463 * Math.sqrt(16 / 3)) / Math.sqrt(2), 6);
		expect(y.mean - y.low).toBeCloseTo((3.1824463 * Math.sqrt(16 / 3)) / Math.sqrt(3), 6);
	});

	it("what is unknown stays untested and out of the pool; so is one log a comparison", () => {
		const known = { a: [1, 3], b: [0, 0] };
		const [x, y] = pooledPaired([known, { a: [1, Number.NaN], b: [0, 0] }]);
		expect(x).toEqual(pooledPaired([known])[0]);
		expect(y).toMatchObject({ p: null, degrees: 0, reason: "the value of seed number 2 is not a finite number" });
		expect(pooledPaired([{ a: [1], b: [0] }])[0]).toMatchObject({ p: null, degrees: 0 });
	});

	it("covers the truth in 95 % of tries, and three logs' intervals are narrower than by themselves", () => {
		const random = stream(7, "pooled");
		let [inside, narrow, alone] = [0, 0, 0];
		const tries = 600;
		for (let i = 0; i < tries; i++) {
			const group = Array.from({ length: 6 }, () => ({
				a: Array.from({ length: 3 }, () => random.normal()),
				b: [0, 0, 0],
			}));
			const [{ low, high }] = pooledPaired(group);
			if (low <= 0 && high >= 0) inside++;
			narrow += high - low;
			const one = paired(group[0].a, group[0].b);
			alone += one.high - one.low;
		}
		// Standard error of the coverage 0.9 %.
		expect(inside / tries).toBeGreaterThan(0.92);
		expect(inside / tries).toBeLessThan(0.98);
		expect(narrow).toBeLessThan(0.65 * alone);
	});
});
