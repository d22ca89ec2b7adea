import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../../core/root";
import { delong } from "../delong";
import { holm } from "../holm";
import { detectable, paired } from "../paired";

interface Found {
	paired: { a: number[]; b: number[]; p: number; low: number; high: number }[];
	/** Seeds, the detectable shift, the usual approximation of it. */
	shift: [number, number, number][];
	holm: { p: number[]; adjusted: number[] }[];
	delong: {
		a: number[];
		b: number[];
		labels: number[];
		user: number[];
		aucs: [number, number];
		delong: number;
		obuchowski: number;
	}[];
}

// Written by statistics.py.
const found: Found = JSON.parse(
	readFileSync(join(projectRoot(), "lib/metrics/comparison/parity/statistics.json"), "utf8"),
);

describe("as scipy, statsmodels and numpy have it", () => {
	it.each(found.paired)("the paired t-test of $a.length seeds: p = $p", ({ a, b, p, low, high }) => {
		const test = paired(a, b);
		expect(Math.abs((test.p ?? Number.NaN) / p - 1)).toBeLessThan(1e-8);
		expect(Math.abs(test.low - low)).toBeLessThan(2e-6 * (high - low));
		expect(Math.abs(test.high - high)).toBeLessThan(2e-6 * (high - low));
	});
	it.each(found.shift)("what %i seeds can see is %f standard errors by the noncentral t", (n, exact, usual) => {
		const shift = detectable({ std: Math.sqrt(n), n });
		expect(Math.abs(shift / exact - 1)).toBeLessThan(2e-6);
		// The usual approximation is another number.
		expect(Math.abs(usual / exact - 1)).toBeGreaterThan(5e-5);
	});
	it("Holm's adjusted p-values", () => {
		for (const { p, adjusted } of found.holm)
			for (const [i, value] of holm(p).entries()) expect(value).toBeCloseTo(adjusted[i], 14);
	});
	it("DeLong's standard error for rows, and Obuchowski's for users", () => {
		for (const one of found.delong) {
			const [a, b] = [Float32Array.from(one.a), Float32Array.from(one.b)];
			const [labels, user] = [Uint8Array.from(one.labels), Int32Array.from(one.user)];
			const byUser = delong(a, b, { labels, user });
			expect([byUser.a, byUser.b]).toEqual(one.aucs.map((auc) => expect.closeTo(auc, 14)));
			expect(byUser.se).toBeCloseTo(one.obuchowski, 13);
			expect(delong(a, b, { labels, user: user.map(() => -1) }).se).toBeCloseTo(one.delong, 13);
			expect(Math.abs(one.obuchowski / one.delong - 1)).toBeGreaterThan(0.02);
		}
	});
});
