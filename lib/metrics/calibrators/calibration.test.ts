import { describe, expect, it } from "vitest";
import type { Graph } from "../../core/graph";
import { pCTCVR, pCTR, pCVR } from "../../core/prob";
import { stream } from "../../core/random";
import { applyCalibration, fitCalibration } from "./calibration";

const n = 4000;
const random = stream(1, "calibration");
const draw = (rate: (row: number) => number) =>
	Uint8Array.from({ length: n }, (_, row) => +(random.uniform() < rate(row)));
const score = () => Float32Array.from({ length: n }, () => random.uniform());
const scores = { [pCTR]: score(), [pCVR]: score(), [pCTCVR]: score() };
const click = draw((row) => scores[pCTR][row] ** 2);
const conversion = draw((row) => click[row] * scores[pCVR][row] ** 2);
const events = { click, conversion };
const clicks = click.reduce((a, b) => a + b, 0);
const conversions = conversion.reduce((a, b) => a + b, 0);

const clickFirst: Graph = { impression: { click: "ctr" }, click: { conversion: "cvr" } };
const longer: Graph = { impression: { click: "ctr" }, click: { cart: "car" }, cart: { conversion: "cvr" } };
const sisters: Graph = { impression: { click: "ctr", conversion: "ctcvr" } };
/** Who saw it may convert without a click. */
const around: Graph = {
	impression: { click: "ctr", seen: "view" },
	click: { conversion: "cvr" },
	seen: { conversion: "later" },
};

describe("which rows a map is fitted on", () => {
	it("pCTR on all impressions, pCVR on clicked ones", () => {
		const { maps, fittedOn } = fitCalibration("platt", scores, events, clickFirst);
		expect(maps[pCTR]).toMatchObject({ n, positives: clicks });
		expect(maps[pCVR]).toMatchObject({ n: clicks, positives: conversions });
		expect(fittedOn).toEqual({ part: "valid", rows: n, positives: { [pCTR]: clicks, [pCVR]: conversions } });
	});
	it("scores and labels of a row stay together: a map of clicked rows is right among clicked rows", () => {
		const given = applyCalibration(fitCalibration("isotonic", scores, events, clickFirst), scores);
		const sum = given[pCVR].reduce((total, p, row) => total + p * click[row], 0);
		expect(sum).toBeCloseTo(conversions, 2);
	});
	it("an event that the log has not, and a class that is missing, are told with the probability", () => {
		expect(() => fitCalibration("platt", scores, { click }, clickFirst)).toThrow(
			'P(conversion|click): the log has no event "conversion": it has click',
		);
		const none = { click, conversion: new Uint8Array(n) };
		expect(() => fitCalibration("platt", scores, none, clickFirst)).toThrow(
			`P(conversion|click): all ${clicks} labels are 0`,
		);
	});
	it("remarks say of which map", () => {
		const few = { click, conversion: conversion.map((one, row) => (row < 50 ? one : 0)) };
		expect(fitCalibration("platt", scores, few, clickFirst).remarks).toEqual([
			expect.stringMatching(/^P\(conversion\|click\): fitted on \d+ positives among \d+ rows/),
		]);
	});
});

describe("pCTCVR", () => {
	it.each([
		["by way of a click", clickFirst],
		["by way of a click and more", longer],
		["of a tower of its own, with pCVR as the quotient", sisters],
	])("is calibrated pCTR × calibrated pCVR: %s", (_, graph) => {
		const calibration = fitCalibration("isotonic", scores, events, graph);
		expect(Object.keys(calibration.maps)).toEqual([pCTR, pCVR]);
		const given = applyCalibration(calibration, scores);
		expect(Object.keys(given)).toEqual([pCTR, pCVR, pCTCVR]);
		expect(given[pCTCVR]).toEqual(given[pCTR].map((p, row) => p * given[pCVR][row]));
		expect(given[pCTR]).not.toEqual(scores[pCTR]);
	});
	it("has a map of its own where one converts without a click", () => {
		const calibration = fitCalibration("isotonic", scores, events, around);
		expect(calibration.products).toEqual({});
		expect(calibration.maps[pCTCVR]).toMatchObject({ n, positives: conversions });
	});
	it("has a map of its own where the model gives no pCVR", () => {
		const { [pCVR]: _, ...two } = scores;
		expect(Object.keys(fitCalibration("platt", two, events, clickFirst).maps)).toEqual([pCTR, pCTCVR]);
	});
});

it("quotients above 1 become probabilities; Platt says how it takes them", () => {
	const quotients = { ...scores, [pCVR]: scores[pCVR].map((p) => 1.25 * p) };
	const above = quotients[pCVR].filter((p) => p > 1).length;
	const [platt, isotonic] = (["platt", "isotonic"] as const).map((method) => {
		const calibration = fitCalibration(method, quotients, events, sisters);
		expect(applyCalibration(calibration, quotients)[pCVR].every((p) => p >= 0 && p <= 1)).toBe(true);
		return calibration.remarks.join();
	});
	expect(platt).toContain(`P(conversion|click): ${above} of ${n} scores are above 1, as quotients may be`);
	expect(isotonic).not.toContain("above 1");
});

it("a probability without a map is refused", () => {
	const { [pCTCVR]: _, ...two } = scores;
	const calibration = fitCalibration("platt", two, events, clickFirst);
	expect(() => applyCalibration(calibration, { "cart|impression": score() })).toThrow(
		"P(cart|impression) has no calibration: it has those of click|impression, conversion|click",
	);
});
