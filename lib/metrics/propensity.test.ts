import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { offPolicy } from "./propensity";

/** A log of a policy that shows item i of `rates.length` at `chances[i]`. */
function log(rows: number, rates: readonly number[], chances: readonly number[], seed: number) {
	const random = stream(seed, "log");
	const [reward, propensity] = [new Uint8Array(rows), new Float64Array(rows)];
	for (let row = 0; row < rows; row++) {
		let [item, left] = [0, random.uniform()];
		while (item < rates.length - 1 && left >= chances[item]) left -= chances[item++];
		propensity[row] = chances[item];
		reward[row] = random.uniform() < rates[item] ? 1 : 0;
	}
	return { reward, propensity };
}

const rates = [0.05, 0.2, 0.4];
const chances = [0.1, 0.3, 0.6];
const truth = (0.05 + 0.2 + 0.4) / 3;

describe("offPolicy", () => {
	it("is worked out by hand for three rows", () => {
		const { ips, snips, meanWeight, effectiveSampleSize } = offPolicy([1, 0, 1], [0.5, 0.25, 1], 0.5);
		expect(ips.value).toBeCloseTo((1 + 0 + 0.5) / 3, 12);
		expect(snips.value).toBeCloseTo(1.5 / 3.5, 12);
		expect(meanWeight.value).toBeCloseTo(3.5 / 3, 12);
		expect(effectiveSampleSize).toBeCloseTo(3.5 ** 2 / (1 + 4 + 0.25), 12);
		expect(ips.se).toBeCloseTo(Math.sqrt((0.5 ** 2 + 0.5 ** 2 + 0) / 2 / 3), 12);
		expect(ips).toMatchObject({ space: "impression", n: 3, positives: 2 });
	});

	it("finds the uniform policy's rate where the plain mean does not, with intervals that cover it", () => {
		let [covered, snipsCovered, weightCovered] = [0, 0, 0];
		for (let seed = 0; seed < 300; seed++) {
			const { reward, propensity } = log(500, rates, chances, seed);
			const { ips, snips, meanWeight } = offPolicy(reward, propensity, 1 / 3);
			if (Math.abs((ips.value as number) - truth) < 1.96 * (ips.se as number)) covered++;
			if (Math.abs((snips.value as number) - truth) < 1.96 * (snips.se as number)) snipsCovered++;
			if (Math.abs(meanWeight.value - 1) < 1.96 * meanWeight.se) weightCovered++;
		}
		for (const n of [covered, snipsCovered, weightCovered]) {
			expect(n / 300).toBeGreaterThan(0.9);
			expect(n / 300).toBeLessThan(0.985);
		}
		const { reward, propensity } = log(20_000, rates, chances, 1);
		const { ips } = offPolicy(reward, propensity, 1 / 3);
		const plain = reward.reduce((n, r) => n + r, 0) / reward.length;
		expect(Math.abs((ips.value as number) - truth)).toBeLessThan(3 * (ips.se as number));
		expect(Math.abs(plain - truth)).toBeGreaterThan(10 * (ips.se as number));
	});

	it("shows propensities that are wrong by a mean weight far from 1", () => {
		const { reward, propensity } = log(5000, rates, chances, 2);
		const { meanWeight } = offPolicy(
			reward,
			propensity.map((chance) => chance / 2),
			1 / 3,
		);
		expect((meanWeight.value - 1) / meanWeight.se).toBeGreaterThan(10);
	});

	it("refuses propensities that are none, and lists that do not fit", () => {
		expect(() => offPolicy([1], [0], 0.5)).toThrow("propensity of row 0 is 0");
		expect(() => offPolicy([1, 0], [0.5], 0.5)).toThrow("one a row");
		expect(() => offPolicy([], [], 0.5)).toThrow("no rows");
		expect(offPolicy([1], [0.5], 0.5).ips).toMatchObject({ value: 1, se: null });
	});
});
