import { InputError } from "../core/problem";
import { keeper } from "../experiment/committed";
import { localPool } from "../experiment/pool";
import { replayedToCommit } from "../experiment/replayed";
import { inProcess, type JobEvent } from "../experiment/runJobs";
import type { Source } from "../experiment/source";
import type { Store } from "../experiment/store";
import { keepActivity, keptActivity } from "../papers/esm2/keptActivity";
import { esm2Table3 } from "../papers/esm2/tables3to5";
import { furtherRuns } from "../papers/furtherRuns";
import type { Scale } from "../papers/scale";
import { planOfStatistics, statisticsOf } from "../papers/statistics/statisticsTables";
import type { TableJob } from "../papers/table/jobsOfTable";
import { type NeededRuns, type RunsOfTable, runsOfTable } from "../papers/table/neededRuns";
import type { TablePlan } from "../papers/table/plan";
import { expectedSeconds, type PlannedTable } from "../papers/table/plannedSeconds";
import { runAll } from "../papers/table/runAll";
import { isThere, storedPaperRuns } from "../papers/table/runPaperTable";
import { plansOf } from "../papers/tables";
import { presets } from "../simulator/presets";
import { GATHERED } from "../train/attend";
import { allRunsProgress, duration } from "../view/progress";
import { findingsOfTables } from "./findingsOfTables";

/** Impressions a second that are simulated and counted for a table of statistics, where nothing was measured. */
const COUNTED = 100_000;

/** The log that tables are computed on, as its paper reads it; undefined for simulated ones. */
export function sourceFor({ protocol, title }: TablePlan, raw: string | undefined): Source | undefined {
	if (raw === undefined) return undefined;
	if (!protocol.own) throw new InputError(`${title} was not computed on Ali-CCP: leave --data out`);
	return { source: "aliccp", raw, protocol: protocol.own.protocol };
}

/** What is to be reproduced. */
export interface Asked {
	scale: Scale;
	paper?: string;
	raw?: string;
	store: Store;
}

/** The runs of all tables and analyses that are asked for, as far as they are known. */
export async function neededFor({
	scale,
	paper,
	raw,
	store,
}: Asked): Promise<{ tables: RunsOfTable[]; further: NeededRuns[] }> {
	const plans = raw === undefined ? plansOf(paper) : plansOf(paper).filter(({ protocol }) => protocol.own);
	const wanted = raw === undefined ? furtherRuns.filter((one) => paper === undefined || one.paper === paper) : [];
	const [tables, further]: [RunsOfTable[], NeededRuns[]] = [[], []];
	for (const plan of plans) tables.push(await runsOfTable(plan, { scale, data: sourceFor(plan, raw), store }));
	for (const one of wanted) further.push({ ...one, jobs: await one.jobs(scale) });
	return { tables, further };
}

/** Tables of statistics, which are counted and take no runs. */
export function counted({ scale, paper, raw }: Asked): PlannedTable[] {
	const { aliccp, esm2, seeds } = planOfStatistics(scale);
	return Object.entries(raw === undefined ? statisticsOf : {})
		.filter(([of]) => paper === undefined || of === paper)
		.flatMap(([of, names]) => names.map((table) => ({ paper: of, table })))
		.map((of, i, all) => {
			const isEsm2 = of.paper === "esm2";
			const { preset, rows = presets[preset].N } = isEsm2 ? esm2 : aliccp;
			const none = { runs: 0, searches: 0, stored: 0, shared: 0 };
			// The logs of a table before it are not made again.
			const isMade = all.slice(0, i).some(({ paper }) => (paper === "esm2") === isEsm2);
			const seconds = isMade ? 0 : Math.ceil((seeds * rows) / COUNTED);
			return { ...of, preset, rows, seeds, ...none, seconds, from: `${COUNTED} impressions a second` };
		});
}

/** "esmm, Table 2: 35 runs (3 in the store) on 5 logs of bench, 500000 impressions, about 2 min". */
export function lineOf(one: PlannedTable): string {
	const { runs, searches, stored, shared, preset, rows, seeds, seconds } = one;
	const log = preset === undefined ? "" : ` on ${seeds} logs of ${preset}, ${rows} impressions`;
	const parts = [
		...(searches > 0 ? [`${searches} of them choose settings`] : []),
		`${stored} in the store`,
		...(shared > 0 ? [`${shared} shared with what is above`] : []),
	];
	const what = runs === 0 ? "counted" : `${runs} runs (${parts.join(", ")})`;
	return `${nameOf(one)}: ${what}${log}, about ${duration(seconds)}`;
}

/** What the seconds of all tables rest on, in a line; none where all runs are in the store. */
export function basisOf({ tables, further }: Awaited<ReturnType<typeof neededFor>>, store: Store): string[] {
	const all = [...tables.flatMap(({ search, jobs }) => [...search, ...jobs]), ...further.flatMap(({ jobs }) => jobs)];
	const from = expectedSeconds(store).from(all.map(({ job }) => job).filter((job) => !isThere(store, job)));
	return from === "" ? [] : [`these seconds rest on: ${from}`];
}

const nameOf = ({ paper, table }: Pick<NeededRuns, "paper" | "table">): string =>
	paper === null ? table : `${paper}, ${table}`;

/** Does the runs of all tables, searches first, under one display; with `keep`, each result is committed as it comes. */
export async function doRuns(
	asked: Asked & { keep: boolean; signal: AbortSignal },
	first: Awaited<ReturnType<typeof neededFor>>,
) {
	const { scale, store, signal } = asked;
	const expected = expectedSeconds(store);
	const searches = first.tables.map(({ search, ...table }): NeededRuns => ({ ...table, jobs: search }));
	const all = [...searches, ...first.tables, ...first.further];
	const jobs = [...new Map(all.flatMap((one) => one.jobs).map(({ job }) => [job.hash, job])).values()];
	const open = jobs.filter((job) => !isThere(store, job));
	const owner = new Map<string, NeededRuns>();
	const findings = findingsOfTables();
	const own = (needed: readonly NeededRuns[]) => {
		for (const one of needed)
			for (const { job } of one.jobs) {
				if (owner.has(job.hash)) continue;
				owner.set(job.hash, one);
				findings.expect(job, nameOf(one));
			}
	};
	const shown = allRunsProgress(scale, {
		runs: jobs.length,
		seconds: open.reduce((sum, job) => sum + expected.of(job), 0),
		of: (job) => ({ table: nameOf(owner.get(job.hash) as NeededRuns), seconds: expected.of(job) }),
	});
	const kept = keeper({
		owner: (run) => {
			const of = owner.get(run) as NeededRuns;
			return { paper: folderOf(of), only: of.metrics };
		},
		beside: (run) => {
			const { job } = (owner.get(run) as NeededRuns).jobs.find((one) => one.job.hash === run) as TableJob;
			return replayedToCommit(store, job);
		},
	});
	const runner = scale === "tiny" ? inProcess(store) : localPool({ store });
	const on = (event: JobEvent) => {
		shown(event);
		findings.hear(event);
	};
	const options = { store, runner, signal, on, ...(asked.keep ? { result: kept.hear } : {}) };
	process.env[GATHERED] = "1";
	try {
		own(searches);
		await runAll(searches, options);
		// What the searches chose is known now.
		const { tables, further } = searches.some((one) => one.jobs.length > 0) ? await neededFor(asked) : first;
		own([...tables, ...further]);
		await runAll([...tables, ...further], options);
		if (asked.keep) await keepFigure7(asked, tables);
	} finally {
		delete process.env[GATHERED];
		shown.end();
		findings.end();
		await runner.close();
		await kept.end();
	}
	return { written: kept.written(), runs: owner };
}

/** Figure 7 of ESM² needs predictions, which are not committed: it is kept as it was computed from them. */
async function keepFigure7({ scale, store, raw }: Asked, tables: readonly RunsOfTable[]): Promise<void> {
	if (raw !== undefined || !tables.some(({ plan }) => plan === esm2Table3)) return;
	const runs = await storedPaperRuns(esm2Table3, { scale, store });
	if ("missing" in runs) return;
	try {
		await keepActivity(await keptActivity(runs));
	} catch (problem) {
		if (!(problem instanceof InputError)) throw problem;
		process.stderr.write(`Figure 7 of ESM² is not kept: ${problem.message}\n`);
	}
}

/** Where results of a table are committed. */
const folderOf = ({ paper, table }: NeededRuns): string => paper ?? table;
