import { describe, expect, it } from "vitest";
import { pCTR, pCVR } from "../core/prob";
import { InputError } from "../core/problem";
import { calibrationErrors } from "./calibration";
import { evaluate, evaluateScored } from "./evaluate";
import { gauc } from "./gauc";
import { auc } from "./ranking";
import { topK } from "./topK";
import { kl, logRmse, mae, pcoc, rmse, softAuc } from "./truth";

const n = 1000;
const [click, conversion] = [5, 25].map((every) => Uint8Array.from({ length: n }, (_, i) => +(i % every === 0)));
const truth = new Float32Array(n).fill(0.5);
const rows = { events: { click, conversion }, truth: {} };
const withNaN = Float32Array.from({ length: n }, (_, i) => (i === 17 || i === 40 || i === 999 ? Number.NaN : 0.5));

describe("scores that are no numbers", () => {
	it("are one error that counts them and says what to do", () => {
		const all = () => evaluate({ [pCVR]: withNaN }, rows);
		expect(all).toThrow(InputError);
		expect(all).toThrow(
			/^3 of 1000 scores of P\(conversion\|click\) are NaN, the first in row 17: every row needs a number, so train again with a smaller lr or leave these rows out$/,
		);
	});
	it("are counted over all pieces", () => {
		const pieces = () =>
			[0, 500].map((from) => ({
				scores: withNaN.subarray(from, from + 500),
				events: { click: click.subarray(from, from + 500) },
				truth: {},
			}));
		expect(() => evaluateScored({ rows: n, probs: [pCTR], events: ["click"], truths: [], pieces })).toThrow(
			/^3 of 1000 scores of P\(click\|impression\) are NaN, the first in row 17: /,
		);
	});
	it("infinite ones are no probabilities: evaluate refuses them, a ranking takes them", () => {
		const infinite = withNaN.map((score) => (Number.isNaN(score) ? Number.POSITIVE_INFINITY : score));
		const message = /^3 of 1000 scores of P\(click\|impression\) are infinite, the first in row 17: /;
		expect(() => evaluate({ [pCTR]: infinite }, rows)).toThrow(message);
		infinite[16] = Number.NaN;
		const both = /^4 of 1000 scores of P\(click\|impression\) are NaN or infinite \(1 NaN\), the first in row 16: /;
		expect(() => evaluate({ [pCTR]: infinite }, rows)).toThrow(both);
		infinite[16] = 0.5;
		expect(auc(infinite, click).value).toBeCloseTo(0.5, 1);
	});
	it.each([
		["auc", () => auc(withNaN, click)],
		["auc of float64", () => auc(Float64Array.from(withNaN), click)],
		["gauc", () => gauc(withNaN, click, new Int32Array(n))],
		["topK", () => topK(withNaN, click, 1)],
		["calibrationErrors", () => calibrationErrors(withNaN, click)],
		["softAuc", () => softAuc(withNaN, truth)],
		["rmse", () => rmse(withNaN, truth)],
		["mae", () => mae(withNaN, truth)],
		["logRmse", () => logRmse(withNaN, truth)],
		["pcoc", () => pcoc(withNaN, truth)],
		["kl", () => kl(withNaN, truth)],
	])("%s refuses them too", (_, metric) => {
		expect(metric).toThrow(InputError);
		expect(metric).toThrow(/^3 of 1000 scores are NaN, the first in row 17: /);
	});
	it("columns of unequal length are refused", () => {
		expect(() => evaluate({ [pCTR]: new Float32Array(3) }, rows)).toThrow(
			"3 scores of P(click|impression), but 1000 rows of event click: give one score a row",
		);
		const users = { ...rows, user: new Int32Array(2) };
		expect(() => evaluate({ [pCTR]: truth }, users)).toThrow("1000 scores of P(click|impression), but 2 rows of user");
	});
});
