import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { keepReplayed } from "../../experiment/replayed";
import type { RunResult } from "../../experiment/result";
import { openStore } from "../../experiment/store";
import { holm } from "../../metrics/comparison/holm";
import { abFigure, abView } from "../../view/papers/abTest";
import { jobsOfTable } from "../table/jobsOfTable";
import type { PaperRuns } from "../table/runPaperTable";
import { type AbTest, abTest } from "./abTest";
import { esm2Figure5 } from "./figure5";
import { abTable } from "./figure5Table";
import { esm2Table3 } from "./tables3to5";

const folder = temporaryFolders();
const store = openStore(folder());
/** Strength of each method's ranking in conversions; clicks are the same for all but ESM2, which wins fewer. */
const strength = { GBDT: 1, DNN: 1.05, ESMM: 1.1, ESM2: 1.21 };
const [requests, seeds] = [60, [1, 2, 3]];
/** User 1 has half of the requests, users 2 … 31 one each. */
const user = Int32Array.from({ length: requests }, (_, r) => (r < 30 ? 1 : r - 28));
const ofSeed = (label: keyof typeof strength, seed: number) => ({
	user,
	table: `of seed ${seed}`,
	clicks: Float64Array.from({ length: requests }, (_, r) => (label === "ESM2" ? 0.8 : 1) * (1 + (r % 3))),
	conversions: Float64Array.from(
		{ length: requests },
		(_, r) => strength[label] * (1 + (r % 5)) * (label === "GBDT" ? 1 : 1 + 0.01 * (seed - 2)),
	),
});
const result = (label: string, seed: number) =>
	({ run: `${label}-${seed}`, seed, hyper: {}, data: { name: "a log" } }) as unknown as RunResult;
const results = Object.fromEntries(
	Object.keys(strength).map((label) => [label, seeds.map((seed) => result(label, seed))]),
);
const runs = { plan: esm2Figure5, results, store } as unknown as PaperRuns;
let test: AbTest;

beforeAll(async () => {
	for (const label of Object.keys(strength) as (keyof typeof strength)[])
		for (const seed of seeds) {
			await keepReplayed(store, `${label}-${seed}`, ofSeed(label, seed), 7);
		}
	test = await abTest(runs);
});

const lift = (label: string, against: string, measure: "cvr" | "conversions") => {
	const found = test.lifts.find((one) => one.label === label && one.against === against && one.measure === measure);
	if (!found) throw new Error(`${label} over ${against} is not there`);
	return found;
};

it("its runs are Table 3's: the same hashes, each with its outcomes and the test part", async () => {
	const settings = { gbdt: { trees: 25 }, "dnn-os": { rate: 3 } };
	const jobs = (plan: typeof esm2Table3) => jobsOfTable(plan, "demo", undefined, settings);
	const [ours, theirs] = [await jobs(esm2Figure5), await jobs(esm2Table3)];
	expect(ours.map(({ job }) => job.hash)).toEqual(theirs.map(({ job }) => job.hash));
	for (const { job } of ours) expect(job).toMatchObject({ replay: true, final: {} });
	for (const { job } of theirs) expect(job.replay).toBeUndefined();
});

describe("the simulated A/B test of runs", () => {
	it("counts requests, and users of different logs as different", () => {
		expect([test.requests, test.users, test.logs]).toEqual([180, 93, 3]);
	});
	it("gives what a slate brings, and lifts of all logs together", () => {
		const [gbdt] = test.methods;
		expect(gbdt).toMatchObject({ label: "GBDT", model: "gbdt" });
		expect(gbdt.clicks).toBeCloseTo(2, 6);
		expect(gbdt.conversions).toBeCloseTo(3, 6);
		expect(gbdt.cvr).toBeCloseTo(1.5, 6);
		expect(lift("ESM2", "GBDT", "conversions").users.value).toBeCloseTo(0.21, 5);
		// Fewer clicks: the CVR rises by more than the conversions do.
		expect(lift("ESM2", "GBDT", "cvr").users.value).toBeCloseTo(1.21 / 0.8 - 1, 5);
		expect(lift("ESM2", "ESMM", "conversions").users.value).toBeCloseTo(0.1, 5);
	});
	it("over seeds: single logs' lifts, tested and adjusted over all comparisons that are made", () => {
		const { seeds, adjusted } = lift("DNN", "GBDT", "conversions");
		expect(seeds.mean).toBeCloseTo(0.05, 5);
		expect(seeds.std).toBeCloseTo(0.0105, 5);
		expect(seeds.p).not.toBeNull();
		expect(adjusted as number).toBeGreaterThan(1.9 * (seeds.p as number));
		expect(test.lifts.map((one) => one.adjusted)).toEqual(holm(test.lifts.map((one) => one.seeds.p)));
		// ESM2 and ESMM vary alike over the seeds: what is between them is the same in each, and no test can be made.
		expect(lift("ESM2", "ESMM", "conversions").seeds.std).toBeLessThan(1e-6);
	});
	it("compares each pair once: DNN, ESMM, ESM2 with GBDT, then DNN and ESM2 with ESMM", () => {
		const pairs = test.lifts.filter(({ measure }) => measure === "cvr").map((one) => `${one.label}/${one.against}`);
		expect(pairs).toEqual(["DNN/GBDT", "ESMM/GBDT", "ESM2/GBDT", "DNN/ESMM", "ESM2/ESMM"]);
	});
	it("runs that ranked other requests are refused", async () => {
		const other = openStore(folder());
		await keepReplayed(other, "GBDT-1", ofSeed("GBDT", 1), 7);
		await keepReplayed(other, "ESMM-1", { ...ofSeed("ESMM", 1), table: "of fewer requests" }, 7);
		const two = { GBDT: [result("GBDT", 1)], ESMM: [result("ESMM", 1)] };
		await expect(abTest({ ...runs, results: two, store: other })).rejects.toThrow(
			"ESMM and GBDT have ranked other requests of seed number 1",
		);
	});
});

it("as a paper's table: lifts over GBDT, each judged against it, with what the paper's text says", async () => {
	const table = await abTable(runs);
	const row = table.rows.find(({ label, column }) => label === "ESMM" && column === "purchases over GBDT");
	expect(row?.ours.mean).toBeCloseTo(0.1, 5);
	expect(row?.compared?.names).toBe("ESMM − GBDT");
	expect(row?.published).toBeNull();
	expect(table.lead?.[0]).toMatch(
		/^ESM2 over ESMM, CVR: \+37\.50 % .* over users, .* over 3 seeds: .*; the paper's online test: \+3\.00 %$/,
	);
	expect(table.notes.join("\n")).toContain("180 requests of 93 users on 3 logs");
});

it("as a view: users' interval beside seeds', in per cent; a figure with the users' interval", () => {
	const view = abView(test);
	const row = view.rows.find(([label, against]) => label === "DNN" && against === "GBDT");
	expect(row?.[5]).toMatchObject({ mean: expect.closeTo(5, 3), digits: 2 });
	expect(row?.[6]).toMatchObject({ low: expect.closeTo(100 * lift("DNN", "GBDT", "conversions").seeds.low, 6) });
	const figure = abFigure(test);
	const bars = figure.data.filter(({ type }) => type === "bar") as unknown as { x: number[] }[];
	expect(bars.map(({ x }) => x.map((value) => Math.round(value)))).toEqual([
		[5, 10, 51],
		[5, 10, 21],
	]);
});
