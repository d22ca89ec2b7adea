import { describe, expect, it } from "vitest";
import { derives, towersOf } from "../../core/graph";
import type { Model } from "../../core/model";
import { prepare } from "../../data/prepare";
import { splits } from "../../data/split";
import { modelNamed } from "../../models/index";
import { presets } from "../../simulator/presets";
import { simulate } from "../../simulator/simulate";
import { jobsOfTable } from "../table/jobsOfTable";
import {
	hm3EdgeBias,
	hm3EdgeError,
	hm3EdgeRanking,
	hm3Edges,
	hm3Large,
	hm3Medium,
	hm3Options,
	hm3Small,
	hm3Tables,
} from "./tables";

const graphOf = (model: string) => (modelNamed(model) as Model).graph;

describe("HM³'s three log sizes", () => {
	it("are the last quarter, half and all of the training days of ESM²'s split, whatever the preset", () => {
		const log = simulate({ preset: "tiny", seed: 1 });
		const { split } = prepare(log, { split: splits.esm2, encoding: { minFrequency: 2 } });
		const days = log.columns.day as Int32Array;
		const trained = new Set(Array.from(split.train, (row) => days[row])).size;
		const of = [hm3Small, hm3Medium].map(({ methods }) => new Set(methods.map((method) => method.days)));
		expect(of).toEqual([new Set([Math.round(trained / 4)]), new Set([Math.round(trained / 2)])]);
		expect(hm3Large.methods.every((method) => method.days === undefined)).toBe(true);
		for (const { preset } of Object.values(hm3Large.protocol.scales)) expect(presets[preset].T).toBe(presets.tiny.T);
	});
	it("differ in nothing else: methods, columns, logs, settings", () => {
		const same = [hm3Small, hm3Medium, hm3Large].map(({ methods, columns, protocol }) => ({
			...{ columns, protocol },
			methods: methods.map(({ days: _, ...method }) => method),
		}));
		expect(same[1]).toEqual(same[0]);
		expect(same[2]).toEqual(same[0]);
	});
	it("give every network the same widths, item features as wide as others", async () => {
		for (const scale of ["tiny", "demo"] as const)
			for (const { job } of await jobsOfTable(hm3Large, scale))
				expect(job.run.hyper).toMatchObject({
					embedding: 8,
					itemEmbedding: 0,
					mlp: [64, 32],
					dropout: 0.1,
					batch: 512,
					lr: 2e-3,
				});
	});
});

describe("tables of HM³'s edges", () => {
	it("take their runs from SR-L, all but those with a CVR loss", async () => {
		const [large, ...others] = await Promise.all(
			[hm3Large, hm3EdgeRanking, hm3EdgeError, hm3EdgeBias, hm3Options].map(
				async (plan) => new Map((await jobsOfTable(plan, "demo")).map(({ job, label }) => [job.hash, label])),
			),
		);
		for (const runs of others) {
			const more = [...runs].filter(([hash]) => !large.has(hash)).map(([, label]) => label);
			expect(new Set(more)).toEqual(new Set(["HM3 + CVR loss"]));
		}
	});
	it("are of every edge that one of its towers scores, and of what they compose to", () => {
		const graph = graphOf("hm3");
		const scored = Object.entries(graph).flatMap(([space, edges]) =>
			Object.keys(edges).flatMap((event) => (typeof edges[event] === "string" ? [`${event}|${space}`] : [])),
		);
		expect(scored).toHaveLength(towersOf(graph).length);
		expect(new Set(hm3Edges)).toEqual(new Set([...scored, "dAction|click", "conversion|click"]));
		for (const { metric } of hm3EdgeBias.columns) expect(metric).toMatch(/^truth\.pcoc\(/);
	});
	it("of the other methods, have the edges that their graphs give", () => {
		const given = (model: string) => hm3Edges.filter((prob) => derives(graphOf(model), prob));
		expect(hm3EdgeRanking.methods.map(({ model }) => given(model).length)).toEqual([5, 6, 6, 8, 8]);
	});
	it("a CVR loss changes one hyperparameter", () => {
		const [plain, more] = hm3Options.methods;
		expect([plain.model, more.model, plain.hyper, more.hyper]).toEqual(["hm3", "hm3", undefined, { cvrLoss: 1 }]);
		expect(new Set(hm3Tables).size).toBe(7);
	});
});
