import { expect, it } from "vitest";
import type { RunResult } from "../experiment/result";
import type { Store } from "../experiment/store";
import { galleryEntries, orderingsThere, phasesThere } from "./galleryEntries";
import { jobsOfOrderings, orderingMetrics } from "./orderings";
import { phases } from "./phases/phases";
import { jobsOfPhases } from "./phases/runs";

const metrics = [...orderingMetrics.map(({ metric }) => metric), phases.truth, phases.offline];

/** A store with the results of some runs, each of its own numbers. */
async function storeOf(...lists: (readonly { seed: number; job: { hash: string } }[])[]): Promise<Store> {
	const results = new Map<string, RunResult>();
	for (const { seed, job } of lists.flat()) {
		const value = 0.5 + Number.parseInt(job.hash.slice(0, 6), 16) / 1e9;
		const test = Object.fromEntries(metrics.map((metric) => [metric, { value, positives: 80 }]));
		results.set(job.hash, { run: job.hash, seed, test, data: { read: 1000 } } as unknown as RunResult);
	}
	return { get: (run: string) => results.get(run) } as Store;
}

it("shows orderings and phases of scale full before the scale that was asked for, where their results are there", async () => {
	const [tiny, full] = [
		[await jobsOfOrderings("tiny"), await jobsOfPhases("tiny")],
		[await jobsOfOrderings("full"), await jobsOfPhases("full")],
	];
	const shown = async (store: Store, scale: "tiny" | "full") => {
		const orderings = await orderingsThere({ scale, store });
		const entries = await galleryEntries({ scale, store, tables: new Map(), orderings });
		return entries.filter(({ findings }) => findings.length > 0).map(({ file, title }) => [file, title.slice(-12)]);
	};
	const [o, p] = ["ulated world", " impressions"];
	expect(await shown(await storeOf(...tiny, ...full), "tiny")).toEqual([
		["orderings-full", ", full scale"],
		["orderings", o],
		[`${phases.file}-impressions-full`, ", full scale"],
		[`${phases.file}-impressions`, p],
	]);
	expect(await shown(await storeOf(...full), "full")).toEqual([
		["orderings", o],
		[`${phases.file}-impressions`, p],
	]);
	const almost = await storeOf(...tiny, full[0].slice(1), full[1].slice(1));
	expect(await shown(almost, "tiny")).toEqual([
		["orderings", o],
		[`${phases.file}-impressions`, p],
	]);
	expect((await phasesThere({ scale: "tiny", store: almost })).map(({ scale }) => scale)).toEqual(["tiny"]);
});
