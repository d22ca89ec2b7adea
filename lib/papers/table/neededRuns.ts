import type { Source } from "../../experiment/source";
import type { Store } from "../../experiment/store";
import type { Scale } from "../scale";
import { jobsOfTable, type TableJob } from "./jobsOfTable";
import type { TablePlan } from "./plan";
import { wholeOf } from "./runPaperTable";
import { chosenOf, searchOf, settingsOf } from "./search";

/** The runs that a table, a figure or an analysis needs. */
export interface NeededRuns {
	/** The paper as commands name it; null where it is ours alone. */
	paper: string | null;
	/** "Table 2"; of an analysis its title. */
	table: string;
	jobs: readonly TableJob[];
	/** The metrics that its runs are done for, where they serve nothing else: of them alone results are committed. */
	metrics?: readonly string[];
}

/** The runs of a table's search and, as far as they are known before it has ended, those of the table. */
export interface RunsOfTable extends NeededRuns {
	plan: TablePlan;
	/** They come first. */
	search: readonly TableJob[];
	/** False while the search has no result: then `jobs` have the hyperparameters before it, and other hashes than they will have. */
	known: boolean;
}

/**
 * The runs of a table with what is in the store: those of its search, and those of the table with the settings that it chose, or as
 * many without them.
 *
 * @param of the log instead of the scale's simulated ones
 */
export async function runsOfTable(
	plan: TablePlan,
	{ scale, data, store }: { scale: Scale; data?: Source; store: Store },
): Promise<RunsOfTable> {
	const search = await searchOf(plan, scale);
	const chosen = await chosenOf(plan, scale, (hash) => wholeOf(store, hash));
	const known = !("missing" in chosen);
	const jobs = await jobsOfTable(plan, scale, data, known ? settingsOf(chosen.chosen) : {});
	return { paper: plan.paper, table: plan.table, plan, search, jobs, known };
}

/**
 * Jobs of several tables as one list: log after log in the order in which they are first asked for, so that each log is made as seldom
 * as can be.
 */
export function logAfterLog(needed: readonly NeededRuns[]): TableJob[] {
	const byLog = new Map<string, TableJob[]>();
	for (const one of needed.flatMap(({ jobs }) => jobs)) {
		const { data } = one.job.run;
		byLog.set(data, [...(byLog.get(data) ?? []), one]);
	}
	return [...byLog.values()].flat();
}
