import { expect, it } from "vitest";
import type { PooledSummary } from "../../metrics/comparison/pooled";
import { phaseEffects, type WorldDifference } from "./effects";

const scale = { rho: [0, 0.4, 0.8], levels: { rows: [100, 400], cvr: [0.05], gammas: [1] } };
const world = (rows: number, rho: number, mean: number, std: number): WorldDifference => ({
	world: { rows, rho, cvr: 0.05, gammas: 1 },
	group: String(rows),
	difference: { mean, std, n: 4, degrees: 9, p: 0.5, low: 0, high: 0, detectable: 0 } satisfies PooledSummary,
});
const all = [
	...[world(100, 0, 0.01, 0.02), world(100, 0.4, 9, 0.02), world(100, 0.8, 0.05, 0.02)],
	...[world(400, 0, 0.03, 0.04), world(400, 0.4, 9, 0.04), world(400, 0.8, 0.05, 0.04)],
];

it("is the mean over pairs that differ in the knob alone, highest less lowest; a knob with one level has none", () => {
	const effects = phaseEffects(scale, all);
	expect(effects.map(({ knob, from, to, pairs }) => [knob, from, to, pairs])).toEqual([
		["rho", 0, 0.8, 2],
		["rows", 100, 400, 3],
	]);
	expect(effects[0].mean).toBeCloseTo((0.04 + 0.02) / 2, 12);
	expect(effects[1].mean).toBeCloseTo((0.02 + 0 + 0) / 3, 12);
});

it("variances of the worlds add, with Satterthwaite's degrees of freedom over the groups", () => {
	const [{ mean, low, high, degrees }] = phaseEffects(scale, all);
	// Each group: two worlds of s²/4 over 2² pairs. 0.02: 0.00005; 0.04: 0.0002. df = 0.00025² · 9 / (0.00005² + 0.0002²) = 13.2353.
	expect(degrees).toBeCloseTo((0.00025 ** 2 * 9) / (0.00005 ** 2 + 0.0002 ** 2), 9);
	// t(0.975; 13.2353) lies between 2.1604 (13) and 2.1448 (14).
	const half = (high - low) / 2 / Math.sqrt(0.00025);
	expect(half).toBeGreaterThan(2.1448);
	expect(half).toBeLessThan(2.1604);
	expect((low + high) / 2).toBeCloseTo(mean, 12);
});

it("a pair with an untested difference is left out", () => {
	const hole = all.map((one, i) => (i === 0 ? { ...one, difference: { ...one.difference, p: null } } : one));
	const [rho, rows] = phaseEffects(scale, hole);
	expect(rho).toMatchObject({ pairs: 1 });
	expect(rho.mean).toBeCloseTo(0.02, 12);
	expect(rows.pairs).toBe(2);
});
