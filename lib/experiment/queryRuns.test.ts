import { writeFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import type { Model } from "../core/model";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { esmm } from "../models/esmm";
import { queryRuns } from "./queryRuns";
import type { RunResult } from "./result";
import { describe, execute } from "./run";
import { openStore } from "./store";

const folder = temporaryFolders();

it("asks the results of a store in SQL: runs, and metrics by part; damaged ones take no part", async () => {
	const store = openStore(folder());
	expect((await queryRuns(store, "select count(*) n from metrics")).objects()).toEqual([{ n: 0 }]);
	const model = esmm as unknown as Model;
	const hyper = { embedding: 2, mlp: [4], epochs: 1 };
	const results: RunResult[] = [];
	for (const seed of [1, 2]) {
		const run = describe(model, { hyper, seed, data: "toy" });
		const final = seed === 2 ? { by: "a test" } : undefined;
		results.push(await execute(model, run, { store, data: async () => toyDataset(), final }));
	}
	const runs = await queryRuns(
		store,
		"select seed, (hyper->>'lr')::double lr, data->>'name' log from runs order by seed",
	);
	expect(runs.objects()).toEqual([1, 2].map((seed) => ({ seed, lr: esmm.hyper.lr, log: results[0].data.name })));
	const auc = "select seed, part, value, se from metrics where metric = 'auc(click|impression)' order by seed, part";
	const of = ({ value, se }: { value: number | null; se: number | null }) => ({ value, se });
	expect((await queryRuns(store, auc)).objects()).toEqual([
		{ seed: 1, part: "valid", ...of(results[0].metrics["auc(click|impression)"]) },
		{ seed: 2, part: "test", ...of(results[1].test?.["auc(click|impression)"] ?? { value: null, se: null }) },
		{ seed: 2, part: "valid", ...of(results[1].metrics["auc(click|impression)"]) },
	]);
	await expect(queryRuns(store, "select nothing from runs")).rejects.toThrow(/query of the store: .*nothing/);
	const heard = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
	writeFileSync(`${store.folder}/${results[0].run}.json`, "{}");
	expect((await queryRuns(store, "select seed from runs")).objects()).toEqual([{ seed: 2 }]);
	expect(heard).toHaveBeenCalledTimes(1);
	heard.mockRestore();
});
