import { tQuantile } from "../../metrics/comparison/distributions";
import type { PhaseEffect } from "./effects";
import type { PhasePlan } from "./phases";
import type { Agreement, JudgedPhases, PhaseCell, PhaseVerdict } from "./verdicts";
import { knobWords, levelWords, titleOfModel } from "./words";

/** Of how many logs the offline metric points the other way than their truth. */
export interface MisledShare {
	model: string;
	misled: number;
	logs: number;
	/** Wilson's 95 % interval of the share. */
	low: number;
	high: number;
}

/** For each model of how many logs of all worlds the signs of the two differences are opposite. */
export function misledShares({ cells }: Pick<JudgedPhases, "cells">): MisledShare[] {
	return [...new Set(cells.map(({ model }) => model))].map((model) => {
		const of = cells.filter((cell) => cell.model === model);
		const misled = of.reduce((sum, cell) => sum + cell.misled, 0);
		const logs = of.reduce((sum, { truth }) => sum + truth.values.length, 0);
		return { model, misled, logs, ...wilson(misled, logs) };
	});
}

/** The 95 % interval of a share, k of n (Wilson 1927). */
function wilson(k: number, n: number): { low: number; high: number } {
	const z = tQuantile(0.975, 1e9);
	const [share, room] = [k / n, (z * z) / n];
	const centre = (share + room / 2) / (1 + room);
	const half = (z * Math.sqrt((share * (1 - share)) / n + room / (4 * n))) / (1 + room);
	return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * What the diagram found, in sentences that its numbers carry: in how many worlds each model is better and worse after Holm, what
 * each knob is seen to do, how often the offline metric is wrong. None of them is written by hand.
 */
export function phaseFindings({
	plan,
	judged: { cells, effects, tests },
}: {
	plan: PhasePlan;
	judged: JudgedPhases;
}): string[] {
	const baseline = titleOfModel(plan.baseline);
	const counts = plan.models.map((model) => {
		const of = cells.filter((cell) => cell.model === model);
		return `${titleOfModel(model)} against ${baseline} in ${of.length} worlds. In truth ${countsIn(of, "truth")}; by the offline metric ${countsIn(of, "offline")}.`;
	});
	const moved = effects.filter(({ adjusted }) => adjusted !== null && adjusted <= 0.05).map(movedBy);
	const agreeing = (kind: Agreement) => cells.filter(({ agreement }) => agreement === kind).length;
	const wrong = (["opposite", "misses", "invents"] as const).map((kind) => `${kind} in ${agreeing(kind)}`);
	const untested = agreeing("no test");
	const shares = misledShares({ cells }).map(
		({ model, misled, logs, low, high }) =>
			`${titleOfModel(model)} in ${misled} of ${logs} (95 %: ${percent(low)} to ${percent(high)})`,
	);
	return [
		...counts,
		...(moved.length > 0 ? moved : [`No knob is seen to move a difference, after Holm over ${tests} comparisons.`]),
		`The offline verdict against the truth's, of ${cells.length}: ${wrong.join(", ")}${untested > 0 ? `, no test in ${untested}` : ""}. In a single log the two differences have opposite signs: ${shares.join(", ")}.`,
	];
}

function countsIn(cells: readonly PhaseCell[], metric: "truth" | "offline"): string {
	const seen = (verdict: PhaseVerdict) => cells.filter((cell) => cell[metric].verdict === verdict).length;
	const above = cells.filter((cell) => cell[metric].mean > 0).length;
	const untested = seen("no test");
	return `better in ${seen("better")}, worse in ${seen("worse")}${untested > 0 ? `, no test in ${untested}` : ""} (mean above 0 in ${above})`;
}

const movedBy = ({ model, metric, knob, from, to, mean, low, high }: PhaseEffect): string =>
	`${titleOfModel(model)}, ${metric}: ${knobWords[knob]} from ${levelWords(from)} to ${levelWords(to)} moves the difference by ${signed(mean)} [${signed(low)}, ${signed(high)}].`;

const signed = (x: number): string => `${x >= 0 ? "+" : "−"}${Math.abs(x).toFixed(4)}`;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
