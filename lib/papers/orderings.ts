import type { RunResult } from "../experiment/result";
import { holm } from "../metrics/comparison/holm";
import { type PairedSummary, paired } from "../metrics/comparison/paired";
import type { PresetName } from "../simulator/presets";
import { published } from "./published";
import type { Scale } from "./scale";
import { smallWidths, stopping } from "./smallNetworks";
import { jobsOfTable, type TableJob } from "./table/jobsOfTable";
import type { Hyperparameters, TablePlan, TableScale } from "./table/plan";

/** Where a paper prints that one method is above another: names of data/published.json. */
interface Print {
	paper: string;
	table: string;
	/** Column → the metric of ours that it is. */
	columns: Readonly<Record<string, string>>;
	better: string;
	worse: string;
}

/** An ordering that a paper prints: one model above another. */
export interface Ordering {
	/** "ESMM > BASE". */
	claim: string;
	/** Registered models. */
	better: string;
	worse: string;
	printed: readonly Print[];
	/** Where no table at hand prints both, what is printed instead. */
	remark?: string;
}

const CVR = "auc(conversion|click)";
const CTCVR = "auc(conversion|impression)";

/** What an ordering is judged by: CVR AUC on clicks and CTCVR AUC, as the papers, and the ranking of P(conversion | click) on all impressions. */
export const orderingMetrics: readonly { name: string; metric: string }[] = [
	{ name: "CVR AUC (clicked)", metric: CVR },
	{ name: "CTCVR AUC", metric: CTCVR },
	{ name: "CVR against the truth, all impressions", metric: "truth.auc(conversion|click)" },
];

const esmm2 = (better: string, worse: string): Print => ({
	...{ paper: "ESMM", table: "Table 2", better, worse },
	columns: { "CVR AUC (clicked)": CVR, "CTCVR AUC (all impressions)": CTCVR },
});
const esm23 = (better: string, worse: string): Print => ({
	...{ paper: "ESM2", table: "Table 3", better, worse },
	columns: { "CVR AUC": CVR, "CTCVR AUC": CTCVR },
});

/** The orderings of ESMM's Table 2, ESM²'s Table 3 and what is known of HM³'s table, among the models that are compared. */
export const publishedOrderings: readonly Ordering[] = [
	{
		...{ claim: "ESMM > BASE", better: "esmm", worse: "base" },
		printed: [esmm2("ESMM", "BASE"), esm23("ESMM", "DNN")],
	},
	{ claim: "ESMM > ESMM-NS", better: "esmm", worse: "esmm-ns", printed: [esmm2("ESMM", "ESMM-NS")] },
	{ claim: "ESMM-NS > DIVISION", better: "esmm-ns", worse: "division", printed: [esmm2("ESMM-NS", "DIVISION")] },
	{ claim: "DIVISION > BASE", better: "division", worse: "base", printed: [esmm2("DIVISION", "BASE")] },
	{ claim: "ESM² > ESMM", better: "esm2", worse: "esmm", printed: [esm23("ESM2", "ESMM")] },
	{
		...{ claim: "HM³ > BASE", better: "hm3", worse: "base" },
		printed: [
			{
				...{ paper: "HM3", table: "offline table (SR-L)", better: "HM3", worse: "BASE" },
				columns: { "CVR AUC": CVR, "CTCVR AUC": CTCVR },
			},
		],
	},
	{
		...{ claim: "HM³ > ESM²", better: "hm3", worse: "esm2", printed: [] },
		remark:
			"online, against BASE: conversion rate +8.27 % of HM³, +4.84 % of ESM², by third-party analyses of the paper",
	},
];

/** Worlds of the simulator that the orderings are looked for on, at each scale. */
const presetsOf: Readonly<Record<Scale, readonly PresetName[]>> = {
	tiny: ["tiny"],
	demo: ["demo", "bench", "esm2", "funnel"],
	full: ["demo", "bench", "esm2", "funnel", "aliccp"],
};

const widths: Hyperparameters = { ...smallWidths, ...stopping };
const quick: Hyperparameters = { ...widths, epochs: 2, patience: 1 };
/** ESM² and HM³ embed an item's features as all others. */
const alike = (all: Hyperparameters): TableScale["hyper"] => ({
	"*": all,
	...Object.fromEntries(["esm2", "hm3"].map((model) => [model, { ...all, itemEmbedding: 0 }])),
});

const models = [...new Set(publishedOrderings.flatMap(({ better, worse }) => [better, worse]))];

/** The runs of one world: every model, the same small widths, settings fixed beforehand, each model's own pCTCVR, split as ESM²'s. */
const planOn = (preset: PresetName): TablePlan => ({
	...{ paper: "orderings", table: preset, title: `published orderings on "${preset}"` },
	methods: models.map((model) => ({ label: model, model })),
	columns: orderingMetrics.map(({ name, metric }) => ({ column: name, metric })),
	baseline: "base",
	protocol: {
		ctr: "own",
		split: "esm2",
		scales: {
			tiny: { preset, rows: 10_000, seeds: 2, hyper: alike(quick) },
			demo: { preset, rows: 80_000, seeds: 3, hyper: alike(widths) },
			full: { preset, seeds: 10, firstSeed: 101, hyper: alike(widths) },
		},
	},
	notes: [],
});

/** A run on a world. */
export interface OrderingJob extends TableJob {
	preset: PresetName;
}

/** The runs that the orderings rest on, world after world. */
export async function jobsOfOrderings(scale: Scale): Promise<OrderingJob[]> {
	const found: OrderingJob[] = [];
	const metrics = orderingMetrics.map(({ metric }) => metric);
	for (const preset of presetsOf[scale])
		found.push(
			...(await jobsOfTable(planOn(preset), scale)).map(({ job, ...one }) => ({
				...one,
				preset,
				job: { ...job, metrics },
			})),
		);
	return found;
}

/** Whether an ordering is there: its difference is positive, or negative, after Holm over the table; or neither is seen. */
export type Appears = "appears" | "opposite" | "not seen" | "no test";

/** The difference of an ordering's two models in one metric on one world. */
export interface OrderingDifference {
	metric: string;
	/** Better less worse, over paired seeds. */
	difference: PairedSummary;
	/** p after Holm over all tests of the table. */
	adjusted: number | null;
	appears: Appears;
	/** The printed difference where both numbers are printed, of each place that prints them. */
	printed: readonly number[];
}

/** An ordering on a world. */
export interface OrderingRow {
	claim: string;
	preset: PresetName;
	/** Impressions a log, and logs. */
	rows: number;
	seeds: number;
	/** In the order of `orderingMetrics`. */
	differences: readonly OrderingDifference[];
}

/** Which published orderings appear on which world. */
export interface Orderings {
	scale: Scale;
	rows: readonly OrderingRow[];
	/** How many tests Holm's p-values are adjusted over. */
	tests: number;
}

/**
 * Judges every published ordering on every world: the difference over paired seeds with its 95 % interval, and whether it is seen, at
 * p ≤ 0.05 after Holm over all orderings, worlds and metrics.
 *
 * @param get a run's result, all of which are there
 */
export async function orderingsFrom(scale: Scale, get: (hash: string) => RunResult | undefined): Promise<Orderings> {
	const jobs = await jobsOfOrderings(scale);
	return judgeOrderings(
		scale,
		jobs.map(({ preset, label, seed, job }) => {
			const result = get(job.hash);
			if (!result) throw new Error(`orderings: ${label} seed ${seed} on "${preset}" has no result`);
			return { preset, model: label, result };
		}),
	);
}

/** A run's result and the world that it is on. */
export interface OrderingRun {
	preset: PresetName;
	model: string;
	result: Pick<RunResult, "seed" | "test" | "data">;
}

/** `orderingsFrom` of results at hand, seeds of every model in the same order. */
export function judgeOrderings(scale: Scale, runs: readonly OrderingRun[]): Orderings {
	const worlds = [...new Set(runs.map(({ preset }) => preset))];
	const cells = publishedOrderings.flatMap((ordering) =>
		worlds.flatMap((preset) =>
			orderingMetrics.map(({ metric }) => {
				const of = (model: string) => runs.filter((run) => run.preset === preset && run.model === model);
				const values = (model: string) => of(model).map(({ result }) => result.test?.[metric]?.value ?? Number.NaN);
				const difference = paired(values(ordering.better), values(ordering.worse));
				return { ordering, preset, metric, difference, runs: of(ordering.better) };
			}),
		),
	);
	const adjusted = holm(cells.map(({ difference }) => difference.p));
	const judged = cells.map((cell, i) => ({ ...cell, adjusted: adjusted[i] }));
	const rows = publishedOrderings.flatMap((ordering) =>
		worlds.map((preset): OrderingRow => {
			const here = judged.filter((cell) => cell.ordering === ordering && cell.preset === preset);
			const { runs } = here[0];
			return {
				...{ claim: ordering.claim, preset, rows: runs[0].result.data.read, seeds: runs.length },
				differences: here.map(({ metric, difference, adjusted }) => ({
					...{ metric, difference, adjusted, appears: appears(difference.mean, adjusted) },
					printed: printedDifferences(ordering, metric),
				})),
			};
		}),
	);
	return { scale, rows, tests: adjusted.filter((p) => p !== null).length };
}

function appears(mean: number, adjusted: number | null): Appears {
	if (adjusted === null) return "no test";
	if (adjusted > 0.05) return "not seen";
	return mean > 0 ? "appears" : "opposite";
}

function printedDifferences({ printed }: Ordering, metric: string): number[] {
	return printed.flatMap(({ paper, table, columns, better, worse }) =>
		Object.entries(columns).flatMap(([column, of]) => {
			const [a, b] = [better, worse].map((method) => published(paper, table, method, column));
			return of === metric && a && b ? [a.value - b.value] : [];
		}),
	);
}

/** What the verdict table found, a sentence an ordering and metric: on which worlds it appears, is opposite, and is not seen. */
export function orderingsFindings({ rows }: Pick<Orderings, "rows">): string[] {
	return publishedOrderings.flatMap(({ claim }) =>
		orderingMetrics.map(({ name }, i) => {
			const here = rows.filter((row) => row.claim === claim).map((row) => ({ ...row, ...row.differences[i] }));
			const parts = (["appears", "opposite", "not seen", "no test"] as const).flatMap((kind) => {
				const of = here.filter((one) => one.appears === kind);
				const worlds = of.map(({ preset, difference }) => `${preset} (${interval(difference)})`);
				return of.length > 0 ? [`${WORDS[kind]} ${worlds.join(", ")}`] : [];
			});
			return `${claim} by ${name}: ${parts.join("; ")}.`;
		}),
	);
}

const WORDS: Readonly<Record<Appears, string>> = {
	...{ appears: "appears on", opposite: "the opposite on" },
	...{ "not seen": "no difference seen on", "no test": "no test on" },
};

const interval = ({ mean, low, high }: PairedSummary): string => `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
const signed = (x: number): string =>
	Number.isFinite(x) ? `${x >= 0 ? "+" : "−"}${Math.abs(x).toFixed(4)}` : "unknown";
