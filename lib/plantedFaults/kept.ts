import type { Plan } from "./plan";

const COMMITTED = "experiment/committed.test.ts";
const ORDERINGS = "papers/orderings.test.ts";
const RUNS = "papers/table/runAll.test.ts";

/** Faults of committed results, of the runs of several tables, and of the verdicts on published orderings. */
export const kept: Plan[] = [
	[
		"a committed result that was changed passes for one",
		"experiment/committed.ts",
		"if (result.run === run && sumOf(result) === sum) return",
		"if (result.run === run && sum) return",
		COMMITTED,
		"committed results a file of which one digit was changed counts as none, and it is said",
	],
	[
		"a committed result says that it has predictions",
		"experiment/committed.ts",
		"function packed({ cached: _, predictions: __, ...result }: RunResult,",
		"function packed({ cached: _, ...result }: RunResult,",
		COMMITTED,
		"committed results give every number of the test part bit for bit, without predictions, in less than half of a result's size",
	],
	[
		"metrics over other rows are packed as one group",
		"experiment/committed.ts",
		"const key = sha256(JSON.parse(JSON.stringify(beside)));",
		"const key = beside.space;",
		COMMITTED,
		"committed results give every number of the test part bit for bit, without predictions, in less than half of a result's size",
	],
	[
		"a metric that another table needs is never committed",
		"experiment/committed.ts",
		"if (there && (there.test || !result.test) && hasMetrics(there, only ?? result.only)) return undefined;",
		"if (there && (there.test || !result.test)) return undefined;",
		COMMITTED,
		"committed results of two analyses have what either needs, of a table all; nothing of it is lost again",
	],
	[
		"a result without a table's metrics counts as its run",
		"experiment/result.ts",
		"(asked?.every((name) => only.includes(name)) ?? false)",
		"(asked?.every((name) => only.includes(name)) ?? true)",
		COMMITTED,
		"committed results with few metrics are none to whoever needs others",
	],
	[
		"a committed result hides the store's own",
		"experiment/store.ts",
		"if (own?.test) return own;",
		"if (own?.cached) return own;",
		COMMITTED,
		"committed results count in every store, behind its own results, unless they alone have the test part",
	],
	[
		"a log is left and made again for the next table",
		"papers/table/neededRuns.ts",
		"return [...byLog.values()].flat();",
		"return needed.flatMap(({ jobs }) => jobs);",
		RUNS,
		"the runs of several tables are done log after log, those that tables share once, and again from the store",
	],
	[
		"a run that tables share is counted for each",
		"papers/table/plannedSeconds.ts",
		"for (const { job } of open) before.add(job.hash);",
		"for (const { job } of open) before.add(job.run.data);",
		RUNS,
		"what runs would take counts a run that tables share once",
	],
	[
		"an ordering is judged as if it were the only one",
		"papers/orderings.ts",
		"adjusted: adjusted[i] }));",
		"adjusted: cell.difference.p, of: adjusted[i] }));",
		ORDERINGS,
		"published orderings are judged after Holm over all orderings, worlds and metrics together",
	],
	[
		"an ordering that is the other way round appears",
		"papers/orderings.ts",
		'return mean > 0 ? "appears" : "opposite";',
		'return mean !== 0 ? "appears" : "opposite";',
		ORDERINGS,
		"published orderings appear, are opposite, or are not seen, by world, with the seeds paired",
	],
	[
		"runs from the store count as time that was taken",
		"view/progress.ts",
		'if (kind === "skipped") counts.stored++;',
		'if (kind === "skipped" && counts.stored++ >= 0) seconds += of.seconds;',
		"view/progress.test.ts",
		"the display of all tables' runs says paper, table, which run of how many and its rate, and the time left by what runs are expected to take",
	],
];
