import { pCVR } from "../../core/prob";
import { rowsIn } from "../../data/dataset";
import { prepareWith } from "../../data/joined";
import { splits } from "../../data/split";
import { Interrupted } from "../../experiment/run";
import { type Bin, binned } from "../../metrics/bins";
import { evaluate, labelled } from "../../metrics/evaluate";
import type { MetricValue } from "../../metrics/value";
import { modelNamed } from "../../models/index";
import type { PresetName } from "../../simulator/presets";
import { randomExposure } from "../../simulator/randomExposure";
import { simulateInTurns } from "../../simulator/simulate";
import { fit, type TrainEvent } from "../../train/fit";
import { type Scale, seeds } from "../scale";

/** The rows that a model is judged on: clicked test rows, all test impressions, impressions drawn at random. */
export const selectionSpaces = ["clicked", "all", "random"] as const;

/** One of `selectionSpaces`. */
export type SelectionSpace = (typeof selectionSpaces)[number];

/** The models that are compared: one trained on clicked rows, one on all impressions. */
export const selectionModels = ["base", "esmm"] as const;

/** A trained model, judged. */
export interface SelectionRun {
	model: (typeof selectionModels)[number];
	seed: number;
	/** Metrics by name; `truth.*` are over the rows of the space, so the three can be compared. */
	metrics: Record<SelectionSpace, Record<string, MetricValue>>;
	/** Ten bins of rising pCVR, each with the mean of the true P(conversion | click) as `truth`. */
	bins: Record<SelectionSpace, Bin[]>;
}

/** The logs, seeds and widths of a scale. */
export interface SelectionPlan {
	preset: PresetName;
	rows?: number;
	seeds: number;
	/** Rows of the random-exposure log. */
	random: number;
	/** Impressions of the logs whose truth is only looked at, with hidden intent and without. */
	lookedAt: number;
	hyper: Readonly<Record<string, unknown>>;
}

const small = { embedding: 8, mlp: [64, 32], dropout: 0.1, batch: 512, lr: 2e-3, epochs: 10, patience: 2 };
const plans: Record<Scale, SelectionPlan> = {
	tiny: { preset: "tiny", seeds: 2, random: 10_000, lookedAt: 20_000, hyper: { ...small, epochs: 2 } },
	demo: { preset: "bench", rows: 200_000, seeds: 5, random: 50_000, lookedAt: 100_000, hyper: small },
	full: { preset: "bench", seeds: 10, random: 200_000, lookedAt: 500_000, hyper: { epochs: 10, patience: 2 } },
};

/** What `runSelection` does at a scale. */
export const planOfSelection = (scale: Scale): SelectionPlan => plans[scale];

/** How far the runs are; the words of a training's step are there while one is under way. */
export interface SelectionEvent extends Partial<TrainEvent> {
	/** Runs that have ended, of `runs`. */
	done: number;
	runs: number;
	model: string;
	seed: number;
}

/**
 * Trains BASE and ESMM on logs of the simulator and judges both on clicked test rows, on all test impressions and on
 * impressions that were drawn at random. Seed S makes the log and the start weights, so the models of a seed are paired.
 *
 * Results are not stored: judging rows beside the log needs the trained model.
 *
 * @throws Interrupted when the signal or the notebook asks to stop
 */
export async function runSelection(options: {
	scale: Scale;
	on?: (event: SelectionEvent) => void;
	signal?: AbortSignal;
}): Promise<SelectionRun[]> {
	const { preset, rows, seeds: n, random, hyper } = plans[options.scale];
	const { on, signal } = options;
	const results: SelectionRun[] = [];
	const runs = n * selectionModels.length;
	for (const seed of seeds(n)) {
		on?.({ done: results.length, runs, model: "the log", seed });
		const log = await simulateInTurns({ preset, rows, seed, knobs: { randomLog: random } });
		const preparation = { split: splits.esmm, encoding: { minFrequency: 10 } };
		const { data, beside } = prepareWith(log, randomExposure(log), preparation);
		const { test } = data.split;
		const spaces = { clicked: rowsIn(data, test, "click"), all: test, random: beside };
		for (const model of selectionModels) {
			const heard = (event: TrainEvent) => on?.({ done: results.length, runs, model, seed, ...event });
			const fitted = await fit(modelNamed(model), { data, seed, hyper, on: heard, signal });
			try {
				if (fitted.stopped) throw new Interrupted(`${model}, seed ${seed}: stopped`);
				const judged = selectionSpaces.map((space) => {
					const [predictions, truth] = [fitted.predict(spaces[space]), labelled(data, spaces[space])];
					const bins = binned(predictions[pCVR], { truth: truth.truth[pCVR] }, 10);
					return { space, metrics: evaluate({ [pCVR]: predictions[pCVR] }, truth), bins };
				});
				results.push({
					model,
					seed,
					metrics: Object.fromEntries(judged.map(({ space, metrics }) => [space, metrics])) as SelectionRun["metrics"],
					bins: Object.fromEntries(judged.map(({ space, bins }) => [space, bins])) as SelectionRun["bins"],
				});
			} finally {
				fitted.dispose();
			}
			on?.({ done: results.length, runs, model, seed });
		}
	}
	return results;
}

/** A metric of one model on one space, a value a seed in their order; NaN where it could not be computed. */
export const selectionValues = (
	runs: readonly SelectionRun[],
	model: string,
	space: SelectionSpace,
	metric: string,
): number[] => runs.filter((run) => run.model === model).map((run) => run.metrics[space][metric]?.value ?? Number.NaN);
