import { describe, expect, it } from "vitest";
import { type Graph, not } from "../core/graph";
import { graphCounts } from "./graphCounts";

const graph: Graph = {
	impression: { click: "ctr" },
	click: { micro: "mi", oMicro: not("mi") },
	micro: { dAction: "maMi", oAction: not("maMi") },
	oMicro: { dAction: "maOmi", oAction: not("maOmi") },
};
const events = {
	click: Uint8Array.of(1, 1, 1, 1, 0, 0, 1, 1),
	micro: Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 1),
	dAction: Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1),
};

describe("a log counted along a behaviour graph", () => {
	const { rows, edges } = graphCounts(graph, { rows: 8, events });
	const of = (prob: string) => edges.find((edge) => edge.prob === prob);
	it("has each edge as a share of its space, complements counted as the graph defines them", () => {
		expect(rows).toEqual({ impression: 8, click: 6, micro: 3, oMicro: 3, dAction: 3, oAction: 3 });
		expect(edges.map(({ prob, n, positives }) => [prob, n, positives])).toEqual([
			["click|impression", 8, 6],
			["micro|click", 6, 3],
			["oMicro|click", 6, 3],
			["dAction|micro", 3, 2],
			["oAction|micro", 3, 1],
			["dAction|oMicro", 3, 1],
			["oAction|oMicro", 3, 2],
		]);
		expect(of("dAction|oMicro")?.rate).toBeCloseTo(1 / 3, 12);
		expect(of("dAction|oMicro")?.se).toBeCloseTo(Math.sqrt(2 / 9 / 3), 12);
	});
	it("leaves out what the log does not tell, and has no rate of an empty space", () => {
		const { dAction: _, ...some } = events;
		const less = graphCounts(graph, { rows: 8, events: some });
		expect(less.edges.map(({ prob }) => prob)).toEqual(["click|impression", "micro|click", "oMicro|click"]);
		expect(less.rows).not.toHaveProperty("dAction");
		const none = graphCounts(graph, { rows: 8, events: { ...events, micro: new Uint8Array(8) } });
		expect(none.edges.find(({ prob }) => prob === "dAction|micro")).toMatchObject({ n: 0, rate: null, se: null });
	});
});
