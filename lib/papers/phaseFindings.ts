import { tQuantile } from "../metrics/comparison/distributions";
import type { JudgedPhases } from "./phaseVerdicts";

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
 * What the diagram found, in sentences that its numbers carry: for each metric in how many worlds each model is better and worse after
 * Holm, what each knob does, where the offline metric is wrong.
 */
export function phaseFindings({ cells, effects, tests }: JudgedPhases): string[] {
	const models = [...new Set(cells.map(({ model }) => model))];
	const worlds = cells.length / models.length;
	const counts = models.flatMap((model) => {
		const of = cells.filter((cell) => cell.model === model);
		const seen = (metric: "truth" | "offline", verdict: string) =>
			of.filter((cell) => cell[metric].verdict === verdict).length;
		const leaves = (metric: "truth" | "offline") =>
			`better in ${seen(metric, "better")}, worse in ${seen(metric, "worse")}`;
		const up = (metric: "truth" | "offline") => of.filter((cell) => cell[metric].mean > 0).length;
		return `${model} against base, ${worlds} worlds: in truth ${leaves("truth")} (mean above 0 in ${up("truth")}), offline ${leaves("offline")} (above 0 in ${up("offline")}).`;
	});
	const moved = effects
		.filter(({ adjusted }) => adjusted !== null && adjusted <= 0.05)
		.map(
			({ model, metric, knob, from, to, mean, low, high }) =>
				`${model}, ${metric}: ${knob} from ${from} to ${to} moves the difference by ${signed(mean)} [${signed(low)}, ${signed(high)}].`,
		);
	const wrong = (["opposite", "misses", "invents"] as const).map(
		(kind) => `${kind} in ${cells.filter(({ agreement }) => agreement === kind).length}`,
	);
	const shares = misledShares({ cells }).map(
		({ model, misled, logs, low, high }) => `${model} ${misled} of ${logs} (${percent(low)} to ${percent(high)})`,
	);
	return [
		...counts,
		...(moved.length > 0 ? moved : [`No knob is seen to move a difference, after Holm over ${tests} comparisons.`]),
		`Verdicts of the offline metric against the truth's, of ${cells.length}: ${wrong.join(", ")}; in single logs its sign is the other one in ${shares.join(", ")}.`,
	];
}

const signed = (x: number): string => `${x >= 0 ? "+" : "−"}${Math.abs(x).toFixed(4)}`;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
