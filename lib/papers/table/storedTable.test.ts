import { expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
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
