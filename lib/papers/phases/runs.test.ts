import { expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import type { JobEvent } from "../../experiment/runJobs";
import { openStore } from "../../experiment/store";
import { type PhasePlan, phases } from "./phases";
import { runPhases, storedPhases } from "./runs";
import { judgePhases } from "./verdicts";

const folder = temporaryFolders();
const { tiny } = phases.scales;
const scale = { ...tiny, rho: [0.8], hyper: { ...tiny.hyper, epochs: 1 } };
const one: PhasePlan = { ...phases, models: ["esmm"], scales: { ...phases.scales, tiny: scale } };

it("trains what is missing, keeps it, and gives each world its runs, log by log", async () => {
	const store = openStore(folder());
	const before = await storedPhases("tiny", { plan: one, store });
	expect(before).toMatchObject({ runs: 4 });
	expect("missing" in before && before.missing.length).toBe(4);
	const runs = await runPhases({ scale: "tiny", plan: one, store });
	expect(runs.worlds).toHaveLength(1);
	const { base, esmm } = runs.worlds[0].results;
	expect([base.map(({ model, seed }) => [model, seed]), esmm.map(({ model, seed }) => [model, seed])]).toEqual([
		[
			["base", 1],
			["base", 2],
		],
		[
			["esmm", 1],
			["esmm", 2],
		],
	]);
	expect(base.map(({ data }) => data.fingerprint)).toEqual(esmm.map(({ data }) => data.fingerprint));
	// The world's purchase rate is that of the log: 0.2 where the preset has 0.05.
	const { positives, n } = base[0].test?.["auc(conversion|click)"] ?? { positives: 0, n: 1 };
	expect(positives / n).toBeGreaterThan(0.12);
	const [cell] = judgePhases(runs).cells;
	const metric = "truth.auc(conversion|click)";
	expect(cell.truth.values[1]).toBe((esmm[1].test?.[metric].value ?? 0) - (base[1].test?.[metric].value ?? 0));
	expect(cell.positives).toBeCloseTo(
		base.reduce((sum, { test }) => sum + (test?.["auc(conversion|click)"].positives ?? 0), 0) / 2,
		9,
	);

	const heard: JobEvent["kind"][] = [];
	const again = await runPhases({ scale: "tiny", plan: one, store, on: ({ kind }) => heard.push(kind) });
	expect(heard).toEqual(["skipped", "skipped", "skipped", "skipped"]);
	const stored = await storedPhases("tiny", { plan: one, store });
	if ("missing" in stored) throw new Error("the runs are in the store");
	expect(judgePhases(stored)).toEqual(judgePhases(again));
}, 120_000);

it("a run that fails is named with its model and world", async () => {
	const store = openStore(folder());
	const runner = { slots: 1, do: () => Promise.reject(new Error("no memory")), close: async () => {} };
	await expect(runPhases({ scale: "tiny", plan: one, store, runner })).rejects.toThrow(
		/4 of 4 runs failed, the first of them base, 10,000 impressions.*ρ 0\.8.*, seed 1: no memory/,
	);
});
