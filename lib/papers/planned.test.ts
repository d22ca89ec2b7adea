import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { esm2Figure6 } from "./esm2/figure6";
import { esm2Numbers } from "./esm2/numbers";
import { esm2Branch, esm2Table6 } from "./esm2/table6";
import { hm3EdgeBias, hm3EdgeError, hm3EdgeRanking } from "./hm3/tables";
import { nameOfTable, tablePlans } from "./tables";

describe("a method is what its label says", () => {
	it("ESM²'s Table 6: which actions count as dAction", () => {
		expect(esm2Table6.methods.map(({ label, model, hyper }) => [label, model, hyper?.dAction])).toEqual([
			["SCart", "esm2", "cart"],
			["Wish", "esm2", "wish"],
			["SCart and Wish", "esm2", undefined],
		]);
	});
	it("ESM²'s losses on branches are those of the row that says so", () => {
		expect(esm2Branch.methods.map(({ label, hyper }) => [label, hyper?.extra])).toEqual([
			["ESM2", undefined],
			["ESM2 with branch losses", "branch"],
		]);
	});
	it("ESM²'s § 4.3.2: what becomes of numbers", () => {
		expect(esm2Numbers.methods.map(({ label, model, numbers }) => [label, model, numbers])).toEqual([
			["discretised", "esm2", "quantiles"],
			["tanh", "esm2", undefined],
		]);
		expect(esm2Numbers.baseline).toBe("discretised");
	});
	it("ESM²'s Figure 6: dropout, layers with the one of the logit, width of item embeddings", () => {
		const [dropout, layers, width] = esm2Figure6.map(({ values, plan }) =>
			plan.methods.map(({ label, hyper }, i) => ({ label, value: values[i], hyper: hyper ?? {} })),
		);
		expect(dropout.map(({ value }) => value)).toEqual([0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
		for (const { label, value, hyper } of dropout)
			expect([label, hyper]).toEqual([`dropout ${value}`, { dropout: value }]);
		expect(layers.map(({ value }) => value)).toEqual([2, 3, 4, 5, 6]);
		for (const { label, value, hyper } of layers) {
			expect([label, Object.keys(hyper)]).toEqual([`layers ${value}`, ["mlp"]]);
			expect(hyper.mlp).toHaveLength(value - 1);
		}
		expect(width.map(({ value }) => value)).toEqual([8, 16, 32, 64, 128]);
		const { embedding } = esm2Figure6[2].plan.protocol.scales.full.hyper["*"];
		for (const { label, value, hyper } of width)
			expect([label, hyper]).toEqual([`item embedding ${value}`, { itemEmbedding: value === embedding ? 0 : value }]);
		expect(esm2Figure6.map(({ plan }) => plan.baseline)).toEqual(["dropout 0.5", "layers 5", "item embedding 128"]);
	});
	it.each([
		["auc", hm3EdgeRanking],
		["rmse", hm3EdgeError],
		["pcoc", hm3EdgeBias],
	])("HM³'s edges by truth.%s: each column that measure of its own edge", (kind, { table, columns }) => {
		expect(table).toBe(`Edges, truth.${kind}`);
		expect(columns.map(({ column, metric }) => [column, metric])).toEqual([
			["P(click | impression)", `truth.${kind}(click|impression)`],
			["P(micro | click)", `truth.${kind}(micro|click)`],
			["P(dAction | micro)", `truth.${kind}(dAction|micro)`],
			["P(dAction | oMicro)", `truth.${kind}(dAction|oMicro)`],
			["P(conversion | dAction)", `truth.${kind}(conversion|dAction)`],
			["P(conversion | oAction)", `truth.${kind}(conversion|oAction)`],
			["P(dAction | click)", `truth.${kind}(dAction|click)`],
			["P(conversion | click)", `truth.${kind}(conversion|click)`],
		]);
	});
});

describe.each(tablePlans.map((plan) => [nameOfTable(plan), plan] as const))("%s at scale full", (_, plan) => {
	const { full } = plan.protocol.scales;
	it("has seeds that nothing was built with, ten where a paper prints the table", () => {
		expect(full.firstSeed).toBeGreaterThanOrEqual(101);
		if (plan.published) expect(full.seeds).toBe(10);
	});
	it("searches on a log that is none of any table's, at any scale", () => {
		const logSeeds = Object.values(plan.protocol.scales).flatMap(({ search }) => search?.logSeed ?? []);
		const taken = tablePlans
			.flatMap(({ protocol }) => Object.values(protocol.scales))
			.flatMap(({ seeds, firstSeed = 1 }) => Array.from({ length: seeds }, (_, i) => firstSeed + i));
		for (const seed of logSeeds) expect(taken).not.toContain(seed);
	});
});

it("the rates that ESMM's tables search are those that its paper tried, at every scale", () => {
	const file = JSON.parse(readFileSync(join(projectRoot(), "data/published.json"), "utf8")) as {
		[name: string]: unknown;
	}[];
	const tried = (method: string) =>
		file.find((one) => one.paper === "ESMM" && one.method === method && one.column === "sampling rate grid")?.value;
	expect([tried("AMAN"), tried("OVERSAMPLING")]).toEqual([
		[0.1, 0.2, 0.5, 1],
		[2, 3, 5, 10],
	]);
	const searches = tablePlans
		.filter(({ paper }) => paper === "esmm")
		.flatMap(({ protocol }) => Object.values(protocol.scales).map(({ search }) => search?.space));
	expect(searches).toHaveLength(4 * 3);
	for (const space of searches) {
		expect(space?.aman?.rate).toEqual(tried("AMAN"));
		expect(space?.oversampling?.rate).toEqual(tried("OVERSAMPLING"));
	}
});
