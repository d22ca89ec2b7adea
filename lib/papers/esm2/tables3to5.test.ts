import { describe, expect, it } from "vitest";
import type { Scale } from "../scale";
import { jobsOfTable } from "../table/jobsOfTable";
import { searchOf } from "../table/search";
import { esm2Table6 } from "./table6";
import { esm2Table3, esm2Table4, esm2Table5 } from "./tables3to5";

const trialsOf = async (scale: Scale, name: string) => {
	const found = (await searchOf(esm2Table3, scale)).filter(({ trial }) => Object.hasOwn(trial.hyper, name));
	return found.map(({ model, trial }) => [model, trial.hyper[name]]);
};

describe("the search of ESM²'s Table 3", () => {
	it("chooses GBDT's number of trees on validation at every scale, and DNN-OS's rate", async () => {
		expect(await trialsOf("demo", "trees")).toEqual([10, 25, 50, 150].map((trees) => ["gbdt", trees]));
		expect(await trialsOf("demo", "rate")).toEqual([2, 3, 5, 10].map((rate) => ["dnn-os", rate]));
		expect(await trialsOf("tiny", "trees")).toHaveLength(2);
		const drawn = await trialsOf("full", "trees");
		expect(drawn).toHaveLength(8);
		expect(new Set(drawn.map(([, trees]) => trees)).size).toBeGreaterThan(2);
		for (const { job, seed } of await searchOf(esm2Table3, "demo")) {
			expect(job.source).toMatchObject({ preset: "esm2", rows: 300_000, logSeed: 900, split: "esm2" });
			expect([seed, job.final]).toEqual([900, undefined]);
		}
		const jobs = await jobsOfTable(esm2Table3, "demo", undefined, { gbdt: { trees: 25 } });
		for (const { job } of jobs.filter(({ label }) => label === "GBDT"))
			expect(job.run.hyper).toMatchObject({ trees: 25, depth: 8 });
	});
	it("tries as many settings of every model at full, and of a table without those two nothing at demo", async () => {
		const full = await searchOf(esm2Table3, "full");
		const models = [...new Set(full.map(({ model }) => model))];
		expect(models).toEqual(["gbdt", "dnn", "dnn-os", "esmm", "esm2"]);
		for (const model of models) expect(full.filter((one) => one.model === model)).toHaveLength(8);
		expect(esm2Table6.protocol.scales.demo.search).toBeUndefined();
		expect(await searchOf(esm2Table6, "full")).toHaveLength(8);
	});
	it("is that of Tables 4 and 5, whose runs are its", async () => {
		const hashes = async (plan: typeof esm2Table3) => (await searchOf(plan, "demo")).map(({ job }) => job.hash);
		const [three, four, five] = [await hashes(esm2Table3), await hashes(esm2Table4), await hashes(esm2Table5)];
		expect(four).toEqual(three);
		expect(five).toEqual(three);
	});
});
