import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { projectRoot } from "../core/root";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { committedRuns, readCommitted } from "../experiment/committed";
import { openStore } from "../experiment/store";
import { furtherRuns } from "./furtherRuns";
import { runsOfTable } from "./table/neededRuns";
import { tablePlans } from "./tables";

const folder = temporaryFolders();
const results = join(projectRoot(), "data/results");

it("committed results are whole, and each is a run of a table or an analysis at scale full as they are now", async () => {
	const heard = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
	const store = openStore(folder(), "read");
	const asked = new Set<string>();
	for (const plan of tablePlans) {
		const { search, jobs } = await runsOfTable(plan, { scale: "full", store });
		for (const { job } of [...search, ...jobs]) asked.add(job.hash);
	}
	for (const { jobs } of furtherRuns) for (const { job } of await jobs("full")) asked.add(job.hash);
	expect(asked.size).toBeGreaterThan(500);
	const papers = existsSync(results) ? readdirSync(results) : [];
	const all = papers.flatMap((paper) => committedRuns(paper).map((run) => ({ paper, run })));
	const unsound = all.filter(({ run }) => readCommitted(run) === undefined);
	const orphans = all.filter(({ run }) => !asked.has(run));
	heard.mockRestore();
	expect({ unsound, orphans }).toEqual({ unsound: [], orphans: [] });
});
