import { InputError } from "../../core/problem";
import type { SplitName } from "../../data/split";
import type { Source } from "../../experiment/source";
import type { PresetName } from "../../simulator/presets";
import type { Scale } from "../scale";

/** A simulated world: what is varied of a preset. */
export interface PhaseWorld {
	/** Impressions of a log. */
	rows: number;
	/** P(conversion | click): with `rows`, how dense the labels are. */
	cvr: number;
	/** ρ, the similarity of click and buy structure, −1…1. */
	rho: number;
	/** Strength of the hidden intent that clicks and conversions share; 1 as in the preset, 0 none. */
	gammas: number;
}

/** One of the columns' knobs of the maps; ρ is the rows' of all. */
export type PhaseKnob = Exclude<keyof PhaseWorld, "rho">;

/** What is computed at a scale. */
export interface PhaseScale {
	preset: PresetName;
	/** Rows of every map. */
	rho: readonly number[];
	/** Columns of each knob's map, rising. */
	levels: Readonly<Record<PhaseKnob, readonly number[]>>;
	/** Where the other knobs stand in a knob's map. */
	middle: Readonly<Record<PhaseKnob, number>>;
	/** Logs a world. */
	logs: number;
	/** Logs and start weights of world i take the seeds firstSeed + i·logs …: no two worlds share one. */
	firstSeed: number;
	hyper: Readonly<Record<string, unknown>>;
}

/** Models compared with one of click space, over worlds. */
export interface PhasePlan {
	title: string;
	/** Base name of its figures and tables. */
	file: string;
	/** The model of clicked rows alone. */
	baseline: string;
	/** Those of the entire space. */
	models: readonly string[];
	/** What they are for, and what a log without oracle can tell of it. More is better in both. */
	truth: string;
	offline: string;
	split: SplitName;
	/** A map a knob. */
	maps: readonly { knob: PhaseKnob; title: string }[];
	scales: Readonly<Record<Scale, PhaseScale>>;
}

/** An item's features are embedded as all others are: the models differ in nothing else. */
const small = { embedding: 8, itemEmbedding: 0, mlp: [64, 32], dropout: 0.1, batch: 512, lr: 2e-3 };
/** As in ESMM's Table 2: validation ends a training. */
const stopping = { epochs: 10, patience: 2 };

/**
 * When the entire space helps: ESMM, ESM² and HM³ against the model of clicked rows, in worlds that differ in the density of their
 * labels, in the similarity ρ of click and buy structure, and in the strength of the hidden intent.
 *
 * Maps of impressions and of the purchase rate have columns with the same numbers of purchases: a quarter (demo: half), one, four
 * (two) times the middle's. The middle and ρ = 0.8 are the preset `bench`.
 */
export const phases: PhasePlan = {
	title: "When the entire space helps",
	file: "when-entire-space-helps",
	baseline: "base",
	models: ["esmm", "esm2", "hm3"],
	truth: "truth.auc(conversion|click)",
	offline: "auc(conversion|click)",
	split: "esmm",
	maps: [
		{ knob: "rows", title: "impressions" },
		{ knob: "cvr", title: "P(conversion | click)" },
		{ knob: "gammas", title: "hidden intent" },
	],
	scales: {
		tiny: {
			preset: "tiny",
			rho: [0, 0.8],
			levels: { rows: [10_000], cvr: [0.2], gammas: [1] },
			middle: { rows: 10_000, cvr: 0.2, gammas: 1 },
			...{ logs: 2, firstSeed: 1, hyper: { ...small, epochs: 2 } },
		},
		demo: {
			preset: "bench",
			rho: [0, 0.8],
			levels: { rows: [40_000, 80_000, 160_000], cvr: [0.025, 0.05, 0.1], gammas: [0, 1, 2] },
			middle: { rows: 80_000, cvr: 0.05, gammas: 1 },
			...{ logs: 3, firstSeed: 1, hyper: { ...small, ...stopping } },
		},
		full: {
			preset: "bench",
			rho: [-0.4, 0, 0.4, 0.8],
			levels: { rows: [62_500, 250_000, 1_000_000], cvr: [0.0125, 0.05, 0.2], gammas: [0, 1, 2] },
			middle: { rows: 250_000, cvr: 0.05, gammas: 1 },
			...{ logs: 5, firstSeed: 101, hyper: { ...small, ...stopping } },
		},
	},
};

/** The worlds of all maps, each once: map after map, columns, and in a column ρ rising. */
export function worldsOf({ maps, scales, title }: PhasePlan, scale: Scale): PhaseWorld[] {
	const { rho, levels, middle } = scales[scale];
	const found = maps.flatMap(({ knob }) => {
		if (!levels[knob].includes(middle[knob]))
			throw new InputError(`${title}: the middle ${knob} of ${middle[knob]} is no column of its map`);
		return levels[knob].flatMap((level) => rho.map((rho): PhaseWorld => ({ ...middle, [knob]: level, rho })));
	});
	return [...new Map(found.map((world) => [nameOfWorld(world), world])).values()];
}

/** "80,000 impressions, P(conversion | click) 0.05, ρ 0.8, hidden intent 1": no two worlds have the same. */
export const nameOfWorld = ({ rows, cvr, rho, gammas }: PhaseWorld): string =>
	`${rows.toLocaleString("en-US")} impressions, P(conversion | click) ${cvr}, ρ ${rho}, hidden intent ${gammas}`;

/** Where a log of a world comes from. */
export const sourceOfWorld = (
	{ split, scales }: PhasePlan,
	scale: Scale,
	{ rows, cvr, rho, gammas }: PhaseWorld,
	logSeed: number,
): Source => ({
	...{ source: "simulator", preset: scales[scale].preset, rows, logSeed, split },
	knobs: { cvr, rho, gammas },
});
