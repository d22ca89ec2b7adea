import type { Job } from "../job";
import type { RunResult } from "../result";
import { describe, hashOf } from "../run";
import { knownFingerprint, load } from "../source";
import { ranked } from "./halving";
import { type Score, scoreOf } from "./score";
import type { Sweep, Trial } from "./spec";
import { sourceOf } from "./specData";

/** A model of a sweep with some of its trials. */
export interface Entry {
	swept: Sweep["models"][number];
	trials: readonly Trial[];
}

/** What a job is in its sweep. */
export interface Placed {
	job: Job;
	model: string;
	trial: Trial;
	/** What the sweep sets: fixed and searched hyperparameters. */
	hyper: Readonly<Record<string, unknown>>;
	seed: number;
	share: number;
}

/** Fingerprints of the data of a sweep's seeds, asked for once. */
export async function fingerprintsOf({ data, seeds }: Sweep["spec"]): Promise<ReadonlyMap<number, string>> {
	const found = new Map<number, string>();
	for (const seed of seeds) {
		const source = sourceOf(data, seed);
		const one = data.source === "simulator" ? undefined : found.get(seeds[0]);
		found.set(seed, one ?? (await knownFingerprint(source)) ?? (await load(source)).fingerprint);
	}
	return found;
}

/** The jobs of some trials on every seed; those of one data set stand together, so that a process reads it once. */
export function jobsOf(
	{ spec }: Sweep,
	entries: readonly Entry[],
	of: { share: number; fingerprints: ReadonlyMap<number, string>; final?: Job["final"] },
): Placed[] {
	const { share, fingerprints, final } = of;
	return spec.seeds.flatMap((seed) =>
		entries.flatMap(({ swept, trials }) =>
			trials.map((trial): Placed => {
				const hyper = { ...swept.hyper, ...trial.hyper };
				const data = fingerprints.get(seed) as string;
				const run = describe(swept.model, { hyper, seed, data, share });
				const job: Job = { hash: hashOf(run), run, source: sourceOf(spec.data, seed), ...(final ? { final } : {}) };
				return { job, model: swept.model.name, trial, hyper, seed, share };
			}),
		),
	);
}

/** How a trial did in a round. */
export interface Tried {
	index: number;
	trial: Trial;
	hyper: Readonly<Record<string, unknown>>;
	share: number;
	/** The validation metric; its mean chooses. */
	metric: Score;
	/** For the ranking: undefined where a run failed, null where the metric could not be computed. */
	score: number | null | undefined;
	/** Hashes of its runs, one a seed. */
	runs: readonly string[];
	/** What the doctor found in its trainings: each fault once a run. */
	faults: readonly string[];
	/** Of these, those that make its score no score of a trained model. */
	unsound: readonly string[];
	/** Why runs failed, with their seeds. */
	failed: readonly { seed: number; reason: string }[];
}

/** What the doctor calls a training that has not come to anything. */
const UNSOUND = ["exploding loss", "collapsed tower"];

/** The trials of a round, by model and the best first; behind them those with a failed run. Only validation metrics are looked at. */
export function triedOf(
	sweep: Sweep,
	placed: readonly Placed[],
	{ results, reasons }: { results: ReadonlyMap<string, RunResult>; reasons: ReadonlyMap<string, string> },
): Map<string, { ranked: Tried[]; failed: Tried[] }> {
	const { metric } = sweep.spec.choose;
	const byModel = new Map<string, { ranked: Tried[]; failed: Tried[] }>();
	for (const { model } of sweep.models) {
		const mine = placed.filter((one) => one.model === model.name);
		const trials = [...new Map(mine.map(({ trial }) => [trial.index, trial])).values()];
		const all = trials.map((trial): Tried => {
			const runs = mine.filter((one) => one.trial.index === trial.index);
			const found = runs.flatMap(({ job }) => results.get(job.hash) ?? []);
			const failed = runs.flatMap(({ job, seed }) => {
				const reason = reasons.get(job.hash);
				return reason === undefined ? [] : [{ seed, reason }];
			});
			const of = scoreOf(
				metric,
				found.map((result) => result.metrics),
			);
			const faults = found.flatMap(({ findings }) => [...new Set(findings.map(({ fault }) => fault))]);
			return {
				index: trial.index,
				trial,
				hyper: runs[0].hyper,
				share: runs[0].share,
				metric: of,
				score: failed.length > 0 ? undefined : of.mean,
				runs: runs.map(({ job }) => job.hash),
				faults,
				unsound: UNSOUND.filter((fault) => faults.includes(fault)),
				failed,
			};
		});
		const failed = all.filter(({ score }) => score === undefined);
		byModel.set(model.name, { ranked: ranked(all, sweep.better), failed });
	}
	return byModel;
}
