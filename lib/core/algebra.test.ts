import { describe, expect, it } from "vitest";
import { type Dual, duals, LOG_CLAMP, numbers } from "./algebra";

describe("log1mexp", () => {
	it("keeps its digits near 0 and far from it", () => {
		// log(1 − e⁻ᵟ) = log δ + log(1 − δ/2 + δ²/6 − …)
		for (const δ of [1e-6, 1e-5, 1e-4])
			expect(numbers.log1mexp(-δ)).toBeCloseTo(Math.log(δ) + Math.log1p(-δ / 2 + δ ** 2 / 6 - δ ** 3 / 24), 13);
		for (const L of [-20, -40]) expect(numbers.log1mexp(L) / -Math.exp(L)).toBeCloseTo(1, 8);
		for (const L of [-0.5, -0.7, -1, -3]) expect(numbers.log1mexp(L)).toBeCloseTo(Math.log(1 - Math.exp(L)), 14);
	});
	it("is clamped where p would be 1, with slope 0 beyond the clamp", () => {
		for (const L of [0, -1e-9]) expect(numbers.log1mexp(L)).toBe(numbers.log1mexp(LOG_CLAMP));
		expect(duals.log1mexp({ value: -1e-9, slope: 1 }).slope).toBe(0);
		expect(duals.log1mexp({ value: LOG_CLAMP, slope: 1 }).slope * 1e-7).toBeCloseTo(-1, 6);
	});
});

it("logAddExp adds probabilities, 0 and tiny ones too", () => {
	expect(numbers.logAddExp(Math.log(0.25), Math.log(0.5))).toBeCloseTo(Math.log(0.75), 14);
	expect(numbers.logAddExp(-1000, -1000)).toBeCloseTo(-1000 + Math.LN2, 12);
	const none = Number.NEGATIVE_INFINITY;
	expect([numbers.logAddExp(none, none), numbers.logAddExp(none, -1)]).toEqual([none, -1]);
});

describe("duals", () => {
	const at: Dual = { value: -0.75, slope: 1 };
	const other: Dual = { value: -1.5, slope: -0.5 };
	it.each<[string, (a: Dual, b: Dual) => Dual, (a: number, b: number) => number]>([
		["add", duals.add, numbers.add],
		["sub", duals.sub, numbers.sub],
		["mul", duals.mul, numbers.mul],
		["neg", duals.neg, numbers.neg],
		["logSigmoid", duals.logSigmoid, numbers.logSigmoid],
		["logAddExp", duals.logAddExp, numbers.logAddExp],
		["log1mexp", duals.log1mexp, numbers.log1mexp],
		["atLeast −0.5, below it", (a) => duals.atLeast(a, -0.5), (a) => numbers.atLeast(a, -0.5)],
		["atLeast −1, above it", (a) => duals.atLeast(a, -1), (a) => numbers.atLeast(a, -1)],
	])("%s: value as of numbers, slope as of finite differences", (_, dual, plain) => {
		const { value, slope } = dual(at, other);
		const along = (h: number) => plain(at.value + h * at.slope, other.value + h * other.slope);
		expect(value).toBe(along(0));
		expect(slope).toBeCloseTo((along(1e-6) - along(-1e-6)) / 2e-6, 8);
	});
	it("a constant has slope 0; a value at the bound keeps its slope", () => {
		expect(duals.constant(3)).toEqual({ value: 3, slope: 0 });
		expect(duals.atLeast({ value: 0, slope: 1 }, 0)).toEqual({ value: 0, slope: 1 });
	});
});
