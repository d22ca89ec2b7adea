import type { JobCounts } from "../runJobs";
import type { ModelComparison } from "./comparison";
import type { SweepRecord } from "./record";
import type { Tried } from "./round";
import type { Score } from "./score";
import type { PlainSpec, Sweep } from "./spec";

/** A trial of a sweep. */
export interface SweepRow {
	model: string;
	/** What the sweep set, fixed and searched; what is not named has the model's default. */
	hyper: Readonly<Record<string, unknown>>;
	/** 0-based place in the search. */
	trial: number;
	/** Share of the training rows that it was judged on last. */
	share: number;
	/** Whether its model's other trials did worse on validation. */
	chosen: boolean;
	/** On the validation part, over the seeds. */
	metric: Score;
	/** On the test part: of a chosen trial, in a sweep with the final step. */
	test?: Score;
	/** Why runs failed, with their seeds: then it cannot be chosen. */
	failed?: readonly { seed: number; reason: string }[];
	/** "exploding loss", "collapsed tower": it is chosen only where no other trial of its model is sound. */
	unsound?: readonly string[];
	/** Hashes of its runs, one a seed. */
	runs: readonly string[];
}

/** What a sweep gave. */
export interface SweepOutcome extends Omit<JobCounts, "running"> {
	/** Hash of the specification. */
	sweep: string;
	spec: PlainSpec;
	/** By model, in the order of the specification; the chosen trial first, then by how far it came and by its value. */
	table: readonly SweepRow[];
	/** What to know of the numbers, a line each. */
	notes: readonly string[];
	/** Of a sweep with the final step: when the test part was opened, what had opened it before, and the models compared on it. */
	final?: Pick<SweepRecord, "opened" | "before"> & { comparisons: readonly ModelComparison[] };
}

/** The trial that validation chose for a model: the best of the last round with all rows, if its metric has a value. */
export const chosenOf = (ranked: readonly Tried[]): Tried | undefined => ranked.find(({ score }) => score !== null);

/** Rows of the trials of one model, from their last round each. */
export function rowsOf(model: string, rounds: readonly (readonly Tried[])[], chosen: Tried | undefined): SweepRow[] {
	const latest = new Map<number, Tried>();
	for (const round of rounds) for (const tried of round) latest.set(tried.index, tried);
	const order = [...rounds].reverse().flat();
	const all = [...latest.values()].sort(
		(a, b) => Number(b === chosen) - Number(a === chosen) || order.indexOf(a) - order.indexOf(b),
	);
	return all.map((tried) => ({
		model,
		hyper: tried.hyper,
		trial: tried.index,
		share: tried.share,
		chosen: tried === chosen,
		metric: tried.metric,
		...(tried.failed.length > 0 ? { failed: tried.failed } : {}),
		...(tried.unsound.length > 0 ? { unsound: tried.unsound } : {}),
		runs: tried.runs,
	}));
}

/** Notes of a sweep's search. */
export function searchNotes({ spec, models, notes }: Sweep, table: readonly SweepRow[]): string[] {
	const { metric } = spec.choose;
	const how =
		spec.search === "halving"
			? "successive halving, each round half of the trials on twice the training rows"
			: `${spec.search} search`;
	const broken = table.filter(({ failed }) => failed !== undefined);
	const without = models.flatMap(({ model }) =>
		table.some((row) => row.model === model.name && row.chosen) ? [] : [model.name],
	);
	const onLogs =
		spec.data.source === "simulator" && spec.data.logSeed === undefined
			? "each seed has a log and start weights of its own"
			: "seeds vary the training alone, not the log: training noise only";
	return [
		`Chosen by the mean of ${metric} on the validation part over ${spec.seeds.length} seed${spec.seeds.length > 1 ? "s" : ""} (${onLogs}); ${how}.`,
		...restsOn(table),
		...notes,
		...table.flatMap(({ model, trial, unsound, chosen }) =>
			unsound
				? [
						`${model}, trial ${trial + 1}: ${unsound.join(", ")}; ${chosen ? "it is chosen because no other trial of its model is sound" : "it comes after the sound ones"}.`,
					]
				: [],
		),
		...broken.map(
			({ model, trial, failed = [] }) =>
				`${model}, trial ${trial + 1} cannot be chosen: seed ${failed.map(({ seed, reason }) => `${seed}: ${reason}`).join("; seed ")}`,
		),
		...without.map((model) => `Of ${model} none is chosen: no trial has ${metric} on every seed.`),
	];
}

/** Fewer positives than this, and a choice among settings is mostly one among accidents: an AUC's standard error is then some 0.03 or more. */
const FEW = 100;

/** What the choice rests on: positives of the validation part, and how far one value is from sure. */
function restsOn(table: readonly SweepRow[]): string[] {
	const known = table.flatMap(({ metric: { positives, se } }) => (positives ? [{ ...positives, se }] : []));
	if (known.length === 0) return [];
	const [least, most] = [Math.min(...known.map((one) => one.least)), Math.max(...known.map((one) => one.most))];
	const se = Math.max(0, ...known.map((one) => one.se ?? 0));
	const sure = se > 0 ? `; the standard error of one value is up to ${se.toFixed(4)}` : "";
	const few = least < FEW ? ": few, so settings can hardly be told apart. Take more rows or seeds" : "";
	return [`The validation part has ${least === most ? least : `${least} to ${most}`} positives a seed${sure}${few}.`];
}

/** Notes of the final step: whether the choice was blind, and the comparison with the smallest difference it could see first. */
export function finalNotes(
	{ spec }: Sweep,
	{ opened, before }: SweepRecord,
	comparisons: readonly ModelComparison[],
): string[] {
	const seen = before.map(({ by, at, runs }) => `${by} (${at}, ${runs} run${runs > 1 ? "s" : ""})`).join("; ");
	const smallest = comparisons.filter(({ detectable }) => Number.isFinite(detectable));
	return [
		`Test part opened at ${opened.at} for the chosen trial of each model.`,
		...(before.length > 0
			? [`The choice was not blind: the test part of the same data had been opened before by ${seen}.`]
			: []),
		...(smallest.length > 0
			? [
					`Smallest difference of ${spec.choose.metric} on the test part that a paired test of ${spec.seeds.length} seeds sees in 80 % of tries: ${smallest.map(({ a, b, detectable }) => `${a} and ${b} ${detectable.toFixed(4)}`).join(", ")}.`,
				]
			: []),
		...comparisons.map(({ reason }) => `Test: ${reason}`),
	];
}
