import { describe, expect, it } from "vitest";
import { pCTR } from "../core/prob";
import { evaluate } from "./evaluate";

const N = 10_000_000;
/** No common factor with N: rows visit every rank once, in no order. */
const STEP = 6_180_339;
/** Positives per 1000 ranks of the lower and of the upper half. */
const [LOW, HIGH] = [4, 16];

/** Whether the score of a rank from 0 is that of a positive: the last ranks of each thousand. */
const positive = (rank: number) => rank % 1000 >= 1000 - (rank < N / 2 ? LOW : HIGH);
const rankOf = (row: number) => (row * STEP) % N;
/** Float32 holds (rank + 1) / 2²⁴ exactly, so no two rows tie. */
const scoreOf = (rank: number) => (rank + 1) / 2 ** 24;

/** Twice the sum of the positives' ranks from 1, exact. */
function twiceRankSum(): bigint {
	let sum = 0n;
	for (const [from, per] of [
		[0, LOW],
		[N / 2, HIGH],
	]) {
		// Thousand k has the ranks from + 1000k + 1000 − per + 1 … from + 1000k + 1000.
		const [thousands, last] = [BigInt(N / 2000), BigInt(from + 1000)];
		const p = BigInt(per);
		sum += p * (2n * thousands * last + 1000n * thousands * (thousands - 1n)) - thousands * p * (p - 1n);
	}
	return sum;
}

describe("10 million rows, in under 30 s", () => {
	const labels = new Uint8Array(N);
	const scores = new Float32Array(N);
	for (let row = 0; row < N; row++) {
		const rank = rankOf(row);
		scores[row] = scoreOf(rank);
		labels[row] = +positive(rank);
	}
	const rows = { events: { click: labels }, truth: {} };
	const positives = (N / 2000) * (LOW + HIGH);

	it("AUC, precision, recall, F1, ECE and MCE agree with closed forms and with sums in order of rank", () => {
		const begun = performance.now();
		const metrics = evaluate({ [pCTR]: scores }, rows);
		expect((performance.now() - begun) / 1000).toBeLessThan(30);
		const value = (name: string) => metrics[`${name}(${pCTR})`].value as number;

		const won = (Number(twiceRankSum()) - positives * (positives + 1)) / 2;
		expect(metrics[`auc(${pCTR})`].positives).toBe(positives);
		expect(value("auc")).toBeCloseTo(won / (positives * (N - positives)), 12);
		expect(value("auc")).toBeGreaterThan(0.6);

		for (const [percent, cut] of [
			[0.1, 10_000],
			[0.6, 60_000],
			[1, 100_000],
		]) {
			// Whole thousands of the upper half.
			const hits = (cut / 1000) * HIGH;
			expect(metrics[`precision@${percent}%(${pCTR})`].top).toEqual({ rows: cut, hits });
			expect(value(`precision@${percent}%`)).toBe(hits / cut);
			expect(value(`recall@${percent}%`)).toBe(hits / positives);
			expect(value(`f1@${percent}%`)).toBeCloseTo((2 * hits) / (cut + positives), 15);
		}

		const gaps = Array.from({ length: 15 }, (_, k) => {
			const [from, to] = [Math.floor((k * N) / 15), Math.floor(((k + 1) * N) / 15)];
			let hits = 0;
			for (let rank = from; rank < to; rank++) hits += +positive(rank);
			// The scores are an arithmetic series.
			return { n: to - from, gap: Math.abs((scoreOf(from) + scoreOf(to - 1)) / 2 - hits / (to - from)) };
		});
		expect(value("ece")).toBeCloseTo(
			gaps.reduce((sum, { n, gap }) => sum + (n / N) * gap, 0),
			11,
		);
		expect(value("mce")).toBeCloseTo(Math.max(...gaps.map(({ gap }) => gap)), 11);
	}, 60_000);
	it("the same with a thousand scores, each of ten thousand rows", () => {
		const coarse = scores.map((_, row) => Math.floor(rankOf(row) / 10_000) / 1024);
		const metrics = evaluate({ [pCTR]: coarse }, rows);
		const [up, down] = [new Float64Array(1000), new Float64Array(1000)];
		for (let rank = 0; rank < N; rank++) (positive(rank) ? up : down)[Math.floor(rank / 10_000)]++;
		let [won, below] = [0, 0];
		for (let level = 0; level < 1000; level++) {
			won += up[level] * (below + down[level] / 2);
			below += down[level];
		}
		expect(metrics[`auc(${pCTR})`].value).toBeCloseTo(won / (positives * (N - positives)), 12);
		// 60 000 rows are six scores.
		const hits = up.subarray(-6).reduce((a, b) => a + b);
		expect(metrics[`precision@0.6%(${pCTR})`].top).toEqual({ rows: 60_000, hits });
		// A share of a tie has that share of its positives.
		let [ece, place] = [0, 0];
		for (let k = 0; k < 15; k++) {
			const to = Math.floor(((k + 1) * N) / 15);
			let gap = 0;
			while (place < to) {
				const level = Math.floor(place / 10_000);
				const end = Math.min(to, 10_000 * (level + 1));
				gap += (end - place) * (level / 1024 - up[level] / 10_000);
				place = end;
			}
			ece += Math.abs(gap) / N;
		}
		expect(metrics[`ece(${pCTR})`].value).toBeCloseTo(ece, 11);
	}, 60_000);
});
