import { describe, expect, it } from "vitest";
import { choosesEpochs, directionOf } from "../core/metricName";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { betterIs, definitionOf } from "./definition";
import { evaluate } from "./evaluate";

const ones = (n: number) => new Uint8Array(n).fill(1);
const half = new Float32Array(4).fill(0.5);
/** Every name that there is: three Probs, users, and every truth. */
const names = Object.keys(
	evaluate(
		{ [pCTR]: half, [pCVR]: half, [pCTCVR]: half },
		{
			events: { click: ones(4), conversion: ones(4) },
			truth: { [pCTR]: half, [pCVR]: half, [pCTCVR]: half, "conversion|do(click)": half },
			user: new Int32Array(4),
		},
	),
);

describe("definitionOf", () => {
	it("has one for every name that evaluate gives, no two alike, each with its Prob and standard error", () => {
		expect(names).toHaveLength(3 * 18 + 4 * 7 + 3 * 6);
		const all = names.map(definitionOf);
		expect(new Set(all).size).toBe(names.length);
		for (const [i, text] of all.entries()) {
			expect(text, names[i]).toMatch(/P\((click|conversion) \| (click|impression|do\(click\))\) (over|against)/);
			expect(text, names[i]).toMatch(/[Ss]tandard error/);
			expect(text, names[i]).not.toMatch(/undefined|\|\||NaN/);
			expect(text.split(/\. /).length, names[i]).toBeLessThanOrEqual(2 + 1);
		}
	});
	it("tells the space, the weights and the cut", () => {
		expect(definitionOf("auc(conversion|click)")).toMatch(
			/^AUC of P\(conversion \| click\) over the rows with click = 1 \(label conversion\): /,
		);
		expect(definitionOf("gauc(click|impression)")).toMatch(/over all impressions .*weighing as many as the rows/);
		expect(definitionOf("gauc(click|impression;weight=uniform)")).toMatch(/weighing the same each/);
		expect(definitionOf("f1@0.6%(conversion|click)")).toMatch(/the ⌈0\.6 % · n⌉ rows/);
		expect(definitionOf("truth.rmse(conversion|click;rows=unclicked)")).toMatch(/over unclicked impressions\. /);
		expect(definitionOf("truth.kl(conversion|do(click))")).toMatch(
			/^Mean Kullback-Leibler divergence of P\(conversion \| click\) against the true P\(conversion \| do\(click\)\)/,
		);
	});
	it("has one for the share of scores above 1, which is told where there are any", () => {
		expect(definitionOf("above1(conversion|click)")).toMatch(
			/^Share of all impressions whose P\(conversion \| click\) is above 1.*Standard error/,
		);
		expect(betterIs("above1(conversion|click)")).toBe(-1);
	});
	it.each([
		["aucs(click|impression)", 'unknown metric "aucs": did you mean "auc"?'],
		["truth.rms(click|impression)", 'unknown metric "truth.rms": did you mean "truth.rmse"?'],
		["auc", '"auc" is no metric: write it as "auc(conversion|impression)"'],
		["auc(click)", '"auc(click)" is no metric'],
		[
			"precision(click|impression)",
			'"precision(click|impression)" names no cut: write it as "precision@1%(click|impression)"',
		],
		["recall@2%(click|impression)", '"recall@2%(click|impression)" is not computed: cuts are at 0.1 %, 0.6 %, 1 %'],
		["auc@1%(click|impression)", '"auc@1%(click|impression)" has no cut: write it as "auc(click|impression)"'],
		[
			"gauc(click|impression;weight=click)",
			'unknown weight of "gauc(click|impression;weight=click)" "click": did you mean "clicks"?',
		],
		["truth.rmse(click|impression;row=clicked)", '"row": did you mean "rows"?'],
		[
			"auc(click|impression;weight=clicks)",
			'"auc(click|impression;weight=clicks)" has no ;weight=: write it as "auc(click|impression)"',
		],
	])("%s is refused", (name, message) => {
		expect(() => definitionOf(name)).toThrow(message);
		expect(() => betterIs(name)).toThrow(message);
	});
});

describe("betterIs", () => {
	it("knows the direction of every metric but pcoc, as epochs are chosen", () => {
		for (const name of names) {
			if (name.includes("pcoc(")) expect(() => betterIs(name), name).toThrow("it is best at 1");
			else expect([1, -1], name).toContain(betterIs(name));
			if (choosesEpochs(name)) expect(betterIs(name), name).toBe(directionOf(name));
		}
	});
	it.each([
		["ece(conversion|click)", -1],
		["mce(conversion|click)", -1],
		["rig(conversion|click)", 1],
		["precision@1%(conversion|click)", 1],
		["truth.spearman(conversion|click)", 1],
		["truth.mae(conversion|click;rows=clicked)", -1],
		["truth.logrmse(conversion|click)", -1],
	])("%s: %i", (name, direction) => {
		expect(betterIs(name)).toBe(direction);
	});
});
