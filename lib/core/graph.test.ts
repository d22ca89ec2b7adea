import { describe, expect, it } from "vitest";
import { duals, numbers } from "./algebra";
import { complements, derives, type Graph, logProb, not, paths, towersOf } from "./graph";
import { logLoss, rowLoss } from "./loss";
import { defineModel } from "./model";
import { eventOf, type Prob, pCTCVR, pCTR, pCVR, spaceOf } from "./prob";
import { stream } from "./random";
import { training } from "./training";

const σ = (s: number) => 1 / (1 + Math.exp(-s));
const esmm: Graph = { impression: { click: "ctr" }, click: { conversion: "cvr" } };
const esm2: Graph = {
	impression: { click: "ctr" },
	click: { dAction: "dar", oAction: not("dar") },
	dAction: { conversion: "dCvr" },
	oAction: { conversion: "oCvr" },
};
const direct: Graph = { impression: { click: "ctr", conversion: "cvr" } };

describe("Prob", () => {
	it("reads event and space from its name", () => {
		expect([eventOf(pCVR), spaceOf(pCVR)]).toEqual(["conversion", "click"]);
	});
	it("refuses what is no probability", () => {
		for (const wrong of ["conversion", "a|b|c", "|click", "click|"])
			expect(() => eventOf(wrong as Prob)).toThrow(/is not a probability/);
	});
});

describe("logProb", () => {
	const random = stream(7, "logits");
	const logits = () => ({
		ctr: 3 * random.normal(),
		cvr: 3 * random.normal(),
		dar: 3 * random.normal(),
		dCvr: 3 * random.normal(),
		oCvr: 3 * random.normal(),
	});

	it("is the product of the edges on one path", () => {
		for (let i = 0; i < 100; i++) {
			const s = logits();
			expect(Math.exp(logProb(esmm, s, pCTCVR, numbers))).toBeCloseTo(σ(s.ctr) * σ(s.cvr), 14);
		}
	});
	it("ESMM: pCTR · pCVR = pCTCVR", () => {
		for (let i = 0; i < 100; i++) {
			const s = logits();
			const [ctr, cvr, ctcvr] = [pCTR, pCVR, pCTCVR].map((p) => logProb(esmm, s, p as Prob, numbers));
			expect(ctr + cvr).toBeCloseTo(ctcvr, 12);
		}
	});
	it("is the sum over paths (ESM²'s mixture)", () => {
		for (let i = 0; i < 100; i++) {
			const { ctr, dar, dCvr, oCvr } = logits();
			const cvr = σ(dar) * σ(dCvr) + (1 - σ(dar)) * σ(oCvr);
			const p = logProb(esm2, { ctr, dar, dCvr, oCvr }, pCTCVR, numbers);
			expect(Math.exp(p)).toBeCloseTo(σ(ctr) * cvr, 14);
		}
	});
	it("is a quotient where the event implies the space without a path, left as it is above 1, and of no denominator below 1e-6", () => {
		expect(Math.exp(logProb(direct, { ctr: 0, cvr: -2 }, pCVR, numbers))).toBeCloseTo(σ(-2) / 0.5, 14);
		expect(Math.exp(logProb(direct, { ctr: -2, cvr: 0 }, pCVR, numbers))).toBeCloseTo((1 + Math.exp(2)) / 2, 12);
		expect(Math.exp(logProb(direct, { ctr: -40, cvr: 0 }, pCVR, numbers))).toBeCloseTo(0.5e6, 6);
	});
	it("refuses a quotient of events that exclude each other, or that one tower gives", () => {
		expect(derives(esm2, "dAction|oAction")).toBe(false);
		const split: Graph = { impression: { click: "ctr", skip: not("ctr") } };
		expect(derives(split, "skip|click")).toBe(false);
		expect(() => logProb(split, { ctr: 0 }, "skip|click", numbers)).toThrow(/cannot give P\(skip\|click\)/);
	});
	it("refuses what the graph cannot give", () => {
		for (const prob of ["click|conversion", "cart|click", "conversion|cart", "click|click"] as Prob[]) {
			expect(derives(esmm, prob)).toBe(false);
			expect(() => logProb(esmm, { ctr: 0, cvr: 0 }, prob, numbers)).toThrow(/cannot give P|is 1 by definition/);
		}
		for (const prob of [pCTR, pCVR, pCTCVR] as Prob[]) expect(derives(esmm, prob)).toBe(true);
		expect(derives(direct, pCVR)).toBe(true);
	});
	it("names a missing tower and a circle", () => {
		expect(() => logProb(esmm, { ctr: 0 }, pCVR, numbers)).toThrow('tower "cvr"');
		const circle: Graph = { impression: { click: "a" }, click: { impression: "b" } };
		expect(() => paths(circle, "impression", "conversion")).toThrow(
			"the behaviour graph runs in a circle: impression → click → impression",
		);
	});
	it("lists towers once, complements too, and events once", () => {
		expect(towersOf(esm2)).toEqual(["ctr", "dar", "dCvr", "oCvr"]);
		expect(complements(esm2)).toEqual([{ event: "oAction", space: "click", of: "dAction" }]);
	});
	it("needs no way from the impression where an edge leads from space to event", () => {
		const loose: Graph = { click: { conversion: "cvr" } };
		expect(derives(loose, pCVR)).toBe(true);
		expect(Math.exp(logProb(loose, { cvr: 0 }, pCVR, numbers))).toBeCloseTo(0.5, 14);
	});
});

describe("rowLoss", () => {
	it("is the cross-entropy of p, without its cancellation", () => {
		for (const p of [1e-6, 0.01, 0.3, 0.5, 0.9, 1 - 1e-6])
			for (const t of [0, 1, 0.25])
				expect(rowLoss(t, Math.log(p), numbers)).toBeCloseTo(-t * Math.log(p) - (1 - t) * Math.log(1 - p), 9);
	});
	it("keeps its digits at tiny probabilities, where 1 − p is 1 in float32", () => {
		expect(rowLoss(0, Math.log(1e-12), numbers)).toBeCloseTo(1e-12, 23);
	});
	it("stays finite at p = 1", () => {
		expect(rowLoss(0, 0, numbers)).toBeCloseTo(-Math.log(1e-7), 6);
		expect(rowLoss({ value: 0, slope: 0 }, { value: 0, slope: 1 }, duals).slope).toBeCloseTo(0, 15);
	});
	it.each([
		["ESMM", esmm, ["ctr", "cvr"]],
		["ESM²", esm2, ["ctr", "dar", "dCvr", "oCvr"]],
		["two heads", direct, ["ctr", "cvr"]],
	] as const)("%s: float64 gradients match finite differences", (_, graph, towers) => {
		const random = stream(3, "gradients");
		for (let i = 0; i < 50; i++) {
			const s = Object.fromEntries(towers.map((name) => [name, 2 * random.normal() - 1]));
			for (const prob of [pCTR, pCTCVR] as Prob[])
				for (const t of [0, 1])
					for (const name of towers) {
						const loss = (x: number) => rowLoss(t, logProb(graph, { ...s, [name]: x }, prob, numbers), numbers);
						const h = 1e-5;
						const numeric = (loss(s[name] + h) - loss(s[name] - h)) / (2 * h);
						const dual = Object.fromEntries(towers.map((n) => [n, { value: s[n], slope: n === name ? 1 : 0 }]));
						const exact = rowLoss({ value: t, slope: 0 }, logProb(graph, dual, prob, duals), duals).slope;
						expect(Math.abs(exact - numeric)).toBeLessThan(1e-8 * Math.max(1, Math.abs(exact)) + 1e-9);
					}
		}
	});
});

describe("types", () => {
	it("an event or tower that is not in the graph does not compile", () => {
		const hyper = { ...training, lr: 1e-3, batch: 8, epochs: 1, patience: 1 };
		const model = defineModel({
			name: "typed",
			version: 1,
			paper: "",
			hyper,
			graph: { impression: { click: "ctr" }, click: { conversion: "cvr" } },
			towers: (nn, x) => ({
				ctr: nn.logit("ctr", nn.embed("e", x, 2)),
				cvr: nn.logit("cvr", nn.embed("e", x, 2)),
			}),
			// @ts-expect-error "clck" is no event of the graph
			stages: () => [{ space: "impression", losses: [logLoss("conversion|clck")], choose: `auc(${pCTR})` }],
		});
		expect(model.name).toBe("typed");
		const missing = defineModel({
			...model,
			stages: () => [],
			// @ts-expect-error the tower "cvr" is missing
			towers: (nn, x) => ({ ctr: nn.logit("ctr", nn.embed("e", x, 2)) }),
		});
		expect(missing.hyper.batch).toBe(8);
	});
});
