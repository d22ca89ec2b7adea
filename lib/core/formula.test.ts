import { describe, expect, it } from "vitest";
import { numbers } from "./algebra";
import { termsOf } from "./formula";
import { type Graph, logProb, not, towersOf } from "./graph";
import type { Prob } from "./prob";

const chain: Graph = { impression: { click: "ctr" }, click: { conversion: "cvr" } };
const quotient: Graph = { impression: { click: "ctr", conversion: "ctcvr" } };
const actions: Graph = {
	impression: { click: "ctr" },
	click: { micro: "mi", oMicro: not("mi") },
	micro: { dAction: "maMi", oAction: not("maMi") },
	oMicro: { dAction: "maOmi", oAction: not("maOmi") },
	dAction: { conversion: "dCvr" },
	oAction: { conversion: "oCvr" },
};

/** The value of terms, read as arithmetic, with numbers for the towers. */
function reckon(terms: readonly string[], towers: Readonly<Record<string, number>>): number {
	const factor = (text: string) => {
		const turned = /^\(?1 − (\w+)\)?$/.exec(text);
		return turned ? 1 - towers[turned[1]] : towers[text];
	};
	const term = (text: string) => {
		const [top, bottom] = text.split(" / ");
		const product = top.split(" · ").reduce((all, one) => all * factor(one), 1);
		return bottom === undefined ? product : product / factor(bottom);
	};
	return terms.reduce((sum, text) => sum + term(text), 0);
}

describe("a probability of a graph, in words", () => {
	it("is a term a way, complements in brackets where they are multiplied", () => {
		expect(termsOf(chain, "conversion|impression")).toEqual(["ctr · cvr"]);
		expect(termsOf(quotient, "conversion|click")).toEqual(["ctcvr / ctr"]);
		expect(termsOf(actions, "oMicro|click")).toEqual(["1 − mi"]);
		expect(termsOf(actions, "dAction|click")).toEqual(["mi · maMi", "(1 − mi) · maOmi"]);
		expect(() => termsOf(chain, "cart|click")).toThrow("cannot give P(cart|click)");
	});
	it.each<[string, Graph, Prob[]]>([
		["a chain", chain, ["click|impression", "conversion|click", "conversion|impression"]],
		["a quotient", quotient, ["conversion|click", "conversion|impression"]],
		[
			"HM³",
			actions,
			["dAction|impression", "oAction|click", "conversion|click", "conversion|micro", "conversion|impression"],
		],
	])("has the value that the graph gives: %s", (_, graph, probs) => {
		const logits = Object.fromEntries(towersOf(graph).map((tower, i) => [tower, -1.7 + 0.6 * i]));
		const towers = Object.fromEntries(Object.entries(logits).map(([name, s]) => [name, 1 / (1 + Math.exp(-s))]));
		for (const prob of probs)
			expect(reckon(termsOf(graph, prob), towers)).toBeCloseTo(Math.exp(logProb(graph, logits, prob, numbers)), 12);
	});
});
