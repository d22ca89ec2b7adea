import { describe, expect, it } from "vitest";
import type { RunResult } from "../experiment/result";
import { holm } from "../metrics/comparison/holm";
import { modelNamed } from "../models/index";
import { orderingsView } from "../view/papers/orderings";
import {
	jobsOfOrderings,
	judgeOrderings,
	type OrderingRun,
	orderingMetrics,
	orderingsFindings,
	orderingsFrom,
	publishedOrderings,
} from "./orderings";
import { smallWidths } from "./smallNetworks";

const models = [...new Set(publishedOrderings.flatMap(({ better, worse }) => [better, worse]))];

/** Five seeds of every model on two worlds; a world's values are a model's level, what the seed does to all, and a little of its own. */
function runsWith(levels: Readonly<Record<string, Readonly<Record<string, number>>>>): OrderingRun[] {
	return Object.entries(levels).flatMap(([preset, levels]) =>
		models.flatMap((model, i) =>
			[1, 2, 3, 4, 5].map((seed): OrderingRun => {
				const value = (levels[model] ?? 0.7) + 0.05 * Math.sin(7 * seed) + 0.0005 * Math.sin(seed * (i + 2));
				const of = { value, se: 0.01, space: "click", n: 9, positives: 3 };
				const test = Object.fromEntries(orderingMetrics.map(({ metric }) => [metric, of]));
				const data = { read: 80_000 } as RunResult["data"];
				return { preset: preset as OrderingRun["preset"], model, result: { seed, test, data } };
			}),
		),
	);
}

const find = (of: ReturnType<typeof judgeOrderings>, claim: string, preset: string) =>
	of.rows.find((row) => row.claim === claim && row.preset === preset)?.differences ?? [];

describe("published orderings", () => {
	it("appear, are opposite, or are not seen, by world, with the seeds paired", () => {
		const judged = judgeOrderings("demo", runsWith({ bench: { esmm: 0.72 }, funnel: { esmm: 0.68, hm3: 0.73 } }));
		expect(judged.rows).toHaveLength(publishedOrderings.length * 2);
		const verdicts = (claim: string, preset: string) => find(judged, claim, preset).map(({ appears }) => appears);
		expect(verdicts("ESMM > BASE", "bench")).toEqual(["appears", "appears", "appears"]);
		expect(verdicts("ESMM > BASE", "funnel")).toEqual(["opposite", "opposite", "opposite"]);
		expect(verdicts("DIVISION > BASE", "bench")).toEqual(["not seen", "not seen", "not seen"]);
		expect(verdicts("HM³ > ESM²", "funnel")).toEqual(["appears", "appears", "appears"]);
		const [{ difference }] = find(judged, "ESMM > BASE", "bench");
		expect(difference.mean).toBeCloseTo(0.02, 2);
		expect([difference.low > 0.018, difference.high < 0.022, difference.n]).toEqual([true, true, 5]);
	});
	it("are judged after Holm over all orderings, worlds and metrics together", () => {
		const judged = judgeOrderings("demo", runsWith({ bench: {}, funnel: {} }));
		const all = judged.rows.flatMap(({ differences }) => differences);
		const adjusted = holm(all.map(({ difference }) => difference.p));
		expect(all).toHaveLength(publishedOrderings.length * 2 * 3);
		expect(all.map((one) => one.adjusted)).toEqual(adjusted);
		expect(judged.tests).toBe(all.length);
	});
	it("carry what the papers print, of every table that prints both, and nothing where none does", () => {
		const judged = judgeOrderings("demo", runsWith({ bench: {} }));
		const printed = (claim: string) => find(judged, claim, "bench").map((one) => one.printed);
		const near = (...values: number[]) => values.map((value) => expect.closeTo(value, 10));
		expect(printed("ESMM > BASE")).toEqual([near(0.0256, 0.0333), near(0.0325, 0.0109), []]);
		expect(printed("ESM² > ESMM")).toEqual([near(0.0088), near(0.0101), []]);
		expect(printed("HM³ > BASE")).toEqual([near(0.00794), [], []]);
		expect(printed("HM³ > ESM²")).toEqual([[], [], []]);
		for (const { claim, remark } of publishedOrderings) {
			const known = printed(claim).flat();
			expect([claim, known.every((value) => value > 0)]).toEqual([claim, true]);
			expect([claim, known.length > 0 || remark !== undefined]).toEqual([claim, true]);
		}
	});
	it("one seed, or a metric that is missing, is no test and no verdict", () => {
		const one = runsWith({ bench: { esmm: 0.8 } }).filter(({ result }) => result.seed === 1);
		expect(new Set(judgeOrderings("demo", one).rows.flatMap((row) => row.differences.map((d) => d.appears)))).toEqual(
			new Set(["no test"]),
		);
		const without = runsWith({ bench: { esmm: 0.8 } }).map((run) =>
			run.model === "base" ? { ...run, result: { ...run.result, test: {} } } : run,
		);
		const judged = judgeOrderings("demo", without);
		expect(find(judged, "ESMM > BASE", "bench").map(({ appears }) => appears)).toEqual(Array(3).fill("no test"));
		// Three orderings have BASE, each with three metrics.
		expect(orderingsView(judged).lead?.[0]).toMatch(
			/^of 21 comparisons 6 appear, 3 are opposite, 3 are not seen, of 9 there is no test; /,
		);
		expect(find(judged, "ESMM > ESMM-NS", "bench").map(({ appears }) => appears)).toEqual(Array(3).fill("appears"));
	});
	it("rest on runs that differ in their model alone: seed, log, widths and rate are the same", async () => {
		const jobs = await jobsOfOrderings("demo");
		expect(new Set(jobs.map(({ preset }) => preset))).toEqual(new Set(["demo", "bench", "esm2", "funnel"]));
		expect(jobs).toHaveLength(4 * 3 * models.length);
		for (const { label, seed, job } of jobs) {
			const { hyper, ctr, share } = job.run;
			expect(hyper).toMatchObject(smallWidths);
			expect([ctr, share, job.run.model, job.source]).toEqual([
				...["own", 1, label],
				expect.objectContaining({ logSeed: seed }),
			]);
			if ("itemEmbedding" in modelNamed(label).hyper) expect(hyper).toMatchObject({ itemEmbedding: 0 });
		}
		const full = await jobsOfOrderings("full");
		expect(new Set(full.map(({ seed }) => seed))).toEqual(new Set(Array.from({ length: 10 }, (_, i) => 101 + i)));
		expect(new Set(full.map(({ preset }) => preset)).has("aliccp")).toBe(true);
	});
	it("without a result is an error that names the run", async () => {
		await expect(orderingsFrom("tiny", () => undefined)).rejects.toThrow(
			/orderings: \S+ seed 1 on "tiny" has no result/,
		);
	});
	it("are told in sentences, an ordering and a metric each, every world once", () => {
		const found = orderingsFindings(
			judgeOrderings("demo", runsWith({ bench: { esmm: 0.72 }, esm2: { esmm: 0.68 }, funnel: {} })),
		);
		expect(found).toHaveLength(publishedOrderings.length * orderingMetrics.length);
		expect(found[0]).toMatch(
			/^ESMM > BASE by CVR AUC \(clicked\): appears on bench \(\+0\.0\d+ \[.*\]\); the opposite on esm2 \(−0\.0.*\); no difference seen on funnel \(.*\)\.$/,
		);
	});
	it("are a table: an ordering and a world a row, interval and verdict for each metric, counts before it", () => {
		const { rows, columns, lead, notes } = orderingsView(
			judgeOrderings("demo", runsWith({ bench: { esmm: 0.72 }, funnel: {} })),
		);
		expect(rows).toHaveLength(publishedOrderings.length * 2);
		for (const row of rows) expect(row).toHaveLength(columns.length);
		expect(rows[0].slice(0, 3)).toEqual(["ESMM > BASE", "bench", "+0.0256, +0.0333"]);
		expect(rows[0][4]).toBe("appears");
		expect(lead?.[0]).toMatch(/^of 42 comparisons \d+ appear, \d+ are opposite, \d+ are not seen; the smallest/);
		expect(notes.join("\n")).toContain('"bench" 5 logs of 80,000 impressions');
		expect(notes.join("\n")).toContain("HM³ > ESM²: no table at hand prints both");
	});
});
