import { describe, expect, it } from "vitest";
import { stream } from "../../core/random";
import { gauc } from "../gauc";
import { auc } from "../ranking";
import { drawScores } from "./binormal";
import { bootstrapDifference } from "./bootstrap";
import { clustersOf } from "./clusters";
import { delong } from "./delong";
import { aucStatistic, gaucStatistic, logLossStatistic, pcocStatistic } from "./resampled";

/** Scores of clustered users in (0, 1), rounded so that many tie, and clicks. */
function drawn(users: number, rowsPerUser = 8) {
	const random = stream(11, `bootstrap test/${users}`);
	const rows = drawScores({ users, rowsPerUser, shift: { a: 1.2, b: 0.9 }, spread: 1.2, effect: 1 }, random);
	const probability = (score: number) => Math.round(20 / (1 + Math.exp(-score))) / 20;
	const clicks = rows.labels.map((label) => (label || random.uniform() < 0.3 ? 1 : 0));
	return { ...rows, a: rows.a.map(probability), b: rows.b.map(probability), clicks };
}

const metrics = ["auc", "gauc", "logloss", "pcoc"] as const;
const repeated = <A extends Float32Array | Uint8Array | Int32Array>(values: A, times: ArrayLike<number>): number[] =>
	Array.from(values).flatMap((value, row) => Array<number>(times[row]).fill(value));

describe("statistics of clusters that count more or less than once", () => {
	const rows = drawn(30);
	rows.user[4] = -1;
	rows.user[9] = -1;
	const clusters = clustersOf(rows.user);
	const counts = Uint16Array.from({ length: clusters.count }, (_, c) => (c * 7) % 4);
	const times = rows.user.map((_, row) => counts[clusters.of[row]]);
	const [scores, labels] = [Float32Array.from(repeated(rows.a, times)), Uint8Array.from(repeated(rows.labels, times))];
	it("AUC is that of the rows repeated so often", () => {
		const { value } = auc(scores, labels);
		expect(aucStatistic(rows.a, rows.labels, clusters).at(counts)).toBeCloseTo(value ?? Number.NaN, 13);
	});
	it.each(["impressions", "clicks", "uniform"] as const)(
		"GAUC by %s is that of the users repeated so often",
		(weight) => {
			// A user who counts three times is three users.
			const order: { score: number; label: number; user: number; click: number }[] = [];
			for (let row = 0; row < rows.user.length; row++)
				for (let copy = 0; copy < times[row]; copy++)
					order.push({
						score: rows.a[row],
						label: rows.labels[row],
						user: rows.user[row] < 0 ? -1 : rows.user[row] * 4 + copy,
						click: rows.clicks[row],
					});
			const { value } = gauc(
				Float32Array.from(order, ({ score }) => score),
				Uint8Array.from(order, ({ label }) => label),
				Int32Array.from(order, ({ user }) => user),
				weight,
				Uint8Array.from(order, ({ click }) => click),
			);
			expect(gaucStatistic(rows.a, rows, clusters, weight).at(counts)).toBeCloseTo(value ?? Number.NaN, 13);
		},
	);
	it("log-loss and PCOC are those of the rows repeated so often", () => {
		let [loss, sum] = [0, 0];
		for (let k = 0; k < scores.length; k++) {
			const p = Math.min(Math.max(scores[k], 1e-7), 1 - 1e-7);
			loss -= Math.log(labels[k] ? p : 1 - p) / scores.length;
			sum += scores[k];
		}
		expect(logLossStatistic(rows.a, rows.labels, clusters).at(counts)).toBeCloseTo(loss, 12);
		const clicked = labels.reduce((total, label) => total + label, 0);
		expect(pcocStatistic(rows.a, rows.labels, clusters).at(counts)).toBeCloseTo(sum / clicked, 12);
	});
});

describe("bootstrapDifference", () => {
	const rows = drawn(200);
	it("has the standard error of the AUC difference that Obuchowski's formula has", () => {
		const boot = bootstrapDifference(rows.a, rows.b, rows, { metric: "auc", seed: 1, replicates: 4000 });
		const analytic = delong(rows.a, rows.b, rows);
		expect([boot.a, boot.b]).toEqual([analytic.a, analytic.b].map((v) => expect.closeTo(v ?? Number.NaN, 12)));
		expect(Math.abs((boot.se ?? 0) / (analytic.se ?? 1) - 1)).toBeLessThan(0.04);
		// Taken as independent, rows promise far more than users hold.
		const naive = delong(rows.a, rows.b, { ...rows, user: rows.user.map(() => -1) });
		expect(naive.se ?? 1).toBeLessThan(0.75 * (boot.se ?? 0));
	});
	it.each(metrics)("%s: every way to draw 5 users, written out, has the same deviation", (metric) => {
		const few = drawn(5, 12);
		const differences: number[] = [];
		for (let way = 0; way < 3125; way++) {
			const picked = [1, 5, 25, 125, 625].map((place) => Math.floor(way / place) % 5);
			const [a, b, labels, user]: number[][] = [[], [], [], []];
			for (const [copy, one] of picked.entries())
				for (let row = 0; row < few.user.length; row++)
					if (few.user[row] === one) {
						a.push(few.a[row]);
						b.push(few.b[row]);
						labels.push(few.labels[row]);
						user.push(copy);
					}
			const again = { labels: Uint8Array.from(labels), user: Int32Array.from(user) };
			const one = bootstrapDifference(Float32Array.from(a), Float32Array.from(b), again, {
				metric,
				seed: 1,
				replicates: 2,
			});
			if (one.difference !== null) differences.push(one.difference);
		}
		const mean = differences.reduce((sum, d) => sum + d, 0) / differences.length;
		const exact = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / differences.length);
		const options = { metric, seed: 3, replicates: 20_000 };
		const boot = bootstrapDifference(few.a, few.b, few, options);
		expect(Math.abs((boot.se ?? 0) / exact - 1)).toBeLessThan(0.03);
		expect(boot.skipped / 20_000).toBeCloseTo(1 - differences.length / 3125, 2);
	});
	it("the same seed draws the same users; another, others", () => {
		const at = (seed: number) => bootstrapDifference(rows.a, rows.b, rows, { metric: "auc", seed, replicates: 200 });
		expect(at(5)).toEqual(at(5));
		expect(at(5).se).not.toBe(at(6).se);
	});
	it("b − a is a − b turned round", () => {
		for (const metric of metrics) {
			const options = { metric, seed: 2, replicates: 200 };
			const [there, back] = [
				bootstrapDifference(rows.a, rows.b, rows, options),
				bootstrapDifference(rows.b, rows.a, rows, options),
			];
			expect(back.difference).toBeCloseTo(-(there.difference ?? 0), 13);
			expect(back.low).toBeCloseTo(-there.high, 12);
			expect(back.p).toBeCloseTo(there.p ?? Number.NaN, 10);
			expect((there.p ?? 1) < 0.05).toBe(there.low > 0 || there.high < 0);
		}
	});
	it("counts the draws that have no metric", () => {
		// One user of five has the positives: (4/5)^5 of the draws leave that one out.
		const user = Int32Array.from({ length: 50 }, (_, row) => row % 5);
		const labels = user.map((u, row) => (u === 0 && row % 2 === 0 ? 1 : 0));
		const scores = Float32Array.from(user, (_, row) => Math.sin(row));
		const boot = bootstrapDifference(
			scores,
			scores.map(Math.abs),
			{ labels: Uint8Array.from(labels), user },
			{
				metric: "auc",
				seed: 1,
				replicates: 5000,
			},
		);
		expect(boot.skipped / 5000).toBeCloseTo(0.8 ** 5, 1.5);
		expect(boot).toMatchObject({ clusters: 5, effective: 1, p: null, se: null });
		expect(boot.reason).toMatch(/fewer than two users/);
	});
	it("one class, the same predictions, and NaN are said, not guessed", () => {
		const options = { metric: "auc", seed: 1, replicates: 50 } as const;
		const none = bootstrapDifference(rows.a, rows.b, { ...rows, labels: rows.labels.map(() => 0) }, options);
		expect(none).toMatchObject({ a: null, difference: null, se: null, p: null, skipped: 50 });
		expect(none.reason).toMatch(/class is absent/);
		const same = bootstrapDifference(rows.a, rows.a, rows, options);
		expect(same).toMatchObject({ difference: 0, p: null });
		expect(same.reason).toMatch(/same whichever users/);
		const broken = rows.b.slice();
		broken[3] = Number.NaN;
		for (const metric of metrics)
			expect(() => bootstrapDifference(rows.a, broken, rows, { ...options, metric })).toThrow("row 3 is NaN");
		expect(() => bootstrapDifference(rows.a, rows.b.subarray(1), rows, options)).toThrow(/columns of \d+, \d+/);
		expect(() => bootstrapDifference(rows.a, rows.b, rows, { ...options, replicates: 1 })).toThrow("at least 2");
		const { labels, user } = rows;
		expect(() =>
			bootstrapDifference(rows.a, rows.b, { labels, user }, { ...options, metric: "gauc", weight: "clicks" }),
		).toThrow("needs the clicks");
	});
});
