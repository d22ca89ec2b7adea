import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { type Dataset, rowsIn } from "../data/dataset";
import { toyDataset } from "../data/toyDataset";
import { calibrationMethods } from "../metrics/calibrators/calibrator";
import { evaluate, labelled } from "../metrics/evaluate";
import { esmm } from "../models/esmm";
import { modelNamed } from "../models/index";
import { tf } from "../tensor/native";
import { calibrated } from "./calibrated";
import { type Fitted, type FittedNetwork, fit } from "./fit";

const hyper = { embedding: 4, mlp: [16], lr: 0.01, batch: 64, epochs: 4, dropout: 0 };
const data = toyDataset();
const { valid, test } = data.split;
let fitted: FittedNetwork = undefined as never;

beforeAll(async () => {
	fitted = await fit(esmm, { data, seed: 3, hyper });
	// As after oversampling: three times the odds of a click and eight times those of a conversion.
	const priors = fitted.network.priors as Record<string, number>;
	priors.ctr += Math.log(3);
	priors.cvr += Math.log(8);
});
afterAll(() => fitted.dispose());

/** The toy with other labels in one part of its split. */
function relabelled(part: Int32Array): Dataset {
	const every = (nth: number, column: Uint8Array) => {
		const copy = column.slice();
		for (const row of part) copy[row] = +(row % nth === 0);
		return copy;
	};
	return toyDataset({ events: { click: every(2, data.events.click), conversion: every(4, data.events.conversion) } });
}

describe.each(calibrationMethods)("a model calibrated by %s", (method) => {
	it("is fitted on all validation impressions and the clicked ones, whatever the labels elsewhere", () => {
		const { calibration } = calibrated(fitted, data, { method });
		const clicks = rowsIn(data, valid, "click");
		expect(calibration).toMatchObject({ method, fittedOn: { part: "valid", rows: valid.length } });
		expect(calibration.maps[pCTR]).toMatchObject({ n: valid.length, positives: clicks.length });
		expect(calibration.maps[pCVR]).toMatchObject({
			n: clicks.length,
			positives: rowsIn(data, clicks, "conversion").length,
		});
		for (const part of [data.split.train, test])
			expect(calibrated(fitted, relabelled(part), { method }).calibration).toEqual(calibration);
		expect(calibrated(fitted, relabelled(valid), { method }).calibration).not.toEqual(calibration);
	});
	it("corrects a mis-scaled model on rows that it has not seen", () => {
		const measure = (of: Fitted) => evaluate(of.predict(test), labelled(data, test));
		const [before, after] = [measure(fitted), measure(calibrated(fitted, data, { method }))];
		for (const prob of [pCTR, pCVR, pCTCVR]) {
			const [was, is] = [before, after].map((metrics) => Math.abs((metrics[`pcoc(${prob})`].value as number) - 1));
			expect(was, prob).toBeGreaterThan(0.3);
			expect(is, prob).toBeLessThan(was / 2);
		}
		expect(after[`logloss(${pCTR})`].value).toBeLessThan(before[`logloss(${pCTR})`].value as number);
	});
	it("predicts rows of another data set alike, and pCTCVR is pCTR × pCVR", () => {
		const one = calibrated(fitted, data, { method });
		const given = one.predict(test);
		expect(one.predictOn({ name: "other", fields: data.fields }, test)).toEqual(given);
		expect(given[pCTCVR]).toEqual(given[pCTR].map((p, row) => p * given[pCVR][row]));
		expect(given[pCTR]).not.toEqual(fitted.predict(test)[pCTR]);
	});
});

it.each(calibrationMethods)("a quotient that may exceed 1 becomes a probability: division, %s", async (method) => {
	const plain = await fit(modelNamed("division"), { data, seed: 1, hyper });
	expect(plain.predict(data.split.train)[pCVR].some((p) => p > 1)).toBe(true);
	const given = calibrated(plain, data, { method }).predict(data.split.train);
	for (const prob of [pCTR, pCVR, pCTCVR])
		expect(
			given[prob].every((p) => p >= 0 && p <= 1),
			prob,
		).toBe(true);
	expect(given[pCTCVR]).toEqual(given[pCTR].map((p, row) => p * given[pCVR][row]));
	plain.dispose();
});

it("platt leaves the ranking as it was", () => {
	const measure = (of: Fitted) => evaluate(of.predict(test), labelled(data, test));
	const [before, after] = [measure(fitted), measure(calibrated(fitted, data, { method: "platt" }))];
	for (const prob of [pCTR, pCVR]) expect(after[`auc(${prob})`].value).toBe(before[`auc(${prob})`].value);
});

describe("refused", () => {
	const of = (change: Partial<Dataset>) => () => calibrated(fitted, toyDataset(change), { method: "platt" });
	it.each<[string, () => unknown, string]>([
		[
			"another log",
			of({ name: "other", fingerprint: "other" }),
			"esmm was trained on toy, and other is another log or another split of it",
		],
		["no validation rows", of({ split: { ...data.split, valid: new Int32Array(0) } }), "toy has no validation rows"],
		[
			"no conversions",
			of({ events: { ...data.events, conversion: new Uint8Array(data.rows) } }),
			"P(conversion|click): all ",
		],
		[
			"a second calibration",
			() => calibrated(calibrated(fitted, data, { method: "platt" }), data, { method: "isotonic" }),
			"esmm is calibrated already (platt)",
		],
	])("%s", (_, calibrate, message) => {
		expect(calibrate).toThrow(message);
	});
});

it("no tensor is left behind", () => {
	const before = tf.memory().numTensors;
	calibrated(fitted, data, { method: "isotonic" }).predict(test);
	expect(tf.memory().numTensors).toBe(before);
});
