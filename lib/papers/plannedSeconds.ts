import { availableParallelism } from "node:os";
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
	/** Expected for the others, on as many processes as there are cores; they are rough. */
	seconds: number;
	/** What `seconds` rest on. */
	from: string;
}

/** Epochs before validation ends a training, where nothing was measured. */
const EPOCHS = 5;
/** Seconds of a training row on one thread of a 2020s processor: what each costs, and what each operation of its products does. */
const ROW = { each: 4e-6, perOperation: 8.6e-12 } as const;
/** Columns that a log's fields become, beside their embeddings, as in the simulator's logs. */
const FIELDS = { ids: 17, numbers: 10 } as const;
/** Making the log, validation and metrics, beside training: about half as much again. */
const BESIDE = 1.5;
/** Trained on, of a log that is split as ESMM's; as ESM²'s. */
const TRAINED = { esmm: 0.45, esm2: 0.7 } as const;

/**
 * The runs of a table and the seconds that those which are not in the store would take. A run's training is epochs × training rows ÷
 * rate, medians over the runs of its model in the store on as many impressions, else on any number, scaled; else of 5 epochs at a
 * rate that the widths foretell. Half as much again is added for logs, validation and metrics.
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
		const { model, share, hyper } = job.run;
		const trained = TRAINED[plan.protocol.split];
		const known = about.get(model) ?? secondsOfRun(measured, { model, hyper }, impressions, trained);
		about.set(model, known);
		return known.seconds * share;
	};
	const all = BESIDE * open.reduce((sum, one) => sum + secondsOf(one), 0);
	const seconds = Math.round(all / Math.min(availableParallelism(), Math.max(1, open.length)));
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
	{ model, hyper }: { model: string; hyper: object },
	impressions: number,
	trained: number,
): { seconds: number; from: string } {
	const ofModel = measured.filter((result) => result.model === model && result.samplesPerSecond > 0);
	const same = ofModel.filter(({ data }) => data.read === impressions);
	const like = same.length > 0 ? same : ofModel;
	if (like.length === 0) {
		const rate = Number((1 / secondsOfRow(hyper)).toPrecision(1));
		const from = `no run in the store, so ${EPOCHS} epochs at ${rate.toLocaleString("en-US")} rows/s, as the widths foretell`;
		return { seconds: (EPOCHS * trained * impressions) / rate, from };
	}
	const each = like.map(
		({ epochs, data, samplesPerSecond }) =>
			((epochs * data.rows.train) / samplesPerSecond) * (impressions / Math.max(1, data.read)),
	);
	const seconds = each.sort((a, b) => a - b)[Math.floor(each.length / 2)];
	const runs = `${like.length} run${like.length === 1 ? "" : "s"} in the store`;
	return { seconds, from: same.length > 0 ? runs : `${runs} on other logs, scaled by rows` };
}

/** Two towers, forward and back: six operations for each number of their matrices. */
function secondsOfRow(hyper: { embedding?: unknown; mlp?: unknown }): number {
	const { embedding, mlp } = hyper;
	const widths = [FIELDS.ids * Number(embedding) + FIELDS.numbers, ...(Array.isArray(mlp) ? (mlp as number[]) : []), 1];
	const numbers = widths.slice(1).reduce((sum, to, i) => sum + widths[i] * to, 0);
	return ROW.each + (Number.isFinite(numbers) ? 2 * 6 * numbers * ROW.perOperation : 0);
}
