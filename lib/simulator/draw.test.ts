import { expect, test } from "vitest";
import { stream } from "../core/random";
import { buckets, weighted, zipf } from "./draw";

test("weighted draws follow their weights, zero included", () => {
	const weights = [5, 0, 1, 3, 0.5, 0.5];
	const draw = weighted(stream(1, "test"), weights);
	const n = 200_000;
	const counts = new Int32Array(weights.length);
	for (let i = 0; i < n; i++) counts[draw()]++;
	weights.forEach((weight, i) => {
		const p = weight / 10;
		expect(Math.abs(counts[i] - n * p)).toBeLessThanOrEqual(4 * Math.sqrt(n * p * (1 - p)));
	});
});

test("zipf weights are the powers of a shuffled rank", () => {
	const weights = zipf(stream(1, "test"), 50, 0.8);
	const sorted = Array.from(weights).sort((a, b) => b - a);
	sorted.forEach((weight, rank) => {
		expect(weight).toBeCloseTo((rank + 1) ** -0.8, 12);
	});
	expect(Array.from(weights)).not.toEqual(sorted);
});

test("buckets are ordered by value and of equal size", () => {
	const values = Float64Array.of(5, 1, 4, 2, 3, 6, 2);
	expect(Array.from(buckets(values, 3))).toEqual([3, 1, 2, 1, 2, 3, 1]);
});
