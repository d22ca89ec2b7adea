import { describe, expect, it } from "vitest";
import { holm } from "./holm";

describe("holm", () => {
	const close = (values: (number | null)[]) => values.map((v) => (v === null ? null : expect.closeTo(v, 12)));
	it("multiplies the k-th smallest by the tests that are left, in the order given", () => {
		expect(holm([0.04, 0.01, 0.03])).toEqual(close([0.06, 0.03, 0.06]));
		expect(holm([0.01, 0.02, 0.2])).toEqual(close([0.03, 0.04, 0.2]));
	});
	it("never falls where the p-values rise, and never passes 1", () => {
		// 3 · 0.02 = 0.06 and 2 · 0.021 = 0.042: the second may not be the smaller.
		expect(holm([0.02, 0.021, 0.5])).toEqual(close([0.06, 0.06, 0.5]));
		expect(holm([0.6, 0.9])).toEqual([1, 1]);
	});
	it("gives ties the same", () => {
		expect(holm([0.02, 0.01, 0.02])).toEqual(close([0.04, 0.03, 0.04]));
	});
	it("leaves a null as it is and does not count it", () => {
		expect(holm([null, 0.02, null, 0.03])).toEqual(close([null, 0.04, null, 0.04]));
		expect(holm([null])).toEqual([null]);
		expect(holm([])).toEqual([]);
	});
	it("refuses what is no probability", () => {
		expect(() => holm([0.1, Number.NaN])).toThrow("at place 1 is NaN");
		expect(() => holm([1.5])).toThrow("at place 0 is 1.5");
	});
});
