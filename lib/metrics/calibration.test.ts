import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { calibrationErrors, reliability } from "./calibration";

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** By the definition: rows that tie share their positives, then every row goes into the bin of its place. */
function byRows(scores: Float32Array, labels: Uint8Array, bins: number) {
	const rows = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
	const shared = rows.map((row) => {
		const tied = rows.filter((other) => scores[other] === scores[row]);
		return sum(tied.map((other) => labels[other])) / tied.length;
	});
	const count = Math.min(bins, rows.length);
	const each = Array.from({ length: count }, (_, k) => {
		const places = rows.map((_, place) => place);
		const own = places.filter(
			(place) => place >= Math.floor((k * rows.length) / count) && place < Math.floor(((k + 1) * rows.length) / count),
		);
		const mean = (value: (place: number) => number) => sum(own.map(value)) / own.length;
		const [p, t] = [mean((place) => scores[rows[place]]), mean((place) => shared[place])];
		// The spread of p − t, where a row of a tie is positive with the chance of its tie.
		const square = mean((place) => {
			const score = scores[rows[place]];
			return shared[place] * (score - 1) ** 2 + (1 - shared[place]) * score ** 2;
		});
		const variance = own.length > 1 ? (square - (p - t) ** 2) / (own.length - 1) : Number.NaN;
		return { n: own.length, p, t, variance };
	});
	const share = (n: number) => n / rows.length;
	return {
		each,
		ece: sum(each.map(({ n, p, t }) => share(n) * Math.abs(p - t))),
		se: Math.sqrt(sum(each.map(({ n, variance }) => share(n) ** 2 * variance))),
		mce: Math.max(...each.map(({ p, t }) => Math.abs(p - t))),
	};
}

describe("calibration", () => {
	const random = stream(1, "calibration");
	const sample = (n: number, levels: number) => {
		const scores = Float32Array.from({ length: n }, () => (1 + random.int(levels)) / (levels + 1));
		return { scores, labels: Uint8Array.from(scores, (p) => +(random.uniform() < 0.8 * p)) };
	};
	it.each([1, 2, 7, 1e6])("%i different scores, against sums over the rows of each bin", (levels) => {
		for (const n of [30, 100, 333]) {
			const { scores, labels } = sample(n, levels);
			const { each, ece, se, mce } = byRows(scores, labels, 15);
			const found = calibrationErrors(scores, labels);
			expect(found?.bins).toBe(15);
			expect(found?.ece.value).toBeCloseTo(ece, 12);
			expect(found?.ece.se).toBeCloseTo(se, 10);
			expect(found?.mce.value).toBeCloseTo(mce, 12);
			const curve = reliability(scores, labels);
			expect(curve.map((bin) => bin.n)).toEqual(each.map((bin) => bin.n));
			for (const [i, bin] of curve.entries()) {
				expect(bin.predicted).toBeCloseTo(each[i].p, 12);
				expect(bin.observed).toBeCloseTo(each[i].t, 12);
				expect(bin.positives).toBeCloseTo(each[i].t * each[i].n, 10);
			}
		}
	});
	it("all scores equal: one gap in every bin, whatever the order of the rows", () => {
		const labels = Uint8Array.from({ length: 150 }, (_, i) => +(i < 30));
		const found = calibrationErrors(new Float32Array(150).fill(0.5), labels);
		expect(found?.ece.value).toBeCloseTo(0.3, 12);
		expect(found?.mce.value).toBeCloseTo(0.3, 12);
	});
	it("one class alone has a calibration", () => {
		const scores = Float32Array.from({ length: 60 }, () => 0.25);
		expect(calibrationErrors(scores, new Uint8Array(60))?.ece.value).toBeCloseTo(0.25, 12);
		expect(calibrationErrors(scores, new Uint8Array(60).fill(1))?.ece.value).toBeCloseTo(0.75, 12);
	});
	it("few rows have fewer bins, one row no standard error, no rows nothing", () => {
		expect(calibrationErrors(Float32Array.of(0.25), [1])).toEqual({
			...{ ece: { value: 0.75, se: null }, mce: { value: 0.75, se: null }, bins: 1 },
		});
		expect(calibrationErrors(Float32Array.of(0.25, 0.5, 0.75), [0, 0, 1])?.bins).toBe(3);
		expect(calibrationErrors(new Float32Array(0), [])).toBeUndefined();
		expect(reliability(new Float32Array(0), [])).toEqual([]);
	});
	it("refuses what is no probability, and counts it", () => {
		const bad = Float32Array.of(0.5, Number.POSITIVE_INFINITY, 0.5, Number.NaN);
		const message = /^2 of 4 scores are NaN or infinite \(1 NaN\), the first in row 1: /;
		expect(() => calibrationErrors(bad, [0, 1, 0, 1])).toThrow(message);
		expect(() => reliability(bad, [0, 1, 0, 1])).toThrow(message);
	});
	it.each([0, 2.5, -3])("%f bins are refused", (bins) => {
		expect(() => reliability(Float32Array.of(0.5), [1], bins)).toThrow(`${bins} bins: give a whole number from 1`);
		expect(() => calibrationErrors(Float32Array.of(0.5), [1], bins)).toThrow(
			`${bins} bins: give a whole number from 1`,
		);
	});
	it("Wilson's interval by its formula, within [0, 1]", () => {
		const [bin] = reliability(
			new Float32Array(40).fill(0.1),
			Uint8Array.from({ length: 40 }, (_, i) => +(i < 4)),
			1,
		);
		// Where (p − 0.1)² = z²·p(1 − p)/40.
		for (const p of [bin.low, bin.high])
			expect((p - 0.1) ** 2).toBeCloseTo((1.959963984540054 ** 2 * p * (1 - p)) / 40, 12);
		expect(bin.low).toBeLessThan(0.1);
		expect(bin.high).toBeGreaterThan(0.1);
		const [none] = reliability(new Float32Array(40).fill(0.1), new Uint8Array(40), 1);
		expect(none.low).toBe(0);
		expect(none.high).toBeGreaterThan(0.05);
	});
	it("standard error matches the spread over repeated samples, where every bin is off", () => {
		const found = Array.from({ length: 500 }, () => {
			const scores = Float32Array.from({ length: 3000 }, () => random.uniform());
			const labels = Uint8Array.from(scores, (p) => +(random.uniform() < 0.3 + 0.3 * p));
			return calibrationErrors(scores, labels, 2)?.ece as { value: number; se: number };
		});
		const mean = sum(found.map(({ value }) => value)) / 500;
		const spread = Math.sqrt(sum(found.map(({ value }) => (value - mean) ** 2)) / 499);
		// The spread of 500 values is itself known to ±3.2 %; four of those.
		expect(Math.abs(sum(found.map(({ se }) => se)) / 500 / spread - 1)).toBeLessThan(0.13);
	});
});
