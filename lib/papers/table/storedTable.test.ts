import { expect, it, vi } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { commitResult } from "../../experiment/committed";
import { inProcess } from "../../experiment/runJobs";
import { openStore } from "../../experiment/store";
import { esm2Branch } from "../esm2/table6";
import { paperTable } from "./paperTable";
import type { TablePlan } from "./plan";
import { runPaperTable } from "./runPaperTable";
import { storedTable } from "./storedTable";

const folder = temporaryFolders();
const hyper = { "*": { embedding: 4, itemEmbedding: 0, mlp: [8], batch: 512, lr: 0.01, dropout: 0, epochs: 1 } };
const at = { preset: "tiny", rows: 8000, seeds: 1, hyper } as const;
const plan: TablePlan = {
	...esm2Branch,
	protocol: { ...esm2Branch.protocol, scales: { tiny: at, demo: at, full: at } },
};

it("a table is there once its runs are, and is the computed one", async () => {
	const store = openStore(folder());
	expect(await storedTable(plan, "tiny", store)).toBeUndefined();
	const runs = await runPaperTable(plan, { scale: "tiny", store, runner: inProcess(store) });
	expect(await storedTable(plan, "tiny", store)).toEqual(await paperTable(runs));
});

it("a table is not there as long as results have the metrics of another analysis alone", async () => {
	const [store, empty] = [openStore(folder()), openStore(folder())];
	const { results } = await runPaperTable(plan, { scale: "tiny", store, runner: inProcess(store) });
	vi.stubEnv("RESULTS", folder());
	const all = Object.values(results).flat();
	for (const result of all) await commitResult(result, "orderings", ["auc(conversion|click)"]);
	expect(empty.get(all[0].run)?.test).toBeDefined();
	expect(await storedTable(plan, "tiny", empty)).toBeUndefined();
	for (const result of all) await commitResult(result, "esm2");
	expect(await storedTable(plan, "tiny", empty)).toBeDefined();
	vi.unstubAllEnvs();
});
