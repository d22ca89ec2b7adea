import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { meanOf } from "./estimate";
import { auc } from "./ranking";
import { ascending, kl, pcoc, rmse, softAuc } from "./truth";

/** By the definition: all pairs, ties half. */
function byPairs(
	scores: ArrayLike<number>,
	truth: ArrayLike<number>,
	weight: ArrayLike<number> = new Array(scores.length).fill(1),
) {
	let [won, all] = [0, 0];
	for (let i = 0; i < scores.length; i++)
		for (let j = 0; j < scores.length; j++) {
			if (i === j) continue;
			const pair = weight[i] * truth[i] * weight[j] * (1 - truth[j]);
			all += pair;
			won += pair * (scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0);
		}
	return won / all;
}

describe("auc", () => {
	const random = stream(1, "auc");
	it.each([2, 3, 10, 1000])("counts ties half: %i different scores, against all pairs", (levels) => {
		for (let round = 0; round < 5; round++) {
			const n = 120;
			const scores = Float32Array.from({ length: n }, () => random.int(levels) / levels);
			const labels = Uint8Array.from({ length: n }, () => +(random.uniform() < 0.3));
			labels.set([0, 1]);
			const { value, positives } = auc(scores, labels);
			expect(value).toBeCloseTo(byPairs(scores, labels), 12);
			expect(positives).toBe(labels.reduce((a, b) => a + b));
		}
	});
	it("does not depend on the order of rows", () => {
		const n = 500;
		const scores = Float32Array.from({ length: n }, () => random.int(20));
		const labels = Uint8Array.from({ length: n }, () => random.int(2));
		const order = random.shuffle(Int32Array.from({ length: n }, (_, i) => i));
		const shuffled = auc(
			Float32Array.from(order, (i) => scores[i]),
			Uint8Array.from(order, (i) => labels[i]),
		);
		expect(shuffled).toEqual(auc(scores, labels));
	});
	it("a constant score has 0.5 exactly, whatever the order; a perfect one 1, its reverse 0", () => {
		expect(auc(new Float32Array(6).fill(0.3), [1, 1, 0, 0, 0, 1]).value).toBe(0.5);
		expect(auc(Float32Array.of(1, 2, 3, 4), [0, 0, 1, 1]).value).toBe(1);
		expect(auc(Float32Array.of(1, 2, 3, 4), [1, 1, 0, 0]).value).toBe(0);
	});
	it("tells float64 scores apart that float32 would tie", () => {
		expect(auc(Float64Array.of(0.1, 0.1 + 1e-12), [0, 1]).value).toBe(1);
	});
	it("knows infinite scores", () => {
		const scores = Float32Array.of(Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
		expect(auc(scores, [0, 0, 1, 0]).value).toBeCloseTo(2.5 / 3, 12);
	});
	it("is null without both classes, and refuses NaN and unequal lengths", () => {
		expect(auc(Float32Array.of(1, 2), [1, 1])).toEqual({ value: null, se: null, n: 2, positives: 2 });
		expect(auc(Float32Array.of(1, 2), [0, 0]).value).toBeNull();
		expect(auc(new Float32Array(0), []).n).toBe(0);
		expect(() => auc(Float32Array.of(1, Number.NaN), [0, 1])).toThrow(/^1 of 2 scores is NaN, the first in row 1: /);
		expect(() => auc(Float32Array.of(1, 2), [0])).toThrow("2 scores, 1 labels");
	});
	it("standard error: DeLong's formula from placements, by its definition", () => {
		const scores = Float32Array.from({ length: 60 }, () => random.int(15));
		const labels = Uint8Array.from({ length: 60 }, (_, i) => +(i % 3 === 0));
		const [up, down] = [1, 0].map((label) => [...scores].filter((_, i) => labels[i] === label));
		const above = (a: number, b: number) => (a > b ? 1 : a === b ? 0.5 : 0);
		const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
		const variance = (values: number[]) =>
			values.reduce((s, v) => s + (v - mean(values)) ** 2, 0) / (values.length - 1);
		const v10 = up.map((a) => mean(down.map((b) => above(a, b))));
		const v01 = down.map((b) => mean(up.map((a) => above(a, b))));
		expect(auc(scores, labels).se).toBeCloseTo(Math.sqrt(variance(v10) / up.length + variance(v01) / down.length), 12);
		expect(auc(Float32Array.of(1, 2, 3), [0, 0, 1]).se).toBeNull();
		expect(auc(Float32Array.of(1, 2, 3), [0, 1, 1]).se).toBeNull();
	});
	it("one row has no AUC; all scores equal have no spread of placements, so a standard error of 0", () => {
		expect(auc(Float32Array.of(0.5), [1])).toEqual({ value: null, se: null, n: 1, positives: 1 });
		expect(auc(new Float32Array(8).fill(0.5), [1, 0, 1, 0, 1, 0, 0, 0])).toEqual({
			value: 0.5,
			se: 0,
			n: 8,
			positives: 3,
		});
	});
	it("standard error matches the spread over repeated samples", () => {
		const values: number[] = [];
		const errors: number[] = [];
		for (let round = 0; round < 400; round++) {
			const labels = Uint8Array.from({ length: 300 }, () => +(random.uniform() < 0.2));
			const result = auc(
				Float32Array.from(labels, (y) => random.normal() + y),
				labels,
			);
			values.push(result.value as number);
			errors.push(result.se as number);
		}
		const mean = values.reduce((a, b) => a + b) / 400;
		const spread = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 399);
		const error = errors.reduce((a, b) => a + b) / 400;
		// The spread of 400 values is itself known to ±3.5 %; four of those.
		expect(Math.abs(error / spread - 1)).toBeLessThan(0.14);
	});
});

describe("softAuc", () => {
	const random = stream(2, "soft");
	const sample = (n: number, levels: number) => ({
		scores: Float32Array.from({ length: n }, () => random.int(levels) / levels - 0.5),
		truth: Float32Array.from({ length: n }, () => random.uniform()),
		weight: Float32Array.from({ length: n }, () => random.uniform()),
	});
	it.each([2, 7, 100_000])("against all pairs i ≠ j, with ties: %i levels", (levels) => {
		for (let round = 0; round < 5; round++) {
			const { scores, truth, weight } = sample(80, levels);
			expect(softAuc(scores, truth).value).toBeCloseTo(byPairs(scores, truth), 12);
			expect(softAuc(scores, truth, weight).value).toBeCloseTo(byPairs(scores, truth, weight), 12);
		}
	});
	it("is the plain AUC when the truth is 0 or 1", () => {
		const { scores } = sample(5000, 9);
		const labels = Float32Array.from(scores, () => random.int(2));
		const [soft, hard] = [softAuc(scores, labels), auc(scores, labels)];
		expect(soft.value).toBeCloseTo(hard.value as number, 12);
		// DeLong divides by m − 1, the influence form by m: with 2500 a class they differ by 0.0002.
		expect(Math.abs(soft.se / (hard.se as number) - 1)).toBeLessThan(3e-4);
	});
	it("standard error: the rows' influences, by their definition", () => {
		const { scores, truth, weight } = sample(60, 9);
		const rows = [...scores.keys()];
		const sum = (value: (row: number) => number) => rows.reduce((total, row) => total + value(row), 0);
		const [positive, negative] = [sum((i) => weight[i] * truth[i]), sum((i) => weight[i] * (1 - truth[i]))];
		const wins = (a: number, b: number) => (a > b ? 1 : a === b ? 0.5 : 0);
		const { value, se } = softAuc(scores, truth, weight);
		const squares = sum((i) => {
			const below = sum((j) => weight[j] * (1 - truth[j]) * wins(scores[i], scores[j])) / negative;
			const above = sum((j) => weight[j] * truth[j] * wins(scores[j], scores[i])) / positive;
			const asPositive = (weight[i] * truth[i] * (below - value)) / positive;
			const asNegative = (weight[i] * (1 - truth[i]) * (above - value)) / negative;
			return (asPositive + asNegative) ** 2;
		});
		expect(se).toBeCloseTo(Math.sqrt(squares), 12);
	});
	it("the truth itself ranks best", () => {
		const { scores, truth } = sample(500, 1000);
		expect(softAuc(truth, truth).value).toBeGreaterThan(softAuc(scores, truth).value + 0.1);
	});
	it("sorts negative, zero and negative-zero scores as numbers", () => {
		const scores = Float32Array.of(3, -1, 0, -0, -5, 0.5);
		expect([...ascending(scores)].map((i) => scores[i] + 0)).toEqual([-5, -1, 0, 0, 0.5, 3]);
		expect(softAuc(Float32Array.of(0, -0), [1, 0]).value).toBe(0.5);
		expect(() => ascending(Float32Array.of(Number.NaN))).toThrow(/^1 of 1 scores is NaN, the first in row 0: /);
	});
});

describe("errors against the truth", () => {
	it("rmse, pcoc and kl by hand", () => {
		const [p, c] = [
			[0.2, 0.4],
			[0.1, 0.4],
		];
		expect(rmse(p, c).value).toBeCloseTo(Math.sqrt(0.005), 12);
		expect(pcoc(p, c).value).toBeCloseTo(1.2, 12);
		const first = 0.1 * Math.log(0.1 / 0.2) + 0.9 * Math.log(0.9 / 0.8);
		expect(kl(p, c).value).toBeCloseTo(first / 2, 12);
		expect(rmse(c, c)).toEqual({ value: 0, se: 0 });
		// The squares 0.01 and 0 have mean 0.005 and standard error 0.005; √ has the slope 1/(2·√0.005).
		expect(rmse(p, c).se).toBeCloseTo(0.005 / (2 * Math.sqrt(0.005)), 12);
	});
	it("kl stays finite at the ends", () => {
		expect(kl([0, 1, 0.5], [0, 1, 1]).value).toBeCloseTo(Math.log(2) / 3, 6);
		expect(kl([1], [0]).value).toBeCloseTo(-Math.log(1e-7), 4);
	});
	it("standard errors are those of a mean, a root and a ratio", () => {
		expect(meanOf(3, (i) => [1, 2, 6][i])).toEqual({ mean: 3, se: Math.sqrt(7 / 3) });
		expect(meanOf(1, () => 4)).toEqual({ mean: 4, se: 0 });
		const random = stream(3, "ratio");
		const values: number[] = [];
		const errors: number[] = [];
		for (let round = 0; round < 400; round++) {
			const c = Array.from({ length: 200 }, () => random.uniform());
			const { value, se } = pcoc(
				c.map((x) => x * (0.5 + random.uniform())),
				c,
			);
			values.push(value);
			errors.push(se);
		}
		const mean = values.reduce((a, b) => a + b) / 400;
		const spread = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 399);
		expect(Math.abs(errors.reduce((a, b) => a + b) / 400 / spread - 1)).toBeLessThan(0.14);
	});
});
