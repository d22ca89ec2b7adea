import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { spearman } from "./spearman";
import { softAuc, softAucInPlace } from "./truth";

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Pearson's correlation of mid-ranks that are counted over all pairs. */
function byPairs(a: Float32Array, b: Float32Array): number {
	const centred = (column: Float32Array) =>
		[...column].map((x) => sum([...column].map((y) => (x > y ? 0.5 : x < y ? -0.5 : 0))));
	const [x, y] = [centred(a), centred(b)];
	const product = (p: number[], q: number[]) => sum(p.map((value, i) => value * q[i]));
	return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

describe("spearman", () => {
	const random = stream(1, "spearman");
	const column = (n: number, levels: number) =>
		Float32Array.from({ length: n }, () => random.int(levels) / levels - 0.5);
	it.each([2, 5, 1e6])("%i different values, against mid-ranks from all pairs", (levels) => {
		for (const n of [5, 40, 200]) {
			const a = column(n, levels);
			a.set([-0.5, 0.5]);
			const b = a.map((x) => x + random.int(3));
			b.set([0.25, 0.75]);
			expect(spearman(a, b).value).toBeCloseTo(byPairs(a, b), 12);
		}
	});
	it("is 1 for the same order, −1 for the reverse, NaN where a column is constant, whatever the size", () => {
		const a = Float32Array.of(0.5, 1, 2, 9, 10);
		expect(spearman(a, a.map(Math.log)).value).toBe(1);
		expect(
			spearman(
				a,
				a.map((x) => -x),
			).value,
		).toBe(-1);
		expect(spearman(a, new Float32Array(5)).value).toBeNaN();
		expect(spearman(Float32Array.of(1), Float32Array.of(1)).value).toBeNaN();
	});
	it("refuses NaN and unequal lengths", () => {
		expect(() => spearman(Float32Array.of(1, Number.NaN), Float32Array.of(1, 2))).toThrow(
			/^1 of 2 scores is NaN, the first in row 1/,
		);
		expect(() => spearman(Float32Array.of(1), Float32Array.of(1, 2))).toThrow("1 and 2 values");
	});
	it("is what the sorts of the soft-label AUC give beside it, and leaves the ceiling what the truth reaches", () => {
		const [scores, truth] = [column(500, 40), column(500, 30).map(Math.abs)];
		const inPlace = softAucInPlace(scores.slice(), truth.slice(), [new Uint32Array(500), new Uint32Array(500)]);
		expect(inPlace.correlation).toEqual(spearman(scores, truth));
		expect(inPlace.ranked).toEqual(softAuc(scores, truth));
		expect(inPlace.ceiling).toBeCloseTo(softAuc(truth, truth).value, 12);
	});
	it("standard error matches the spread over repeated samples", () => {
		for (const slope of [0, 1.2]) {
			const found = Array.from({ length: 600 }, () => {
				const a = Float32Array.from({ length: 150 }, () => random.normal());
				return spearman(
					a,
					a.map((x) => slope * x + random.normal()),
				);
			});
			const mean = sum(found.map(({ value }) => value)) / 600;
			const spread = Math.sqrt(sum(found.map(({ value }) => (value - mean) ** 2)) / 599);
			// The spread of 600 values is itself known to ±2.9 %; four of those.
			expect(Math.abs(sum(found.map(({ se }) => se)) / 600 / spread - 1), `slope ${slope}`).toBeLessThan(0.12);
		}
	});
});
