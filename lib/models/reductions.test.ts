import { describe, expect, it } from "vitest";
import { numbers } from "../core/algebra";
import { type Graph, logProb, not, towersOf } from "../core/graph";
import { rowLoss } from "../core/loss";
import { type Prob, pCTCVR, pCTR, pCVR } from "../core/prob";
import { stream } from "../core/random";
import { simulate } from "../simulator/simulate";
import { dnn } from "./dnn";
import { esm2 } from "./esm2";
import { esm2Mi } from "./esm2Mi";
import { esmm } from "./esmm";
import { hm3 } from "./hm3";
import { hm3R } from "./hm3R";

type Logits = Record<string, number>;

const σ = (s: number) => 1 / (1 + Math.exp(-s));
const logit = (p: number) => Math.log(p / (1 - p));
const of = (graph: Graph, logits: Logits, prob: Prob) => Math.exp(logProb(graph, logits, prob, numbers));

const standard: Prob[] = [pCTR, pCVR, pCTCVR];
const withAction: Prob[] = [...standard, "dAction|impression", "dAction|click"];
const random = stream(5, "reductions");
/** So many draws of logits for the towers of a graph, between −4 and 4. */
const draws = (graph: Graph): Logits[] =>
	Array.from({ length: 200 }, () =>
		Object.fromEntries(towersOf(graph).map((tower) => [tower, 8 * random.uniform() - 4])),
	);

/** Two graphs give the same probabilities, and so the same losses for either label. */
function same(one: readonly [Graph, Logits], other: readonly [Graph, Logits], probs: readonly Prob[]): void {
	for (const prob of probs) {
		const [a, b] = [logProb(...one, prob, numbers), logProb(...other, prob, numbers)];
		expect(Math.abs(a - b), prob).toBeLessThan(1e-12);
		for (const t of [0, 1]) expect(Math.abs(rowLoss(t, a, numbers) - rowLoss(t, b, numbers))).toBeLessThan(1e-12);
	}
}

describe("HM³ becomes ESM²", () => {
	it("where macro actions do not depend on micro ones (y3 = y4): its P(dAction | click) is that of y3", () => {
		for (const s of draws(hm3.graph))
			same([hm3.graph, { ...s, maOmi: s.maMi }], [esm2.graph, { ...s, dar: s.maMi }], withAction);
	});
	it("at any y3 and y4, with y2·y3 + (1 − y2)·y4 as its P(dAction | click)", () => {
		for (const s of draws(hm3.graph)) {
			const [y2, y3, y4] = [s.mi, s.maMi, s.maOmi].map(σ);
			const dar = logit(y2 * y3 + (1 - y2) * y4);
			same([hm3.graph, s], [esm2.graph, { ...s, dar }], withAction);
		}
	});
	it("where every micro action is a macro one and no other is (m ≡ a): y3 = 1, y4 = 0", () => {
		for (const s of draws(hm3.graph))
			same([hm3.graph, { ...s, maMi: 50, maOmi: -50 }], [esm2.graph, { ...s, dar: s.mi }], withAction);
	});
	it("but not elsewhere", () => {
		const [s] = draws(hm3.graph);
		expect(of(hm3.graph, s, pCVR)).not.toBeCloseTo(of(esm2.graph, { ...s, dar: s.maMi }, pCVR), 3);
	});
});

it("ESM² becomes ESMM where conversions do not depend on the action (y3 = y4)", () => {
	for (const s of draws(esm2.graph))
		same([esm2.graph, { ...s, oCvr: s.dCvr }], [esmm.graph, { ...s, cvr: s.dCvr }], standard);
	const [s] = draws(esm2.graph);
	expect(of(esm2.graph, s, pCVR)).not.toBeCloseTo(of(esmm.graph, { ...s, cvr: s.dCvr }, pCVR), 3);
});

it("ESM²+Mi is ESM² with a head beside it", () => {
	for (const s of draws(esm2Mi.graph)) {
		same([esm2Mi.graph, s], [esm2.graph, s], withAction);
		expect(of(esm2Mi.graph, s, "micro|impression")).toBeCloseTo(σ(s.ctr) * σ(s.mi), 12);
	}
});

it("HM³-R is HM³ with micro and macro actions in each other's place", () => {
	const renamed: Record<string, string> = { micro: "dAction", dAction: "micro", oMicro: "oAction", oAction: "oMicro" };
	const turned = Object.fromEntries(
		Object.entries(hm3.graph).map(([space, edges]) => [
			renamed[space] ?? space,
			Object.fromEntries(Object.entries(edges).map(([event, edge]) => [renamed[event] ?? event, edge])),
		]),
	) as Graph;
	const towers = { mi: "ma", maMi: "miMa", maOmi: "miOma", dCvr: "miCvr", oCvr: "oCvr", ctr: "ctr" };
	for (const s of draws(hm3R.graph)) {
		const named = Object.fromEntries(Object.entries(towers).map(([here, there]) => [here, s[there]]));
		same([hm3R.graph, s], [turned, named], [...withAction, "micro|impression", "micro|click"]);
	}
});

it("the networks of two towers give the same from the same logits: DNN and ESMM", () => {
	for (const s of draws(esmm.graph)) same([dnn.graph, s], [esmm.graph, s], standard);
});

describe("the simulator's true edges, put together by a model's graph, are its true P(conversion | click)", () => {
	const { columns, schema } = simulate({ preset: "tiny", seed: 3, rows: 2000 });
	const truth = (prob: string) => columns[(schema.truth as Record<string, string>)[prob]] as Float32Array;
	/** Tower → the truth of its edge, for every tower that is no complement. */
	const edges = (graph: Graph): [string, Float32Array][] =>
		Object.entries(graph).flatMap(([space, events]) =>
			Object.entries(events).flatMap(([event, edge]): [string, Float32Array][] =>
				typeof edge === "string" ? [[edge, truth(`${event}|${space}`)]] : [],
			),
		);
	/** The largest relative error over all rows, with the edges' truths in the places that another graph gives them. Truths are float32. */
	const worst = (graph: Graph, prob: Prob, places = graph) =>
		truth(prob).reduce((most, p, row) => {
			const logits = Object.fromEntries(edges(graph).map(([tower, column]) => [tower, logit(column[row])]));
			return Math.max(most, Math.abs(of(places, logits, prob) / p - 1));
		}, 0);

	it.each([
		["esmm", esmm],
		["esm2", esm2],
		["hm3", hm3],
	] as const)("%s", (_, { graph }) => {
		for (const prob of standard) expect(worst(graph, prob), prob).toBeLessThan(2e-6);
	});
	it("HM³'s give P(dAction | click) too; with two of them in each other's place they do not", () => {
		expect(worst(hm3.graph, "dAction|click")).toBeLessThan(2e-6);
		const turned: Graph = { ...hm3.graph, click: { oMicro: "mi", micro: not("mi") } };
		expect(worst(hm3.graph, "dAction|click", turned)).toBeGreaterThan(0.01);
	});
});
