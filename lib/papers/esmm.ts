import { withHyper } from "../core/model";
import { describe, execute, type RunResult } from "../experiment/run";
import { knownFingerprint, load, type Source } from "../experiment/source";
import { openStore, type Store } from "../experiment/store";
import { base } from "../models/base";
import { modelNamed } from "../models/index";
import type { PresetName } from "../simulator/presets";
import type { TrainEvent } from "../train/fit";
import { published } from "./published";
import { type Scale, seeds } from "./scale";
import { judge, type PaperTable } from "./table";

/** Methods of Table 2 that are registered, with the paper's names. */
const methods = [
	{ model: "base", label: "BASE" },
	{ model: "esmm", label: "ESMM" },
] as const;

/** Columns of Table 2, with the metrics they are. */
const columns = [
	{ column: "CVR AUC (clicked)", metric: "auc(conversion|click)" },
	{ column: "CTCVR AUC (all impressions)", metric: "auc(conversion|impression)" },
] as const;

/** What the table needs to be computed at a scale. All methods share every number here. */
interface Plan {
	preset: PresetName;
	rows?: number;
	seeds: number;
	hyper: Readonly<Record<string, unknown>>;
}

/** Widths and rate for small logs. */
const small = { embedding: 8, mlp: [64, 32], dropout: 0.1, batch: 512, lr: 2e-3 };
/** Validation ends a training, not the limit: an epoch over clicked rows has a tenth of the steps of one over impressions. */
const stopping = { epochs: 10, patience: 2 };
const plans: Record<Scale, Plan> = {
	tiny: { preset: "tiny", seeds: 2, hyper: { ...small, ...stopping } },
	demo: { preset: "bench", rows: 500_000, seeds: 5, hyper: { ...small, ...stopping } },
	full: { preset: "bench", seeds: 10, hyper: stopping },
};

/** What `runTable2` would do at a scale: log, impressions (undefined: the preset's), seeds, and runs in all. */
export function planOfTable2(scale: Scale): { preset: string; rows?: number; seeds: number; runs: number } {
	const { preset, rows, seeds } = plans[scale];
	return { preset, rows, seeds, runs: seeds * methods.length };
}

/** How far the table is, for whoever watches: told at each training step, and when a run begins and ends. */
export interface Table2Event extends Partial<TrainEvent> {
	/** Runs that have ended, of `runs`. */
	done: number;
	runs: number;
	model: string;
	seed: number;
}

/** The runs of Table 2, by method, one a seed. */
export interface Table2Runs {
	scale: Scale;
	plan: Plan;
	/** Model name → its runs, seeds in order. */
	results: Record<string, RunResult[]>;
	seconds: number;
}

/**
 * Trains what is missing of ESMM's Table 2 and returns all runs, test part opened. Seed S makes the log and the
 * start weights. CTCVR takes pCTR from one independent CTR network per seed, BASE's, for every method
 * (Ma et al. 2018, §3.1).
 */
export async function runTable2(options: {
	scale: Scale;
	store?: Store;
	on?: (event: Table2Event) => void;
	signal?: AbortSignal;
}): Promise<Table2Runs> {
	const { scale, store = openStore(), on, signal } = options;
	const plan = plans[scale];
	const begun = performance.now();
	const results: Record<string, RunResult[]> = Object.fromEntries(methods.map(({ model }) => [model, []]));
	const runs = plan.seeds * methods.length;
	let done = 0;
	for (const seed of seeds(plan.seeds)) {
		const source: Source = { source: "simulator", preset: plan.preset, rows: plan.rows, logSeed: seed };
		const loaded = once(() => load(source));
		const network = { model: base.name, modelVersion: base.version, hyper: withHyper(base, plan.hyper) };
		for (const { model: name } of methods) {
			const heard = (event?: TrainEvent) => on?.({ done, runs, model: name, seed, ...event });
			heard();
			const run = describe(modelNamed(name), {
				hyper: plan.hyper,
				seed,
				data: (await knownFingerprint(source)) as string,
				ctr: name === base.name ? "own" : network,
			});
			const final = { by: "ESMM, Table 2" };
			const options = { store, data: loaded, final, on: heard, signal };
			results[name].push(await execute(modelNamed(name), run, options));
			done++;
			heard();
		}
	}
	return { scale, plan, results, seconds: (performance.now() - begun) / 1000 };
}

/** Table 2 of ESMM from its runs: ours beside theirs. */
export function table2({ plan, results }: Table2Runs): PaperTable {
	const one = results.base[0];
	const rows = columns.flatMap(({ column, metric }) =>
		judge({
			column,
			methods: methods.map(({ model, label }) => ({
				label,
				model,
				hyper: plan.hyper,
				values: results[model].map((result) => result.test?.[metric].value ?? Number.NaN),
				published: published("ESMM", "Table 2", label, column),
			})),
		}),
	);
	const valid = one.metrics["auc(conversion|impression)"];
	const conversions = one.test?.["auc(conversion|impression)"];
	return {
		paper: "esmm",
		title: "ESMM, Table 2",
		table: "Table 2",
		notes: [
			`ours: simulated log "${plan.preset}", ${one.data.read} impressions, split by time, test part of ${conversions?.n} impressions with ${conversions?.positives} conversions (seed 1); ${plan.seeds} paired seeds, each with a log of its own; mean ± sample deviation`,
			`one AUC's standard error on the test part: CVR ${one.test?.["auc(conversion|click)"].se?.toFixed(4)}, CTCVR ${conversions?.se?.toFixed(4)}`,
			`the epoch is chosen on a validation part with ${valid?.positives} conversions (seed 1): few, so the choice is noisy; BASE's networks choose by CTR AUC and by CVR AUC, ESMM by CTCVR AUC`,
			"CTCVR = pCVR of the method × pCTR of one independent CTR network, the same for every method",
			"intervals: 95 %, paired over seeds, each column by itself (not adjusted for looking at two)",
			"theirs: the paper's Table 2 on Ali-CCP, mean ± deviation of 10 runs; another log, so only the order can be compared",
		],
		rows,
	};
}

/** A function that does its work at the first call. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return () => {
		made ??= make();
		return made;
	};
}
