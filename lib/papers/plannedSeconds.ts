import type { RunResult } from "../experiment/result";
import type { Source } from "../experiment/source";
import type { Store } from "../experiment/store";
import { presets } from "../simulator/presets";
import { jobsOfTable, type TableJob } from "./jobsOfTable";
import type { TablePlan } from "./plan";
import { isThere } from "./runPaperTable";
import type { Scale } from "./scale";

/** What a table would take before it starts. */
export interface PlannedTable {
	paper: string;
	table: string;
	/** Of the simulated logs; absent for files. */
	preset?: string;
	rows?: number;
	seeds: number;
	runs: number;
	/** Of these, in the store already. */
	stored: number;
	/** Expected for the others, one after another on a machine as that of the results in the store; they are rough. */
	seconds: number;
	/** What `seconds` rest on. */
	from: string;
}

/** Where nothing was measured: training rows a second, and epochs before validation ends a training. */
const DEFAULT = { samplesPerSecond: 20_000, epochs: 5 } as const;
/** Making the log, validation and metrics, beside training: about half as much again. */
const BESIDE = 1.5;
/** Trained on, of a log that is split as ESMM's; as ESM²'s. */
const TRAINED = { esmm: 0.45, esm2: 0.7 } as const;

/**
 * The runs of a table and the seconds that those which are not in the store would take. A run's training is epochs × training rows ÷
 * rate, medians over the runs of its model in the store on as many impressions, else on any number, scaled; else of 5 epochs at
 * 20,000 rows a second. Half as much again is added for logs, validation and metrics.
 */
export async function plannedTable(
	plan: TablePlan,
	{ scale, data, store }: { scale: Scale; data?: Source; store: Store },
): Promise<PlannedTable> {
	const jobs = await jobsOfTable(plan, scale, data);
	const { preset, rows = presets[preset].N, seeds } = plan.protocol.scales[scale];
	const open = jobs.filter(({ job }) => !isThere(store, job));
	const measured = store.runs("").flatMap((run) => store.get(run) ?? []);
	const impressions = data ? (plan.protocol.own?.rows ?? rows) : rows;
	const about = new Map<string, { seconds: number; from: string }>();
	const secondsOf = ({ job }: TableJob) => {
		const { model, share } = job.run;
		const known = about.get(model) ?? secondsOfRun(measured, model, impressions, TRAINED[plan.protocol.split]);
		about.set(model, known);
		return known.seconds * share;
	};
	const seconds = Math.round(BESIDE * open.reduce((sum, one) => sum + secondsOf(one), 0));
	const why = [...new Set([...about.values()].map(({ from }) => from))].map((from) => {
		const models = [...about].filter(([, one]) => one.from === from).map(([model]) => model);
		return `${models.join(", ")}: ${from}`;
	});
	const from = why.join("; ") || "all runs are in the store";
	return {
		...{ paper: plan.paper, table: plan.table },
		...(data ? {} : { preset, rows }),
		...{ seeds, runs: jobs.length, stored: jobs.length - open.length, seconds, from },
	};
}

/** Training seconds of one run on all training rows, and what they rest on. */
function secondsOfRun(
	measured: readonly RunResult[],
	model: string,
	impressions: number,
	trained: number,
): { seconds: number; from: string } {
	const ofModel = measured.filter((result) => result.model === model && result.samplesPerSecond > 0);
	const same = ofModel.filter(({ data }) => data.read === impressions);
	const like = same.length > 0 ? same : ofModel;
	if (like.length === 0) {
		const { samplesPerSecond, epochs } = DEFAULT;
		const from = `no run in the store, so ${epochs} epochs at ${samplesPerSecond.toLocaleString("en-US")} rows/s`;
		return { seconds: (epochs * trained * impressions) / samplesPerSecond, from };
	}
	const each = like.map(
		({ epochs, data, samplesPerSecond }) =>
			((epochs * data.rows.train) / samplesPerSecond) * (impressions / Math.max(1, data.read)),
	);
	const seconds = each.sort((a, b) => a - b)[Math.floor(each.length / 2)];
	const runs = `${like.length} run${like.length === 1 ? "" : "s"} in the store`;
	return { seconds, from: same.length > 0 ? runs : `${runs} on other logs, scaled by rows` };
}
