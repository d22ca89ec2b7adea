import { networkSpace, searchSeed, smallWidths, smallWidthsNote, stopping } from "../smallNetworks";
import type { Hyperparameters, TableMethod, TablePlan, TableProtocol, TableSearch } from "../table/plan";

const widths = { ...smallWidths, itemEmbedding: 0 };
const networks: Readonly<Record<string, Hyperparameters>> = { "*": { ...widths, ...stopping } };

/** What is searched at full, on all training days; the settings serve all three log sizes. */
const search: TableSearch = {
	...{ rows: 250_000, trials: 8, logSeed: searchSeed },
	space: { "*": networkSpace },
	choose: { metric: "auc(conversion|impression)" },
};

const protocol: TableProtocol = {
	ctr: "own",
	split: "esm2",
	scales: {
		tiny: { preset: "tiny", seeds: 2, hyper: { "*": { ...widths, epochs: 1 } } },
		demo: { preset: "funnel", rows: 300_000, seeds: 3, hyper: networks },
		full: { preset: "funnel", rows: 1_000_000, seeds: 10, firstSeed: 101, hyper: networks, search },
	},
};

/** BASE is two separate networks, that of DNN: as wide as one tower of the others, like them in all else. */
const methods: readonly TableMethod[] = [
	{ label: "BASE", model: "dnn" },
	{ label: "ESMM", model: "esmm" },
	{ label: "ESM2", model: "esm2" },
	{
		label: "ESM2+Mi",
		model: "esm2-mi",
		note: "ESM² with a loss on micro actions beside its graph; the paper's form is not known",
	},
	{ label: "HM3-R", model: "hm3-r" },
	{ label: "HM3", model: "hm3" },
];

const notes: readonly string[] = [
	smallWidthsNote,
	"HM³'s own widths and the weights of its losses are not known: the models' defaults are ESM²'s widths, and every loss weighs 1",
	"HM³'s text is known by its abstract alone: the methods and the few printed numbers come from third-party analyses, and GMCM is left out, since nothing at hand specifies it",
	"the preset's rates are near the prose of ESM², and it was chosen among others after ESM² > ESMM had been seen on it: a world in which most purchases pass through cart and wish list",
	"the epoch is chosen on the validation part, which has few conversions, so the choice is noisy; BASE's networks choose by CTR AUC and by CVR AUC, all others by CTCVR AUC",
];

/** Days of the training part of ESM²'s split of 76 days. */
const TRAINING_DAYS = 53;

/** HM³'s three data sets are of growing size; ours are the last quarter, the last half and all of the training days of one log. */
const sizes = [
	{ table: "SR-S", days: Math.round(0.25 * TRAINING_DAYS) },
	{ table: "SR-M", days: Math.round(0.5 * TRAINING_DAYS) },
	{ table: "SR-L", days: undefined },
] as const;

const plans = sizes.map(
	({ table, days }): TablePlan => ({
		paper: "hm3",
		table,
		title: `HM³, ${table}`,
		...(days === undefined ? { published: { paper: "HM3", table: "offline table (SR-L)" } } : {}),
		methods: methods.map((method) => (days === undefined ? method : { ...method, days })),
		columns: [
			{ column: "CVR AUC", metric: "auc(conversion|click)" },
			{ column: "CTCVR AUC", metric: "auc(conversion|impression)" },
		],
		baseline: "BASE",
		protocol,
		notes: [
			`${days === undefined ? "all" : `the last ${days} of`} ${TRAINING_DAYS} training days; validation and test days are those of the other two sizes`,
			...notes,
		],
	}),
);

/** HM³'s methods on the last quarter of the training days, by the AUC of clicked rows and of all impressions (Wen et al., SIGIR 2021). */
export const hm3Small: TablePlan = plans[0];
/** The same on the last half. */
export const hm3Medium: TablePlan = plans[1];
/** The same on all training days. */
export const hm3Large: TablePlan = plans[2];

/** The edges of HM³'s graph, and what they compose to: P(dAction | click) and P(conversion | click). */
export const hm3Edges = [
	"click|impression",
	"micro|click",
	"dAction|micro",
	"dAction|oMicro",
	"conversion|dAction",
	"conversion|oAction",
	"dAction|click",
	"conversion|click",
] as const;

const againstTruth = (table: string, kind: "auc" | "rmse" | "pcoc"): TablePlan => ({
	paper: "hm3",
	table,
	title: `HM³, ${table}`,
	methods: [
		...methods.filter(({ label }) => label !== "BASE" && label !== "ESMM"),
		{
			label: "HM3 + CVR loss",
			model: "hm3",
			hyper: { cvrLoss: 1 },
			note: "with the log-loss of P(conversion | click) over clicked rows beside the four: ours, not the paper's",
		},
	],
	columns: hm3Edges.map((prob) => ({ column: `P(${prob.replace("|", " | ")})`, metric: `truth.${kind}(${prob})` })),
	baseline: "HM3",
	protocol,
	notes: [
		"each edge against its true probability on every test impression, clicked or not; a graph gives the edges that it has, and what they compose to",
		...notes,
	],
});

/** How well models rank impressions by each edge of HM³'s graph, against the truth; the runs are those of SR-L. */
export const hm3EdgeRanking: TablePlan = againstTruth("Edges, truth.auc", "auc");
/** The error of each edge. */
export const hm3EdgeError: TablePlan = againstTruth("Edges, truth.rmse", "rmse");
/** The bias of each edge: 1 is none. */
export const hm3EdgeBias: TablePlan = againstTruth("Edges, truth.pcoc", "pcoc");

/** What a CVR loss beside HM³'s four changes; the runs are those of SR-L and of the edges. */
export const hm3Options: TablePlan = {
	...againstTruth("Options", "auc"),
	methods: [methods[5], againstTruth("Options", "auc").methods[4]],
	columns: [
		...hm3Large.columns,
		{ column: "CVR AUC against the truth", metric: "truth.auc(conversion|click)" },
		{ column: "CVR log-loss (clicked)", metric: "logloss(conversion|click)" },
	],
	notes,
};

/** Every table of HM³ that is computed from runs, those of the paper first. */
export const hm3Tables: readonly TablePlan[] = [
	...[hm3Small, hm3Medium, hm3Large],
	...[hm3EdgeRanking, hm3EdgeError, hm3EdgeBias],
	hm3Options,
];
