import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { topK } from "./topK";

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const spreadOf = (values: readonly number[]) => {
	const mean = sum(values) / values.length;
	return Math.sqrt(sum(values.map((v) => (v - mean) ** 2)) / (values.length - 1));
};

/** By the definition: a row's chance to be above the cut when ties are drawn at random, from all pairs of rows. */
function byPairs(scores: Float32Array, labels: Uint8Array, rows: number) {
	const chance = [...scores].map((score) => {
		const above = scores.filter((other) => other > score).length;
		const tied = scores.filter((other) => other === score).length;
		return Math.min(1, Math.max(0, (rows - above) / tied));
	});
	const hits = sum(chance.map((p, i) => p * labels[i]));
	const positives = sum([...labels]);
	const [precision, recall] = [hits / rows, hits / positives];
	return { hits, precision, recall, f1: hits === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

describe("precision, recall and F1 of the highest scores", () => {
	const random = stream(1, "topK");
	const sample = (n: number, levels: number, rate: number) => ({
		scores: Float32Array.from({ length: n }, () => random.int(levels) / levels - 0.25),
		labels: Uint8Array.from({ length: n }, (_, i) => (i === 0 ? 1 : +(random.uniform() < rate))),
	});
	it.each([1, 2, 5, 40, 1e6])("%i different scores, against all pairs of rows", (levels) => {
		for (const percent of [0.1, 0.6, 1, 7, 33, 100])
			for (const n of [1, 2, 60, 250]) {
				const { scores, labels } = sample(n, levels, 0.3);
				const rows = Math.max(1, Math.ceil((Math.round(10 * percent) * n) / 1000));
				const { hits, precision, recall, f1 } = byPairs(scores, labels, rows);
				const top = topK(scores, labels, percent);
				expect(top.rows).toBe(rows);
				expect(top.hits).toBeCloseTo(hits, 10);
				expect(top.precision.value).toBeCloseTo(precision, 12);
				expect(top.recall.value).toBeCloseTo(recall, 12);
				expect(top.f1.value).toBeCloseTo(f1, 12);
			}
	});
	it("precision · (n_k / n) / recall is the base rate, as n_k is rounded up: 9 of 8 100 rows at 0.1 %", () => {
		const { scores, labels } = sample(8100, 500, 0.3);
		const { rows, hits, precision, recall } = topK(scores, labels, 0.1);
		expect(rows).toBe(9);
		expect(hits).toBeGreaterThan(0);
		const rate = sum([...labels]) / 8100;
		expect(((precision.value as number) * (rows / 8100)) / (recall.value as number)).toBeCloseTo(rate, 14);
	});
	it.each([
		[3000, 0.1, 3],
		[3001, 0.1, 4],
		[700, 1, 7],
		[35_000, 0.6, 210],
		[1, 0.1, 1],
		[0, 1, 0],
	])("of %i rows %f %% are %i", (n, percent, rows) => {
		expect(topK(new Float32Array(n), new Uint8Array(n), percent).rows).toBe(rows);
	});
	it("all scores equal: precision is the base rate, recall the share that is cut off", () => {
		const labels = Uint8Array.from({ length: 1000 }, (_, i) => +(i % 8 === 0));
		const { hits, precision, recall } = topK(new Float32Array(1000).fill(0.3), labels, 1);
		expect([hits, precision.value, recall.value]).toEqual([1.25, 0.125, 0.01]);
	});
	it("without positives only precision has a value, without rows nothing has", () => {
		const none = { value: null, se: null };
		const zero = topK(Float32Array.of(1, 2, 3), new Uint8Array(3), 1);
		expect(zero).toEqual({ rows: 1, hits: 0, precision: { value: 0, se: null }, recall: none, f1: none });
		expect(topK(new Float32Array(0), new Uint8Array(0), 1)).toMatchObject({ precision: none, recall: none, f1: none });
		const all = topK(Float32Array.of(1, 2, 3, 4), new Uint8Array(4).fill(1), 50);
		expect([all.precision.value, all.recall.value, all.f1.value]).toEqual([1, 0.5, 2 / 3]);
	});
	it("positives below the cut alone: 0 without a standard error", () => {
		const { precision, recall, f1 } = topK(Float32Array.of(4, 3, 2, 1), Uint8Array.of(0, 0, 1, 0), 25);
		expect([precision, recall, f1]).toEqual(new Array(3).fill({ value: 0, se: null }));
	});
	it("infinite scores are ranked, NaN refused and counted", () => {
		const scores = Float32Array.of(0, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY);
		expect(topK(scores, Uint8Array.of(0, 1, 0, 0), 25).precision.value).toBe(1);
		const bad = Float32Array.of(0, Number.NaN, 1, Number.NaN);
		expect(() => topK(bad, new Uint8Array(4), 25)).toThrow(/^2 of 4 scores are NaN, the first in row 1: /);
	});
	it.each([0, -1, 100.5, Number.NaN])("the top %f percent are refused", (percent) => {
		expect(() => topK(Float32Array.of(1), Uint8Array.of(1), percent)).toThrow(
			"give a percentage above 0 and at most 100",
		);
	});
	it.each([
		[0.2, 1, 10],
		[0.3, 3, 30],
	])(
		"standard errors match the spread over repeated samples: rate %f, shift %i, top %i percent",
		(rate, shift, percent) => {
			const rounds = Array.from({ length: 600 }, () => {
				const labels = Uint8Array.from({ length: 1000 }, () => +(random.uniform() < rate));
				const scores = Float32Array.from(labels, (y) => random.normal() + shift * y);
				return topK(scores, labels, percent);
			});
			for (const kind of ["precision", "recall", "f1"] as const) {
				const all = rounds.map((round) => round[kind]).filter(({ se }) => se !== null);
				const error = Math.sqrt(sum(all.map(({ se }) => (se as number) ** 2)) / all.length);
				// The spread of 600 values is itself known to ±2.9 %; four of those, and 3 % for the rate at the cut, which is estimated.
				expect(Math.abs(error / spreadOf(all.map(({ value }) => value as number)) - 1), kind).toBeLessThan(0.15);
			}
		},
	);
});
