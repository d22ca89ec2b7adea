import { withHyper } from "../../core/model";
import { InputError } from "../../core/problem";
import { jobFor } from "../../experiment/job";
import type { RunResult } from "../../experiment/result";
import { isRange } from "../../experiment/sweep/choices";
import { ranked } from "../../experiment/sweep/halving";
import type { AnyChoices, Trial } from "../../experiment/sweep/spec";
import { trialsOf } from "../../experiment/sweep/trials";
import { betterIs } from "../../metrics/definition";
import type { MetricValue } from "../../metrics/value";
import { modelNamed } from "../../models/index";
import type { Scale } from "../scale";
import { hyperOf, methodsOf, simulated, type TableJob } from "./jobsOfTable";
import type { Hyperparameters, TableMethod, TablePlan, TableScale } from "./plan";

/** A run of a table's search: one trial of a model. */
export interface SearchJob extends TableJob {
	model: string;
	trial: Trial;
}

/** What validation chose for a model, and what the choice rests on. */
export interface ChosenSetting {
	model: string;
	/** The searched hyperparameters. */
	hyper: Hyperparameters;
	/** Of the validation part of the search's log. */
	metric: string;
	value: number;
	/** The other trials' values from the worst to the best; null where the metric could not be computed. */
	others: readonly (number | null)[];
	/** Trials whose training exploded or collapsed: they are chosen only where no other is there. */
	unsound: number;
	/** Of the metric's rows, those with a conversion. */
	positives: number;
}

/** Model → what a search chose; it lies over the scale's hyperparameters and under those of a method. */
export type Settings = Readonly<Record<string, Hyperparameters>>;

/**
 * The runs of a table's search, which come before those of the table: each searched model's trials on one simulated log, on which the
 * test part stays closed. None where the scale has no search. They are the same for all tables with the same search.
 */
export async function searchOf(plan: TablePlan, scale: Scale): Promise<SearchJob[]> {
	const at = plan.protocol.scales[scale];
	const { search } = at;
	if (!search) return [];
	const { rows, logSeed: seed } = search;
	const source = simulated(plan, { preset: at.preset, rows }, seed);
	const found: SearchJob[] = [];
	for (const model of new Set(methodsOf(plan, scale).known.map((method) => method.model))) {
		const trials = trialsFor(at, model);
		for (const [i, trial] of trials.entries()) {
			const hyper = withHyper(modelNamed(model), { ...hyperOf(at, model), ...trial.hyper });
			const label = `${model}, trial ${i + 1} of ${trials.length} on validation`;
			found.push({ label, seed, model, trial, job: await jobFor({ model, source, seed, hyper }) });
		}
	}
	return found;
}

/**
 * What a search chose for each model, from its results: the trial with the best value, of equal ones the earlier; a training that
 * exploded or collapsed only where there is no other.
 *
 * @returns or the runs of the search that are not there yet
 * @throws InputError a model none of whose trials has the metric
 */
export async function chosenOf(
	plan: TablePlan,
	scale: Scale,
	get: (hash: string) => RunResult | undefined,
): Promise<{ chosen: ChosenSetting[] } | { missing: SearchJob[] }> {
	const jobs = await searchOf(plan, scale);
	const missing = jobs.filter(({ job }) => get(job.hash) === undefined);
	if (missing.length > 0) return { missing };
	const metric = plan.protocol.scales[scale].search?.choose.metric ?? "";
	const chosen = [...new Set(jobs.map(({ model }) => model))].map((model) => {
		const tried = jobs
			.filter((one) => one.model === model)
			.map(({ job, trial }) => {
				const { metrics, findings } = get(job.hash) as RunResult;
				const unsound = UNSOUND.filter((fault) => findings.some((finding) => finding.fault === fault));
				return { index: trial.index, trial, of: metrics[metric], score: metrics[metric]?.value ?? null, unsound };
			});
		const [best, ...others] = ranked(tried, betterIs(metric));
		if (best.score === null)
			throw new InputError(
				`${plan.title}: no trial of ${model} has ${metric} on the validation part of its search (${best.of?.reason ?? "it was not measured"}): search on more than ${plan.protocol.scales[scale].search?.rows} impressions`,
			);
		return {
			...{ model, metric, hyper: best.trial.hyper, value: best.score, positives: (best.of as MetricValue).positives },
			others: others.map(({ score }) => score).reverse(),
			unsound: tried.filter((one) => one.unsound.length > 0).length,
		};
	});
	return { chosen };
}

/** What a search chose, by model, as `jobsOfTable` takes it. */
export const settingsOf = (chosen: readonly ChosenSetting[]): Settings =>
	Object.fromEntries(chosen.map(({ model, hyper }) => [model, hyper]));

/** What a table says of its search; nothing without one. */
export function notesOfSearch(plan: TablePlan, scale: Scale, chosen: readonly ChosenSetting[]): string[] {
	const { preset, search } = plan.protocol.scales[scale];
	if (!search || chosen.length === 0) return [];
	const { rows, logSeed, choose, trials } = search;
	const runs = chosen.reduce((sum, { others }) => sum + 1 + others.length, 0);
	const searched = chosen.map(({ model }) => model);
	const rest = [...new Set(methodsOf(plan, scale).known.map(({ model }) => model))].filter(
		(one) => !searched.includes(one),
	);
	return [
		`settings were chosen before the table by ${choose.metric} on the validation part of one log of "${preset}" (${rows.toLocaleString("en-US")} impressions, log seed ${logSeed}, none of the table's): ${runs} runs, at most ${trials} trials a model; a choice by so few positives is noisy${rest.length > 0 ? `; not searched: ${rest.join(", ")}` : ""}`,
		...chosen.map(wordsOf),
		...searchedPlain(plan, scale, searched),
	];
}

/** Of models with rows that are not as they were searched: whose settings these have. */
function searchedPlain(plan: TablePlan, scale: Scale, searched: readonly string[]): string[] {
	const isOther = ({ hyper, share = 1, days, numbers }: TableMethod) =>
		hyper !== undefined || share !== 1 || days !== undefined || numbers !== undefined;
	const { known } = methodsOf(plan, scale);
	const of = searched.filter((one) => known.some((method) => method.model === one && isOther(method)));
	return of.length > 0
		? [
				`settings of ${of.join(", ")} were searched for the model's plain form (all training rows, nothing that is a row's own) and serve all rows of it`,
			]
		: [];
}

function wordsOf({ model, hyper, value, others, unsound, positives }: ChosenSetting): string {
	const known = others.filter((other): other is number => other !== null);
	const without = others.length - known.length;
	const setting = Object.entries(hyper).map(([name, one]) => `${name} ${JSON.stringify(one)}`);
	const rest =
		known.length === 0
			? "no other has a value"
			: `the others ${digits(Math.min(...known))} to ${digits(Math.max(...known))}`;
	return [
		`${model}: ${setting.join(", ")}, the best of ${others.length + 1} trials: ${digits(value)} on ${Math.round(positives)} positives, ${rest}`,
		...(without > 0 ? [`${without} without a value`] : []),
		...(unsound > 0 ? [`${unsound} exploded or collapsed`] : []),
	].join("; ");
}

const digits = (value: number): string => value.toFixed(4);

/** What the doctor calls a training that has not come to anything. */
const UNSOUND = ["exploding loss", "collapsed tower"] as const;

/** The trials of a model: of what is common to all those of its hyperparameters, and of what is its own. */
function trialsFor({ search }: TableScale, model: string): Trial[] {
	if (!search) return [];
	const { hyper: known } = modelNamed(model);
	const common = Object.entries(search.space["*"] ?? {}).filter(([name]) => Object.hasOwn(known, name));
	const own = Object.hasOwn(search.space, model) && model !== "*" ? search.space[model] : {};
	const choices: Readonly<Record<string, AnyChoices>> = { ...Object.fromEntries(common), ...own };
	if (Object.keys(choices).length === 0) return [];
	const lists = Object.values(choices).filter((one): one is readonly unknown[] => !isRange(one));
	const all = lists.reduce((product, list) => product * list.length, 1);
	const isGrid = lists.length === Object.keys(choices).length && all <= search.trials;
	return trialsOf(choices, { search: isGrid ? "grid" : "random", trials: search.trials, seed: 0 });
}
