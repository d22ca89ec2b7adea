import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { type GaucWeight, gauc, gaucWeights } from "./gauc";

interface Rows {
	scores: Float32Array;
	labels: Uint8Array;
	user: Int32Array;
	clicks: Uint8Array;
}

/** By the definition: all pairs of each user, ties half; users without both classes are left out. */
function byPairs({ scores, labels, user, clicks }: Rows, weight: GaucWeight) {
	const sums = { value: 0, weight: 0, n: 0, positives: 0, covered: 0 };
	const aucs: { w: number; auc: number }[] = [];
	const users = [...new Set(user)].filter((u) => u >= 0);
	for (const u of users) {
		const own = [...user.keys()].filter((row) => user[row] === u);
		const [up, down] = [own.filter((row) => labels[row] === 1), own.filter((row) => labels[row] === 0)];
		if (up.length === 0 || down.length === 0) continue;
		const won = up.flatMap((a) => down.map((b) => (scores[a] > scores[b] ? 1 : scores[a] === scores[b] ? 0.5 : 0)));
		const auc = won.reduce((a: number, b) => a + b, 0) / won.length;
		const w = { impressions: own.length, clicks: own.filter((row) => clicks[row] === 1).length, uniform: 1 }[weight];
		aucs.push({ w, auc });
		sums.value += w * auc;
		sums.weight += w;
		sums.n += own.length;
		sums.positives += up.length;
		sums.covered++;
	}
	const value = sums.value / sums.weight;
	const squares = aucs.reduce((sum, { w, auc }) => sum + (w * (auc - value)) ** 2, 0);
	const se = Math.sqrt((squares * aucs.length) / (aucs.length - 1)) / sums.weight;
	return { value, se, n: sums.n, positives: sums.positives, users: { covered: sums.covered, all: users.length } };
}

describe("gauc", () => {
	const random = stream(1, "gauc");
	const sample = (n: number, users: number, levels: number, rate: number): Rows => {
		const labels = Uint8Array.from({ length: n }, () => +(random.uniform() < rate));
		return {
			scores: Float32Array.from({ length: n }, () => random.int(levels) / levels - 0.25),
			labels,
			// Cubed, so that some users have very many rows; some rows have no user.
			user: Int32Array.from(
				{ length: n },
				() => Math.floor(users * random.uniform() ** 3) - (random.int(50) === 0 ? users : 0),
			),
			clicks: labels.map((label) => (label === 1 ? 1 : random.int(2))),
		};
	};
	const cases = gaucWeights.flatMap((weight) => [2, 9, 1e6].map((levels) => [weight, levels] as const));
	it.each(cases)("weight %s, %i different scores, against all pairs of each user", (weight, levels) => {
		for (const [users, rate] of [
			[2, 0.4],
			[40, 0.2],
			[700, 0.05],
		]) {
			const rows = sample(1500, users, levels, rate);
			const { value, se, ...about } = gauc(rows.scores, rows.labels, rows.user, weight, rows.clicks);
			const { value: expected, se: error, ...told } = byPairs(rows, weight);
			expect(value).toBeCloseTo(expected, 12);
			expect(se).toBeCloseTo(error, 12);
			expect(about).toEqual(told);
		}
	});
	it("a user with very many rows of both classes is sorted, and counted the same", () => {
		const rows = sample(24_000, 1, 300, 0.3);
		rows.user.fill(0);
		const [up, down] = [new Float64Array(300), new Float64Array(300)];
		for (const [row, label] of rows.labels.entries())
			(label ? up : down)[Math.round((rows.scores[row] + 0.25) * 300)]++;
		let [won, below] = [0, 0];
		for (let level = 0; level < 300; level++) {
			won += up[level] * (below + down[level] / 2);
			below += down[level];
		}
		const positives = up.reduce((a, b) => a + b, 0);
		expect(gauc(rows.scores, rows.labels, rows.user)).toEqual({
			value: won / (positives * below),
			se: null,
			n: 24_000,
			positives,
			users: { covered: 1, all: 1 },
		});
	});
	it("users with one class alone are left out, whatever they weigh", () => {
		// User 0: one of two pairs. User 1: all clicked. User 3: nothing. Between them a number without rows.
		const scores = Float32Array.of(0.5, 0.2, 0.9, 0.1, 0.2, 0.3, 0.4);
		const user = Int32Array.of(0, 0, 0, 1, 1, 3, 3);
		const labels = Uint8Array.of(1, 0, 0, 1, 1, 0, 0);
		const about = { se: null, n: 3, positives: 1, users: { covered: 1, all: 3 } };
		for (const weight of gaucWeights)
			expect(gauc(scores, labels, user, weight, new Uint8Array(7).fill(1))).toEqual({ value: 0.5, ...about });
		const none = gauc(scores.subarray(3), labels.subarray(3), user.subarray(3));
		expect(none).toEqual({ value: null, se: null, n: 0, positives: 0, users: { covered: 0, all: 2 } });
		expect(gauc(scores, labels, user, "clicks", new Uint8Array(7)).value).toBeNull();
	});
	it("−0 ties with 0, and scores below 0 rank below", () => {
		const of = (...scores: number[]) => gauc(Float32Array.from(scores), Uint8Array.of(1, 0), Int32Array.of(4, 4)).value;
		expect([of(0, -0), of(-0, 0), of(-1, -2), of(-2, 1)]).toEqual([0.5, 0.5, 1, 0]);
	});
	it("neither scores nor labels are changed", () => {
		const rows = sample(300, 20, 10, 0.3);
		const before = structuredClone(rows);
		gauc(rows.scores, rows.labels, rows.user);
		expect(rows).toEqual(before);
	});
	it("refuses NaN, columns of unequal length, and the weight clicks without clicks", () => {
		const [labels, user] = [Uint8Array.of(0, 1), Int32Array.of(0, 0)];
		expect(() => gauc(Float32Array.of(1, Number.NaN), labels, user)).toThrow(
			/^1 of 2 scores is NaN, the first in row 1: /,
		);
		expect(() => gauc(Float32Array.of(1), labels, user)).toThrow("1 scores, 2 labels, 2 users");
		expect(() => gauc(Float32Array.of(1, 2), labels, user, "clicks")).toThrow("needs the clicks");
	});
	it("standard error matches the spread over repeated samples of users", () => {
		const [values, errors]: number[][] = [[], []];
		for (let round = 0; round < 300; round++) {
			const user = Int32Array.from({ length: 900 }, (_, i) => (i / 9) | 0);
			const taste = Float64Array.from({ length: 100 }, () => random.normal());
			const labels = Uint8Array.from({ length: 900 }, () => +(random.uniform() < 0.3));
			const scores = Float32Array.from(user, (u, i) => random.normal() + labels[i] * taste[u]);
			const { value, se } = gauc(scores, labels, user);
			values.push(value as number);
			errors.push(se as number);
		}
		const mean = values.reduce((a, b) => a + b) / 300;
		const spread = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 299);
		// The spread of 300 values is itself known to ±4.1 %; four of those.
		expect(Math.abs(errors.reduce((a, b) => a + b) / 300 / spread - 1)).toBeLessThan(0.164);
	});
});
