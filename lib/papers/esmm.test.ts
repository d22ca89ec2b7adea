import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { Interrupted } from "../experiment/run";
import { openStore } from "../experiment/store";
import { runTable2, type Table2Event, type Table2Runs, table2 } from "./esmm";

const folder = temporaryFolders();
let at: string;
let runs: Table2Runs;
const events: Table2Event[] = [];
beforeAll(async () => {
	at = folder();
	runs = await runTable2({ scale: "tiny", store: openStore(at), on: (event) => events.push(event) });
});

describe("ESMM's Table 2 at tiny scale", () => {
	it("is one run a method and seed, test part opened, the pCTR of BASE shared", () => {
		expect(Object.keys(runs.results)).toEqual(["base", "esmm"]);
		for (const [model, results] of Object.entries(runs.results)) {
			expect(results.map(({ seed }) => seed)).toEqual([1, 2]);
			for (const { test, ctr } of results) {
				expect(test).toBeDefined();
				expect(ctr).toEqual(
					model === "base" ? "own" : { model: "base", modelVersion: 1, hyper: runs.results.base[0].hyper },
				);
			}
		}
		const [base, esmm] = [runs.results.base[0], runs.results.esmm[0]];
		expect(esmm.data.fingerprint).toBe(base.data.fingerprint);
		expect(esmm.test?.["auc(click|impression)"]).toEqual(base.test?.["auc(click|impression)"]);
		expect(esmm.metrics["auc(click|impression)"]).toEqual(base.metrics["auc(click|impression)"]);
		expect(esmm.test?.["auc(conversion|click)"]).not.toEqual(base.test?.["auc(conversion|click)"]);
		expect(readdirSync(at)).toHaveLength(8);
	});
	it("tells which run is under way and when the last has ended", () => {
		expect(events[0]).toMatchObject({ done: 0, runs: 4, model: "base", seed: 1 });
		expect(events.at(-1)).toMatchObject({ done: 4, runs: 4, model: "esmm", seed: 2 });
		expect(events.some(({ step }) => step !== undefined)).toBe(true);
	});
	it("the table has the paper's methods, columns and numbers as fractions, and a verdict with its reason", () => {
		const { rows, notes } = table2(runs);
		expect(rows.map(({ label, column, published }) => [label, column, published?.value])).toEqual([
			["BASE", "CVR AUC (clicked)", 0.66],
			["ESMM", "CVR AUC (clicked)", expect.closeTo(0.6856, 10)],
			["BASE", "CTCVR AUC (all impressions)", expect.closeTo(0.6207, 10)],
			["ESMM", "CTCVR AUC (all impressions)", expect.closeTo(0.6532, 10)],
		]);
		for (const { ours, verdict, reason } of rows) {
			expect(ours.n).toBe(2);
			expect(ours.mean).toBeGreaterThan(0);
			expect(ours.mean).toBeLessThan(1);
			expect(["same-order", "outside", "not-comparable"]).toContain(verdict);
			expect(reason.length).toBeGreaterThan(20);
		}
		expect(notes.join(" ")).toContain("2 paired seeds");
	});
	it("the same again comes from the store", async () => {
		const again = await runTable2({ scale: "tiny", store: openStore(at) });
		expect(
			Object.values(again.results)
				.flat()
				.every(({ cached }) => cached),
		).toBe(true);
		expect(table2(again).rows).toEqual(table2(runs).rows);
	});
	it("an interrupt while the shared CTR network is trained stores no result of half a network, and goes on", async () => {
		const at = folder();
		const stop = new AbortController();
		const interrupted = runTable2({
			scale: "tiny",
			store: openStore(at),
			signal: stop.signal,
			// ESMM trains in one stage: what has two is BASE, for its pCTR.
			on: ({ stages }) => void (stages === 2 && stop.abort()),
		});
		await expect(interrupted).rejects.toThrow(Interrupted);
		expect(readdirSync(at).filter((name) => name.endsWith(".json"))).toHaveLength(0);
		const again = await runTable2({ scale: "tiny", store: openStore(at) });
		expect(again.results.esmm.map(({ metrics }) => metrics)).toEqual(runs.results.esmm.map(({ metrics }) => metrics));
	});
});
