import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { logLosses } from "./logLosses";

const { log } = Math;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("relative information gain", () => {
	it("is 1 − log-loss / log-loss of the rows' rate", () => {
		const { loss, rig } = logLosses(Float32Array.of(0.5, 0.25, 0.125, 0.75), Uint8Array.of(1, 0, 0, 0));
		const own = -(log(0.5) + log(0.75) + log(0.875) + log(0.25)) / 4;
		const prior = -(log(0.25) + 3 * log(0.75)) / 4;
		expect(loss.value).toBeCloseTo(own, 12);
		expect(rig?.value).toBeCloseTo(1 - own / prior, 12);
	});
	it("standard error: residuals of the ratio, by their definition", () => {
		const random = stream(1, "rig");
		const scores = Float32Array.from({ length: 200 }, () => random.uniform());
		const labels = Uint8Array.from(scores, (p) => +(random.uniform() < p));
		const rate = sum([...labels]) / 200;
		const lossOf = (p: number, label: number) => (label ? -log(p) : -log(1 - p));
		const [own, prior] = [[...labels].map((t, i) => lossOf(scores[i], t)), [...labels].map((t) => lossOf(rate, t))];
		const ratio = sum(own) / sum(prior);
		const squares = sum(own.map((loss, i) => (loss - ratio * prior[i]) ** 2));
		expect(logLosses(scores, labels).rig?.se).toBeCloseTo(Math.sqrt(squares / 199 / 200) / (sum(prior) / 200), 12);
	});
	it("is 0 for who predicts the rate, 1 for who knows every label, below 0 for worse than the rate", () => {
		const labels = Uint8Array.of(1, 0, 0, 0);
		const of = (...scores: number[]) => logLosses(Float32Array.from(scores), labels).rig?.value;
		expect(of(0.25, 0.25, 0.25, 0.25)).toBeCloseTo(0, 12);
		expect(of(1, 0, 0, 0)).toBeCloseTo(1, 6);
		expect(of(0.25, 0.5, 0.5, 0.5)).toBeLessThan(-0.1);
	});
	it("is none without both classes", () => {
		for (const labels of [Uint8Array.of(0, 0), Uint8Array.of(1, 1), new Uint8Array(0)])
			expect(logLosses(new Float32Array(labels.length).fill(0.5), labels).rig).toBeNull();
	});
});
