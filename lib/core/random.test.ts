import { describe, expect, it } from "vitest";
import { stream, words } from "./random";

describe("stream", () => {
	it("is the same for the same seed and name, and another for any other", () => {
		const draws = (seed: number, name: string) => {
			const random = stream(seed, name);
			return Array.from({ length: 5 }, random.uniform);
		};
		expect(draws(1, "users")).toEqual(draws(1, "users"));
		expect(draws(1, "users")).not.toEqual(draws(2, "users"));
		expect(draws(1, "users")).not.toEqual(draws(1, "items"));
		expect(words(1, "users")).toEqual(words(1, "users"));
	});
	it("golden: draws never change unnoticed", () => {
		const random = stream(1, "golden");
		expect([random.uniform(), random.uniform(), random.normal(), random.int(1000)]).toMatchInlineSnapshot(`
			[
			  0.7139771385118365,
			  0.9857297642156482,
			  -0.5463407089635993,
			  14,
			]
		`);
	});
	it("is uniform in [0, 1): every tenth gets its share", () => {
		const random = stream(5, "uniform");
		const counts = new Array(10).fill(0);
		for (let i = 0; i < 100_000; i++) counts[Math.floor(random.uniform() * 10)]++;
		for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(9000));
	});
	it("is standard normal: mean, variance, third and fourth moment", () => {
		const random = stream(5, "normal");
		const sums = [0, 0, 0, 0];
		const n = 200_000;
		for (let i = 0; i < n; i++) {
			const x = random.normal();
			for (let k = 0; k < 4; k++) sums[k] += x ** (k + 1) / n;
		}
		// Four standard errors: √(Var xᵏ / n), with Var x = 1, Var x² = 2, Var x³ = 15, Var x⁴ = 96.
		for (const [k, [moment, variance]] of [
			[0, 1],
			[1, 2],
			[0, 15],
			[3, 96],
		].entries())
			expect(Math.abs(sums[k] - moment)).toBeLessThan(4 * Math.sqrt(variance / n));
	});
	it("draws normals in pairs: one point of the unit disc gives two (polar method)", () => {
		const [random, twin] = [stream(4, "pairs"), stream(4, "pairs")];
		for (let pair = 0; pair < 20; pair++) {
			let [u, v, s] = [0, 0, 0];
			do {
				[u, v] = [2 * twin.uniform() - 1, 2 * twin.uniform() - 1];
				s = u * u + v * v;
			} while (s >= 1 || s === 0);
			const scale = Math.sqrt((-2 * Math.log(s)) / s);
			expect([random.normal(), random.normal()]).toEqual([u * scale, v * scale]);
		}
	});
	it("shuffles in place, keeps every value, and each place is as likely as any", () => {
		const random = stream(9, "shuffle");
		const landed = [0, 0, 0, 0];
		for (let i = 0; i < 40_000; i++) {
			const values = random.shuffle(Int32Array.of(0, 1, 2, 3));
			expect([...values].sort()).toEqual([0, 1, 2, 3]);
			landed[values.indexOf(0)]++;
		}
		for (const count of landed) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(7500));
	});
	it("draws whole numbers below n", () => {
		const random = stream(2, "int");
		const seen = new Set(Array.from({ length: 1000 }, () => random.int(7)));
		expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
	});
});
