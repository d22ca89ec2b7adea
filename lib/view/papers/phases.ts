import type { PhaseEffect } from "../../papers/phases/effects";
import { misledShares } from "../../papers/phases/findings";
import { nameOfWorld, type PhaseKnob, type PhasePlan, type PhaseWorld } from "../../papers/phases/phases";
import type { PhaseRuns } from "../../papers/phases/runs";
import type { JudgedPhases, PhaseCell, PhaseDifference } from "../../papers/phases/verdicts";
import { knobWords, levelWords, titleOfModel } from "../../papers/phases/words";
import type { Scale } from "../../papers/scale";
import type { Figure } from "../figure";
import { heatMapPanels, type MapCell } from "../heatMapPanels";
import type { Table } from "../table";

/**
 * The map of a knob: models side by side, the truth above the offline metric, ρ down, the knob across. Bold is a difference seen
 * after Holm over the diagram; a frame is where the offline mean has the other sign than the truth's.
 */
export function phaseMap(runs: Pick<PhaseRuns, "plan" | "scale">, judged: JudgedPhases, knob: PhaseKnob): Figure {
	const { plan } = runs;
	const { rho, levels, middle, logs } = plan.scales[runs.scale];
	const rows = [...rho].reverse();
	const find = (model: string, world: PhaseWorld) =>
		judged.cells.find((cell) => cell.model === model && nameOfWorld(cell.world) === nameOfWorld(world));
	const map = (metric: "truth" | "offline") =>
		plan.models.map((model) =>
			rows.map((rho) =>
				levels[knob].map((level): MapCell | null => {
					const cell = find(model, { ...middle, rho, [knob]: level });
					return cell ? mapCell(cell, metric) : null;
				}),
			),
		);
	const others = (["rows", "cvr", "gammas"] as const)
		.filter((other) => other !== knob)
		.map((other) => `${knobWords[other]} ${levelWords(middle[other])}`);
	return heatMapPanels({
		title: `${plan.title}: ${knobWords[knob]} and ρ`,
		lead: `${others.join(", ")}; ${logs} logs a cell, 95 % intervals\nbold: seen after Holm; framed: the offline mean has the other sign than the truth`,
		columns: plan.models.map((model) => `${titleOfModel(model)} − ${titleOfModel(plan.baseline)}`),
		rows: [`truth: ${plan.truth}, all test impressions`, `offline: ${plan.offline}, clicked test rows`],
		x: { title: knobWords[knob], labels: levels[knob].map(levelWords) },
		y: { title: "ρ", labels: rows.map(levelWords) },
		maps: [map("truth"), map("offline")],
		digits: 3,
	});
}

function mapCell(
	{ truth, offline, misled, agreement, world, positives }: PhaseCell,
	metric: "truth" | "offline",
): MapCell {
	const { mean, low, high, verdict, values } = metric === "truth" ? truth : offline;
	const words = `${verdict}; the offline metric: ${agreementWords[agreement]}; ${misled} of ${values.length} logs mislead; ${nameOfWorld(world)}, ${Math.round(positives)} clicked test conversions`;
	const framed = metric === "offline" && truth.mean * offline.mean < 0;
	return { mean, low, high, bold: verdict === "better" || verdict === "worse", framed, words };
}

const agreementWords: Readonly<Record<PhaseCell["agreement"], string>> = {
	agrees: "agrees",
	opposite: "sees the opposite",
	misses: "misses it",
	invents: "sees what the truth does not show",
	"nothing seen": "sees nothing either",
	"no test": "no test of one or both",
};

/** Every cell of the diagram: both differences with intervals and verdicts, and how often a single log misleads. */
export function phasesTable(runs: Pick<PhaseRuns, "plan" | "scale">, judged: JudgedPhases): Table {
	const { plan, scale } = runs;
	const names = ["impressions", "P(conversion | click)", "ρ", "hidden intent"];
	return {
		title: `${plan.title}: differences to ${titleOfModel(plan.baseline)}`,
		lead: [detectableWords(judged)],
		columns: [
			{ name: "model" },
			...names.map((name) => ({ name, align: "right" as const })),
			{ name: "truth", align: "right" },
			{ name: "verdict" },
			{ name: "offline", align: "right" },
			{ name: "verdict" },
			{ name: "the offline metric" },
			{ name: "logs that mislead", align: "right" },
		],
		rows: judged.cells.map(({ model, world, truth, offline, agreement, misled }) => [
			titleOfModel(model),
			...[world.rows, world.cvr, world.rho, world.gammas].map(levelWords),
			estimate(truth),
			truth.verdict,
			estimate(offline),
			offline.verdict,
			agreementWords[agreement],
			`${misled} of ${truth.values.length}`,
		]),
		notes: notesOf(plan, scale, judged),
	};
}

/** What each knob does, and how often one log misleads, as a table. */
export function phaseEffectsTable(runs: Pick<PhaseRuns, "plan" | "scale">, judged: JudgedPhases): Table {
	const { plan, scale } = runs;
	const name = ({ knob, from, to, pairs }: PhaseEffect) =>
		`${knobWords[knob]} ${levelWords(to)} − ${levelWords(from)} (${pairs} pairs)`;
	const rows = [...new Set(judged.effects.map(name))];
	const find = (row: string, model: string, metric: string) =>
		judged.effects.find((effect) => name(effect) === row && effect.model === model && effect.metric === metric);
	const each = plan.models.flatMap((model) => (["truth", "offline"] as const).map((metric) => ({ model, metric })));
	return {
		title: `${plan.title}: what each knob does to the difference`,
		columns: [
			{ name: "highest − lowest" },
			...each.map(({ model, metric }) => ({ name: `${titleOfModel(model)}, ${metric}`, align: "right" as const })),
		],
		rows: rows.map((row) => [
			row,
			...each.map(({ model, metric }) => {
				const effect = find(row, model, metric);
				return effect ? { ...estimate(effect), best: effect.adjusted !== null && effect.adjusted <= 0.05 } : null;
			}),
		]),
		notes: [
			"pairs of worlds that differ in the knob alone; bold: seen after Holm over all comparisons of the diagram",
			...notesOf(plan, scale, judged),
			...misledShares(judged).map(
				({ model, misled, logs, low, high }) =>
					`${titleOfModel(model)}: the offline metric of one log has the other sign than its truth in ${misled} of ${logs} logs, ${percent(misled / logs)} [${percent(low)}, ${percent(high)}]`,
			),
		],
	};
}

function notesOf(plan: PhasePlan, scale: Scale, { tests }: JudgedPhases): string[] {
	const { preset, logs, firstSeed, middle } = plan.scales[scale];
	return [
		`simulated logs of the preset ${preset} with these knobs, split as ESMM's; ${logs} logs a world, seeds from ${firstSeed}, no two worlds share one; a log's seed makes its start weights too`,
		`truth: ${plan.truth} over all test impressions; offline: ${plan.offline} over clicked test rows; difference of each model to ${titleOfModel(plan.baseline)} on the same log`,
		"intervals: 95 %, each by itself; the deviation of logs is pooled over worlds with the same impressions and purchase rate",
		`verdicts at 5 % after Holm over all ${tests} comparisons of the diagram: worlds, and what knobs do, in both metrics`,
		`where a knob is not named it stands in the middle: ${levelWords(middle.rows)} impressions, P(conversion | click) ${middle.cvr}, hidden intent ${middle.gammas}`,
	];
}

function detectableWords({ cells }: JudgedPhases): string {
	const range = (metric: "truth" | "offline") => {
		const known = cells.map((cell) => cell[metric].detectable).filter(Number.isFinite);
		return known.length === 0 ? "unknown" : `${Math.min(...known).toFixed(4)} to ${Math.max(...known).toFixed(4)}`;
	};
	return `Smallest difference that these logs could detect, each by itself: truth ${range("truth")}, offline ${range("offline")}.`;
}

const estimate = ({ mean, low, high }: Pick<PhaseDifference, "mean" | "low" | "high">) => ({
	mean,
	low,
	high,
	digits: 4,
	signed: true,
});
const percent = (share: number): string => `${Math.round(100 * share)} %`;
