import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { BUCKETS, bucketOf, bucketsOf, quantileEdges } from "./quantiles";

describe("quantile buckets", () => {
	it("hold about as many training values each, and rise with the value", () => {
		const random = stream(1, "quantiles");
		const values = Float64Array.from({ length: 3200 }, () => random.normal() ** 3);
		const edges = quantileEdges(values);
		expect([edges.length, bucketsOf(edges)]).toEqual([BUCKETS - 1, BUCKETS + 1]);
		const counts = new Map<number, number>();
		for (const value of values) counts.set(bucketOf(edges, value), (counts.get(bucketOf(edges, value)) ?? 0) + 1);
		expect([...counts].sort(([a], [b]) => a - b)).toEqual(Array.from({ length: 32 }, (_, i) => [i + 1, 100]));
		const rising = [...values].sort((a, b) => a - b).map((value) => bucketOf(edges, value));
		expect(rising).toEqual([...rising].sort((a, b) => a - b));
	});
	it("are as many as the values tell apart: equal values share one, and each holds a training value", () => {
		const values = Float64Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i < 90 ? 1 : 5));
		const edges = quantileEdges(values);
		expect(edges).toEqual([1, 5]);
		expect([-3, 0, 0.5, 1, 4.9, 5, 1e9].map((value) => bucketOf(edges, value))).toEqual([1, 1, 1, 2, 2, 3, 3]);
		expect(quantileEdges(new Float64Array(9).fill(3.5))).toEqual([]);
		expect(bucketOf([], 3.5)).toBe(1);
	});
	it("give what is missing the id 0, and do not count it", () => {
		const values = Float64Array.from([Number.NaN, 2, Number.NaN, 1, 3]);
		expect(quantileEdges(values)).toEqual([2, 3]);
		expect(bucketOf([2, 3], Number.NaN)).toBe(0);
		expect(quantileEdges(Float64Array.of(Number.NaN))).toEqual([]);
	});
});
