import type { Scale } from "../scale";
import { networkSpace, searchSeed, smallWidths, smallWidthsNote, stopping } from "../smallNetworks";
import type {
	Hyperparameters,
	TableColumn,
	TableMethod,
	TablePlan,
	TableProtocol,
	TableScale,
	TableSearch,
} from "../table/plan";

/** An item's features are embedded as all others are. */
const networks: Hyperparameters = { ...smallWidths, itemEmbedding: 0, ...stopping };

/** Hyperparameters by model; fewer epochs where a log has a few hundred clicks. */
const hyper: Readonly<Record<Scale, TableScale["hyper"]>> = {
	tiny: { "*": { ...networks, epochs: 2 }, gbdt: {} },
	demo: { "*": networks, gbdt: {} },
	full: { "*": networks, gbdt: {} },
};

/** DNN-OS's repeats of a conversion. */
const rate = [2, 3, 5, 10];

/**
 * What is searched. At every scale the number of GBDT's trees, which validation chooses as it does the epochs of networks, and the rate
 * of DNN-OS, which the paper does not state; at full rate and dropout of every network and the rest of GBDT's settings that the paper
 * does not state.
 *
 * The log of full is larger than other papers': one impression in 1,400 has a conversion, and a tenth of 750,000 leaves 52 of them to
 * choose by, as many as 250,000 of ESMM's preset.
 */
const searched: Readonly<Record<Scale, Pick<TableSearch, "rows" | "trials" | "space">>> = {
	tiny: { rows: 20_000, trials: 2, space: { gbdt: { trees: [10, 20] }, "dnn-os": { rate: [2, 3] } } },
	demo: { rows: 300_000, trials: 4, space: { gbdt: { trees: [10, 25, 50, 150] }, "dnn-os": { rate } } },
	full: {
		...{ rows: 750_000, trials: 8 },
		space: {
			gbdt: { trees: [10, 25, 50, 100, 150], lr: { log: [0.02, 0.3] }, lambda: { log: [1, 100] } },
			dnn: networkSpace,
			"dnn-os": { ...networkSpace, rate },
			esmm: networkSpace,
			esm2: networkSpace,
		},
	},
};

/** The search of some models at a scale; none where nothing of theirs is searched. */
function searchOf(models: readonly string[], scale: Scale): Pick<TableScale, "search"> {
	const { rows, trials, space } = searched[scale];
	const own = Object.entries(space).filter(([model]) => models.includes(model));
	if (own.length === 0) return {};
	const choose = { metric: "auc(conversion|impression)" };
	return { search: { rows, trials, logSeed: searchSeed, space: Object.fromEntries(own), choose } };
}

/**
 * How ESM²'s tables are computed: each model's own pCTCVR, on logs whose rates are those of the paper's.
 *
 * @param models that are searched, those of the table
 * @param at what a table takes otherwise
 */
export function esm2Protocol(
	models: readonly string[],
	at: Partial<Record<Scale, Partial<TableScale>>> = {},
): TableProtocol {
	const of = (scale: Scale) => ({ hyper: hyper[scale], ...searchOf(models, scale), ...at[scale] });
	return {
		ctr: "own",
		split: "esm2",
		scales: {
			tiny: { preset: "tiny", rows: 10_000, seeds: 2, ...of("tiny") },
			demo: { preset: "esm2", rows: 300_000, seeds: 3, ...of("demo") },
			full: { preset: "esm2", rows: 1_000_000, seeds: 10, firstSeed: 101, ...of("full") },
		},
	};
}

/** The method before is the one that the paper compares with: its order is GBDT < DNN < DNN-OS < ESMM < ESM² in every column. */
const methods: readonly TableMethod[] = [
	{ label: "GBDT", model: "gbdt" },
	{ label: "DNN", model: "dnn" },
	{ label: "DNN-OS", model: "dnn-os", against: "DNN" },
	{ label: "ESMM", model: "esmm", against: "DNN-OS" },
	{ label: "ESM2", model: "esm2", against: "ESMM" },
];

/** Columns of Tables 3 and 6; GAUC weighs every user the same, as the paper does offline. */
export const esm2Columns: readonly TableColumn[] = [
	{ column: "CVR AUC", metric: "auc(conversion|click)" },
	{ column: "CTCVR AUC", metric: "auc(conversion|impression)" },
	{ column: "CTCVR GAUC", metric: "gauc(conversion|impression;weight=uniform)" },
];

/** What the notes of every table of ESM² say. */
export const esm2Notes: readonly string[] = [
	smallWidthsNote,
	"the epoch is chosen on the validation part, which has few conversions, so the choice is noisy",
];

/** How long a method trains: validation chooses it for every one, each by its own metric. */
const stops: readonly string[] = [
	"how long a method trains is chosen on validation parts: the epochs of DNN and DNN-OS by CTR AUC and by CVR AUC, those of ESMM and ESM2 by CTCVR AUC, run by run; GBDT's number of trees by its search (the paper's is 150), once for all seeds",
	"the paper states no rate of DNN-OS: its search chooses it",
];

/** Table 3 of ESM²: CVR methods by AUC of clicked rows, and by AUC and GAUC of all impressions (Wen et al. 2020, §4.2.1). */
export const esm2Table3: TablePlan = {
	paper: "esm2",
	table: "Table 3",
	title: "ESM², Table 3",
	published: { paper: "ESM2", table: "Table 3" },
	methods,
	columns: esm2Columns,
	baseline: "GBDT",
	protocol: esm2Protocol(methods.map(({ model }) => model)),
	notes: [...esm2Notes, ...stops, "each method is compared with the one above it, as the paper's order goes"],
};

const cuts = ["0.1", "0.6", "1"] as const;
const measures = [
	["Recall", "recall"],
	["Precision", "precision"],
	["F1", "f1"],
] as const;

/** Recall, precision and F1 at each cut: `columnsAtTop("CVR", "conversion|click")`. */
const columnsAtTop = (name: string, prob: string): TableColumn[] =>
	cuts.flatMap((cut) =>
		measures.map(([measure, metric]) => ({
			column: `${name}@top${cut}% ${measure}`,
			metric: `${metric}@${cut}%(${prob})`,
		})),
	);

const atTop = (table: string, name: string, prob: string): TablePlan => ({
	...esm2Table3,
	table,
	title: `ESM², ${table}`,
	published: { paper: "ESM2", table },
	columns: columnsAtTop(name, prob),
	notes: [
		...esm2Table3.notes,
		"recall, precision and F1 at one cut are the same count of conversions above it, divided by other numbers: of the three tests at a cut one would do",
	],
});

/** Table 4 of ESM²: recall, precision and F1 of pCVR at the top 0.1, 0.6 and 1 % of the clicked rows. The runs are Table 3's. */
export const esm2Table4: TablePlan = atTop("Table 4", "CVR", "conversion|click");

/** Table 5 of ESM²: the same of pCTCVR over all impressions. The runs are Table 3's. */
export const esm2Table5: TablePlan = atTop("Table 5", "CTCVR", "conversion|impression");
