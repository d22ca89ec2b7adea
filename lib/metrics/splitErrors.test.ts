import { describe, expect, it } from "vitest";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { stream } from "../core/random";
import { evaluate } from "./evaluate";
import { splitErrors } from "./splitErrors";
import { logRmse, mae, pcoc, rmse } from "./truth";

const random = stream(1, "split");
const n = 400;
const column = () => Float32Array.from({ length: n }, () => random.uniform());
const [scores, truth, ctcvr, product] = [column(), column(), column(), column()];
const click = Uint8Array.from({ length: n }, () => +(random.uniform() < 0.3));
const of = (rows: (c: number) => boolean, values: Float32Array) => values.filter((_, i) => rows(click[i]));

describe("errors against the truth on clicked and on un-clicked rows", () => {
	it.each([
		["clicked", (c: number) => c === 1],
		["unclicked", (c: number) => c === 0],
	] as const)("%s: those of its rows alone", (name, rows) => {
		const [p, c] = [of(rows, scores), of(rows, truth)];
		const found = splitErrors(scores, truth, click)[name];
		expect(found.n).toBe(p.length);
		expect(found.truth).toBeCloseTo(
			c.reduce((a, b) => a + b, 0),
			10,
		);
		for (const [kind, expected] of Object.entries({ rmse: rmse(p, c), mae: mae(p, c), pcoc: pcoc(p, c) }))
			for (const part of ["value", "se"] as const)
				expect(found[kind as "rmse"][part], `${kind} ${part}`).toBeCloseTo(expected[part], 12);
	});
	it("evaluate names them, for pCVR and for pCTCVR against γ·c, not for pCTR", () => {
		const events = { click, conversion: new Uint8Array(n) };
		const truths = { [pCVR]: truth, [pCTCVR]: product, [pCTR]: truth };
		const metrics = evaluate({ [pCVR]: scores, [pCTCVR]: ctcvr, [pCTR]: scores }, { events, truth: truths });
		const { clicked, unclicked } = splitErrors(ctcvr, product, click);
		expect(metrics[`truth.rmse(${pCTCVR};rows=clicked)`]).toEqual({
			...clicked.rmse,
			...{ space: "click", n: clicked.n, positives: clicked.truth },
		});
		expect(metrics[`truth.pcoc(${pCTCVR};rows=unclicked)`]).toEqual({
			...unclicked.pcoc,
			...{ space: "unclicked", n: unclicked.n, positives: unclicked.truth },
		});
		expect(metrics[`truth.rmse(${pCTCVR})`].value).toBeCloseTo(rmse(ctcvr, product).value, 12);
		expect(Object.keys(metrics).filter((name) => name.includes(";rows="))).toHaveLength(2 * 6);
	});
	it("without clicked rows they have no value, and say why", () => {
		const rows = { events: { click: new Uint8Array(n), conversion: new Uint8Array(n) }, truth: { [pCVR]: truth } };
		expect(evaluate({ [pCVR]: scores }, rows)[`truth.rmse(${pCVR};rows=clicked)`]).toEqual({
			...{ value: null, se: null, space: "click", n: 0, positives: 0 },
			reason: "the truth of the 0 rows sums to 0",
		});
	});
});

describe("further errors against the truth", () => {
	it("mae and logrmse by hand", () => {
		expect(mae([0.2, 0.4], [0.1, 0.1])).toEqual({ value: expect.closeTo(0.2, 12), se: expect.closeTo(0.1, 12) });
		expect(logRmse([0.2, 0.1], [0.1, 0.4]).value).toBeCloseTo(Math.sqrt((Math.log(2) ** 2 + Math.log(4) ** 2) / 2), 12);
		// The squares a and b have mean (a + b)/2 and standard error |a − b|/2; √ has the slope 1/(2·√mean).
		const [a, b] = [Math.log(2) ** 2, Math.log(4) ** 2];
		expect(logRmse([0.2, 0.1], [0.1, 0.4]).se).toBeCloseTo((b - a) / 2 / (2 * Math.sqrt((a + b) / 2)), 12);
		expect(logRmse([0], [1e-7]).value).toBe(0);
	});
	it("the rank correlation has no value where all predictions are alike, and says so", () => {
		const rows = { events: { click, conversion: click }, truth: { [pCVR]: truth } };
		const constant = evaluate({ [pCVR]: new Float32Array(n).fill(0.5) }, rows)[`truth.spearman(${pCVR})`];
		expect(constant).toMatchObject({
			...{ value: null, se: null, n },
			reason: "the scores or the truth of the 400 rows are all alike",
		});
	});
});
