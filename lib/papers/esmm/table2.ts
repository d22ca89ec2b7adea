import { networkSpace, searchSeed, smallWidths, smallWidthsNote, stopping } from "../smallNetworks";
import type { TableColumn, TableMethod, TablePlan, TableProtocol, TableScale, TableSearch } from "../table/plan";

const hyper = { "*": { ...smallWidths, ...stopping } };

/** What the paper chooses by hand, of both the better on validation (§3.1). */
const rates = { aman: { rate: [0.1, 0.2, 0.5, 1] }, oversampling: { rate: [2, 3, 5, 10] } };
const chosenBy = { logSeed: searchSeed, choose: { metric: "auc(conversion|click)" } };
const ratesAlone: TableSearch = { ...chosenBy, rows: 250_000, trials: 4, space: rates };

/**
 * The scales of ESMM's tables and figures. They have logs, seeds, settings and searches in common, so that a run that two of them ask
 * for is done once.
 */
export const esmmScales = (seeds: { demo: number; full: number }): TableProtocol["scales"] => {
	const short = { "*": { ...smallWidths, epochs: 2, patience: 1 } };
	const tiny: TableScale = { preset: "tiny", seeds: 2, hyper: short, search: { ...ratesAlone, rows: 20_000 } };
	const demo: TableScale = { preset: "bench", rows: 250_000, seeds: seeds.demo, hyper, search: ratesAlone };
	const space = { "*": networkSpace, ...rates };
	const full: TableScale = {
		...{ preset: "bench", seeds: seeds.full, firstSeed: 101, hyper },
		search: { ...chosenBy, rows: 250_000, trials: 8, space },
	};
	return { tiny, demo, full };
};

/** Table 2's methods, in its order. */
export const esmmMethods: readonly TableMethod[] = [
	{ label: "BASE", model: "base" },
	{ label: "AMAN", model: "aman" },
	{ label: "OVERSAMPLING", model: "oversampling" },
	{ label: "UNBIAS", model: "unbias" },
	{ label: "DIVISION", model: "division" },
	{ label: "ESMM-NS", model: "esmm-ns" },
	{ label: "ESMM", model: "esmm" },
];

/** Table 2's columns. */
export const esmmColumns: readonly TableColumn[] = [
	{ column: "CVR AUC (clicked)", metric: "auc(conversion|click)" },
	{ column: "CTCVR AUC (all impressions)", metric: "auc(conversion|impression)" },
];

/** What every table of ESMM says. */
export const esmmNotes: readonly string[] = [
	smallWidthsNote,
	"the epoch is chosen on the validation part, which has few conversions, so the choice is noisy; BASE's networks choose by CTR AUC and by CVR AUC, ESMM by CTCVR AUC",
];

/** Table 2 of ESMM: CVR methods by the AUC of clicked rows, and of all impressions with one shared pCTR (Ma et al. 2018, §3.1–3.2). */
export const esmmTable2: TablePlan = {
	paper: "esmm",
	table: "Table 2",
	title: "ESMM, Table 2",
	published: { paper: "ESMM", table: "Table 2", runs: 10 },
	methods: esmmMethods,
	columns: esmmColumns,
	baseline: "BASE",
	protocol: {
		ctr: "shared",
		split: "esmm",
		scales: esmmScales({ demo: 5, full: 10 }),
		own: { source: "aliccp", protocol: "esmm", rows: 84_000_000 },
	},
	notes: esmmNotes,
};
