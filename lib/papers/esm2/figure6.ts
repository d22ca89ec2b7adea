import { published } from "../published";
import { smallWidths } from "../smallNetworks";
import type { Hyperparameters, TablePlan } from "../table/plan";
import { esm2Columns, esm2Notes, esm2Protocol } from "./tables3to5";

/** A sweep of one setting of ESM²: a panel of Figure 6. */
export interface Sweep {
	plan: TablePlan;
	/** What the panel's axis says. */
	setting: string;
	/** The setting's value of each method of the plan. */
	values: readonly number[];
}

/** Sixteen settings: three seeds, and smaller logs but for full. */
const protocol = esm2Protocol(["esm2"], { tiny: { rows: 6000 }, demo: { rows: 100_000 }, full: { seeds: 3 } });

function sweepOf(
	part: "a" | "b" | "c",
	setting: string,
	said: string,
	settings: readonly (readonly [number, Hyperparameters])[],
	notes: readonly string[] = [],
): Sweep {
	const best = published("ESM2", "Figure 6", "ESM2", said)?.value;
	const labelOf = (value: number) => `${setting} ${value}`;
	return {
		setting,
		values: settings.map(([value]) => value),
		plan: {
			paper: "esm2",
			table: `Figure 6${part}`,
			title: `ESM², Figure 6${part}: ${setting}`,
			methods: settings.map(([value, hyper]) => ({ label: labelOf(value), model: "esm2", hyper })),
			columns: esm2Columns,
			baseline: labelOf(Number(best)),
			protocol,
			notes: [
				`the paper draws its curve without numbers and calls ${best} the best; the others are compared with it`,
				...notes,
				...esm2Notes,
			],
		},
	};
}

/** Widths an eighth of the paper's 512, 256, 128, 32 and, in six layers, 64 before the last; the layer of the logit counts. */
const widths: Readonly<Record<number, readonly number[]>> = {
	2: [64],
	3: [64, 32],
	4: [64, 32, 16],
	5: [64, 32, 16, 4],
	6: [64, 32, 16, 8, 4],
};

/** Figure 6 of ESM²: sweeps of dropout, layers and the width of item embeddings (Wen et al. 2020, §4.3.1). */
export const esm2Figure6: readonly Sweep[] = [
	sweepOf(
		...(["a", "dropout", "best dropout"] as const),
		[0.2, 0.3, 0.4, 0.5, 0.6, 0.7].map((dropout) => [dropout, { dropout }]),
	),
	sweepOf(
		...(["b", "layers", "best #layers"] as const),
		[2, 3, 4, 5, 6].map((layers) => [layers, { mlp: widths[layers] }]),
		["layers count the one of the logit, as the paper's do; widths are an eighth of the paper's"],
	),
	sweepOf(
		...(["c", "item embedding", "best item-embedding dim"] as const),
		// 0 is as wide as all other fields, as in Table 3; at full, where the logs are the same, these are runs of Table 3.
		[8, 16, 32, 64, 128].map((width) => [width, { itemEmbedding: width === smallWidths.embedding ? 0 : width }]),
	),
];
