import { describe, expect, it } from "vitest";
import { esmmFigure3, esmmShares } from "../esmm/figure3";
import { esmmTable2 } from "../esmm/table2";
import { jobsOfTable } from "./jobsOfTable";
import type { TablePlan } from "./plan";

const { scales } = esmmTable2.protocol;
const plan: TablePlan = {
	...esmmTable2,
	methods: [
		{ label: "BASE", model: "base" },
		{ label: "BASE, buckets", model: "base", numbers: "quantiles" },
		{ label: "BASE, 5 days", model: "base", days: 5 },
		{ label: "ESMM, buckets", model: "esmm", numbers: "quantiles" },
	],
	protocol: { ...esmmTable2.protocol, scales: { ...scales, tiny: { ...scales.tiny, search: undefined } } },
};

describe("the runs of a table", () => {
	it("are on the days and with the numbers that their method names, rows of one data set together", async () => {
		const jobs = (await jobsOfTable(plan, "tiny")).filter(({ seed }) => seed === 1);
		const about = jobs.map(({ label, job }) => [label, job.run.days, "numbers" in job.source && job.source.numbers]);
		expect(about).toEqual([
			["BASE", undefined, false],
			["BASE, 5 days", 5, false],
			["BASE, buckets", undefined, "quantiles"],
			["ESMM, buckets", undefined, "quantiles"],
		]);
		const [base, last, buckets, esmm] = jobs.map(({ job }) => job);
		expect(new Set(jobs.map(({ job }) => job.hash)).size).toBe(4);
		expect(last.run.data).toBe(base.run.data);
		expect(buckets.run.data).not.toBe(base.run.data);
		expect(esmm.run.data).toBe(buckets.run.data);
	});
	it("on files have the numbers that their schema names, so others are refused", async () => {
		const folder = { source: "folder", folder: "nowhere" } as const;
		const only: TablePlan = { ...plan, methods: plan.methods.slice(1), baseline: "BASE, buckets" };
		await expect(jobsOfTable(only, "tiny", folder)).rejects.toThrow("files are prepared with the numbers");
	});
	it("that tables and figures have in common are the same: those of all rows in Figure 3 are Table 2's", async () => {
		const settings = { aman: { rate: 0.5 }, oversampling: { rate: 3 } };
		const hashes = async (one: TablePlan) => {
			const jobs = await jobsOfTable(one, "demo", undefined, settings);
			return new Map(jobs.map(({ label, seed, job }) => [`${label} ${seed}`, job.hash]));
		};
		const [table, figure] = [await hashes(esmmTable2), await hashes(esmmFigure3)];
		for (const { label } of esmmTable2.methods)
			for (const seed of [1, 2, 3]) expect(figure.get(`${label}, 100 % ${seed}`)).toBe(table.get(`${label} ${seed}`));
		expect(new Set(figure.values()).size).toBe(3 * 7 * esmmShares.length);
	});
});
