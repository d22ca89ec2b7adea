import { expect, test } from "vitest";
import { stream } from "../core/random";
import { shift } from "./selection";

test("kl and psi of two distributions are those of their formulas", () => {
	// All rows: half 1, half 2. Kept: three quarters 1.
	const values = [1, 1, 1, 1, 2, 2, 2, 2];
	const kept = [1, 1, 1, 0, 1, 0, 0, 0];
	const [d1, d2, o1, o2] = [4.5 / 9, 4.5 / 9, 3.5 / 5, 1.5 / 5];
	const found = shift(values, kept, "ids");
	expect(found.kl).toBeCloseTo(o1 * Math.log(o1 / d1) + o2 * Math.log(o2 / d2), 12);
	expect(found.psi).toBeCloseTo((o1 - d1) * Math.log(o1 / d1) + (o2 - d2) * Math.log(o2 / d2), 12);
	expect(found.cells).toBe(2);
});

test("numbers are cut into cells of equal size, equal numbers into one", () => {
	const { uniform } = stream(1, "selection");
	const values = Float32Array.from({ length: 10_000 }, uniform);
	const all = new Uint8Array(10_000).fill(1);
	expect(shift(values, all, 10).cells).toBe(10);
	expect(shift(values, all, 10).kl).toBeCloseTo(0, 12);
	const upper = values.map((value) => +(value > 0.5));
	expect(shift(values, upper, 10).kl).toBeCloseTo(Math.log(2), 1);
	expect(shift([3, 3, 3, 3, 5], [1, 0, 0, 0, 1], 4).cells).toBe(2);
});

test("a random selection shifts nothing beyond what few rows bring", () => {
	const { int, uniform } = stream(2, "selection");
	const values = Int32Array.from({ length: 50_000 }, () => int(100));
	const kept = Uint8Array.from(values, () => +(uniform() < 0.1));
	const n = kept.reduce((a, b) => a + b, 0);
	// 2·n·KL is about chi-squared with 99 degrees of freedom, a little less as the kept rows are among all.
	expect(2 * n * shift(values, kept, "ids").kl).toBeLessThan(99 + 4 * Math.sqrt(2 * 99));
	expect(2 * n * shift(values, kept, "ids").kl).toBeGreaterThan(99 * 0.9 - 4 * Math.sqrt(2 * 99));
});
