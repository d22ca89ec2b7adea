import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate";
import { evaluateTruth } from "./evaluateTruth";

const truth = { "a|b": Float32Array.of(0.1, 0.4, 0.2, 0.8), "c|a": Float32Array.of(0.5, 0.25, 0.125, 0.5) };
const predictions = { "a|b": Float32Array.of(0.2, 0.3, 0.1, 0.9), "c|a": Float32Array.of(0.5, 0.5, 0.5, 0.25) };

describe("predictions against their truths, without labels", () => {
	it("are what evaluate says of them, to the last bit", () => {
		const events = { a: Uint8Array.of(1, 0, 1, 1), b: Uint8Array.of(1, 1, 1, 1), c: Uint8Array.of(0, 0, 1, 0) };
		const both = Object.entries(evaluate(predictions, { events, truth })).filter(([name]) => name.startsWith("truth."));
		expect(both).toHaveLength(14);
		expect(evaluateTruth(predictions, truth)).toEqual(Object.fromEntries(both));
	});
	it("each is held against its own: Σ p / Σ truth", () => {
		const found = evaluateTruth(predictions, truth);
		expect(found["truth.pcoc(a|b)"].value).toBeCloseTo(1, 6);
		expect(found["truth.pcoc(c|a)"].value).toBeCloseTo(1.75 / 1.375, 6);
		expect(found["truth.rmse(c|a)"]).toMatchObject({ space: "impression", n: 4, positives: 1.375 });
	});
	it("nothing asked for is nothing; a prediction without a truth, or with too short a one, is refused", () => {
		expect(evaluateTruth({}, {})).toEqual({});
		const one = { "a|b": Float32Array.of(0.5, 0.5) };
		expect(() => evaluateTruth(one, {})).toThrow("2 scores of P(a|b), but no truths: give one a row");
		expect(() => evaluateTruth(one, truth)).toThrow("2 scores of P(a|b), but 4 truths: give one a row");
	});
});
