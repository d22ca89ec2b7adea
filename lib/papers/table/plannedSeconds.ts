import { availableParallelism } from "node:os";
import type { Job } from "../../experiment/job";
import type { RunResult } from "../../experiment/result";
import type { Source } from "../../experiment/source";
import type { Store } from "../../experiment/store";
import { presets } from "../../simulator/presets";
import type { Scale } from "../scale";
import type { TableJob } from "./jobsOfTable";
import { type NeededRuns, runsOfTable } from "./neededRuns";
import type { TablePlan } from "./plan";
import { isThere } from "./runPaperTable";

/** What a table would take before it starts. */
export interface PlannedTable {
	/** Null where it is no paper's. */
	paper: string | null;
	table: string;
	/** Of the simulated logs, where they are all of one preset and size; absent for files. */
	preset?: string;
	rows?: number;
	seeds: number;
	/** Its own and those of its search. */
	runs: number;
	/** Of these, those that choose settings before it. */
	searches: number;
	/** Of all, in the store already, or committed. */
	stored: number;
	/** Of the others, those that a table before it has too: done once. */
	shared: number;
	/** Expected for those that are left, on as many processes as there are cores; they are rough. */
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
/** Seconds of an impression of the log, and of a run, beside training: a part of the log's making, validation, metrics. */
const BESIDE = { impression: 8e-6, run: 0.5 } as const;
/** Trained on, of a log that is split as ESMM's; as ESM²'s. */
const TRAINED = { esmm: 0.45, esm2: 0.7 } as const;
/** Impressions of a log of files, where nothing tells: Ali-CCP's. */
const FILES = 84_000_000;

/** Why a table takes no time. */
const NOTHING = {
	stored: "all runs are in the store",
	shared: "what is missing is shared with what is above",
} as const;

/** Expected seconds of runs on one thread, from those in a store. */
export interface ExpectedSeconds {
	of(job: Job): number;
	/** What they rest on: "esmm: 3 runs in the store; base: no run in the store, …". */
	from(jobs: readonly Job[]): string;
}

/**
 * How long runs take by what is in the store. Training is epochs × training rows × seconds a row: medians over the runs of the same
 * model on as many impressions, else on any number, the seconds scaled by what the widths foretell; of a model that is not there, 5 epochs at what the widths foretell. What a
 * log, validation and metrics take comes on top.
 */
export function expectedSeconds(store: Store): ExpectedSeconds {
	const measured = store.runs("").flatMap((run) => store.get(run) ?? []);
	const about = new Map<string, ReturnType<typeof paceOf>>();
	const known = ({ run: { model, hyper }, source }: Job) => {
		const impressions = impressionsOf(source);
		const key = `${model} ${impressions}`;
		const one = about.get(key) ?? paceOf(measured, model, hyper, impressions);
		about.set(key, one);
		return one;
	};
	return {
		of(job) {
			const { run, source } = job;
			const { epochs, pace } = known(job);
			const impressions = impressionsOf(source);
			const trained = impressions * partOf(source) * run.share * daysOf(run.days, source);
			return epochs * trained * pace * secondsOfRow(run.hyper) + BESIDE.run + BESIDE.impression * impressions;
		},
		from(jobs) {
			const models = new Map(jobs.map((job) => [job.run.model, known(job).from]));
			const why = [...new Set(models.values())];
			const of = (from: string) => [...models].filter(([, one]) => one === from).map(([model]) => model);
			return why.map((from) => `${of(from).join(", ")}: ${from}`).join("; ");
		},
	};
}

/** A list of runs before it starts: how many there are, and the seconds of those that are in no store and in no list before. */
export function plannedRuns(
	{ paper, table, jobs, search = [] }: NeededRuns & { search?: readonly TableJob[] },
	{ store, expected, before }: { store: Store; expected: ExpectedSeconds; before: Set<string> },
): PlannedTable {
	const all = [...search, ...jobs];
	const missing = all.filter(({ job }) => !isThere(store, job));
	const open = missing.filter(({ job }) => !before.has(job.hash));
	for (const { job } of open) before.add(job.hash);
	const seconds = open.reduce((sum, { job }) => sum + expected.of(job), 0);
	return {
		...{ paper, table, ...logOf(jobs) },
		seeds: new Set(jobs.map(({ seed }) => seed)).size,
		...{ runs: all.length, searches: search.length, stored: all.length - missing.length },
		shared: missing.length - open.length,
		seconds: Math.round(seconds / Math.min(availableParallelism(), Math.max(1, open.length))),
		from: expected.from(open.map(({ job }) => job)) || NOTHING[missing.length > 0 ? "shared" : "stored"],
	};
}

/** The runs of a table, those of its search among them, and the seconds that those which are not in the store would take. */
export async function plannedTable(
	plan: TablePlan,
	{ scale, data, store }: { scale: Scale; data?: Source; store: Store },
): Promise<PlannedTable> {
	const needed = await runsOfTable(plan, { scale, data, store });
	return plannedRuns(needed, { store, expected: expectedSeconds(store), before: new Set() });
}

/** Preset and rows, where all runs have the same. */
function logOf(jobs: readonly TableJob[]): Pick<PlannedTable, "preset" | "rows"> {
	const logs = new Map(
		jobs.map(({ job: { source } }) => {
			if (source.source !== "simulator") return ["", {}];
			const { preset, rows = presets[preset].N } = source;
			return [`${preset} ${rows}`, { preset, rows }];
		}),
	);
	return logs.size === 1 ? [...logs.values()][0] : {};
}

function impressionsOf(source: Source): number {
	if (source.source !== "simulator") return FILES;
	return source.rows ?? source.knobs?.N ?? presets[source.preset].N;
}

const partOf = (source: Source): number =>
	source.source === "simulator" && source.split === "esm2" ? TRAINED.esm2 : TRAINED.esmm;

/** The part of the training days that are trained on. */
function daysOf(days: number | undefined, source: Source): number {
	if (days === undefined || source.source !== "simulator") return 1;
	return Math.min(1, days / (partOf(source) * presets[source.preset].T));
}

/** Median epochs and pace of a model's runs; a pace of 2 is twice the seconds a row that the widths foretell. */
function paceOf(
	measured: readonly RunResult[],
	model: string,
	hyper: object,
	impressions: number,
): { epochs: number; pace: number; from: string } {
	const all = measured.filter((result) => result.model === model && result.samplesPerSecond > 0 && result.epochs > 0);
	const same = all.filter(({ data }) => data.read === impressions);
	const like = same.length > 0 ? same : all;
	if (like.length === 0) {
		const rate = Number((1 / secondsOfRow(hyper)).toPrecision(1));
		const from = `no run in the store, so ${EPOCHS} epochs at ${rate.toLocaleString("en-US")} rows/s, as the widths foretell`;
		return { epochs: EPOCHS, pace: 1, from };
	}
	return {
		epochs: median(like.map(({ epochs }) => epochs)),
		pace: median(like.map(({ samplesPerSecond, hyper }) => 1 / samplesPerSecond / secondsOfRow(hyper))),
		from: `${like.length} run${like.length === 1 ? "" : "s"} in the store${same.length > 0 ? "" : " on logs of other sizes"}`,
	};
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Two towers, forward and back: six operations for each number of their matrices. */
function secondsOfRow(hyper: object): number {
	const { embedding, mlp } = hyper as { embedding?: unknown; mlp?: unknown };
	const widths = [FIELDS.ids * Number(embedding) + FIELDS.numbers, ...(Array.isArray(mlp) ? (mlp as number[]) : []), 1];
	const numbers = widths.slice(1).reduce((sum, to, i) => sum + widths[i] * to, 0);
	return ROW.each + (Number.isFinite(numbers) ? 2 * 6 * numbers * ROW.perOperation : 0);
}
