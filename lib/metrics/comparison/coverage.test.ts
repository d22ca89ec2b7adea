import { describe, expect, it } from "vitest";
import { auc } from "../ranking";
import { populationAuc } from "./binormal";
import { bootstrapDifference } from "./bootstrap";
import { type Coverage, coverage, type Population } from "./coverage";
import { delong } from "./delong";
import { paired } from "./paired";

/** Fixed before the first run. */
const SEED = 20_261_122;

/** 92–98 % covered, 3–7 % rejected. */
function expectHonest({ covers, rejects }: Coverage): void {
	expect(covers).toBeGreaterThanOrEqual(0.92);
	expect(covers).toBeLessThanOrEqual(0.98);
	expect(rejects).toBeGreaterThanOrEqual(0.03);
	expect(rejects).toBeLessThanOrEqual(0.07);
}

/** AUCs of a and b over samples of so many seeds. */
function overSeeds({ sample }: Population, seeds: number) {
	const samples = Array.from({ length: seeds }, sample);
	const of = (side: "a" | "b") => samples.map((one) => auc(one[side], one.labels).value ?? Number.NaN);
	return { a: of("a"), b: of("b") };
}

describe("95 % intervals of differences that are known", () => {
	it("the t-interval over 5 and over 10 paired seeds covers 92–98 % and rejects 3–7 %", () => {
		const drawing = { users: 60, rowsPerUser: 8, effect: 1 };
		const found = coverage({ seed: SEED, pairs: 500, nulls: 1000, drawing }, (population) => {
			const { a, b } = overSeeds(population, 10);
			return { five: paired(a.slice(0, 5), b.slice(0, 5)), ten: paired(a, b) };
		});
		expectHonest(found.five);
		expectHonest(found.ten);
	});
	it("the bootstrap over users covers 92–98 % and rejects 3–7 %; so does DeLong's; over rows it covers less than 85 %", () => {
		const drawing = { users: 100, rowsPerUser: 8, effect: 1 };
		const found = coverage({ seed: SEED, pairs: 500, nulls: 1000, drawing }, ({ sample }, seed) => {
			const rows = sample();
			const options = { metric: "auc", seed, replicates: 300 } as const;
			const alone = { labels: rows.labels, user: rows.user.map(() => -1) };
			return {
				users: bootstrapDifference(rows.a, rows.b, rows, options),
				delong: delong(rows.a, rows.b, rows),
				// As many replicates as are needed to see it.
				rows: bootstrapDifference(rows.a, rows.b, alone, { ...options, replicates: 100 }),
			};
		});
		expectHonest(found.users);
		expectHonest(found.delong);
		expect(found.rows.covers).toBeLessThan(0.85);
		expect(found.rows.rejects).toBeGreaterThan(0.15);
	});
	it("the bootstrap of the GAUC covers 92–98 % and rejects 3–7 %", () => {
		const drawing = { users: 150, rowsPerUser: 8, effect: 1 };
		const found = coverage(
			{ seed: SEED, pairs: 500, nulls: 1000, drawing },
			({ sample }, seed) => {
				const rows = sample();
				return { users: bootstrapDifference(rows.a, rows.b, rows, { metric: "gauc", seed, replicates: 300 }) };
			},
			// Within a user the user's effect is the same for all rows.
			(shift, { spread }) =>
				populationAuc(shift.a, { spread, effect: 0 }) - populationAuc(shift.b, { spread, effect: 0 }),
		);
		expectHonest(found.users);
	});
});
