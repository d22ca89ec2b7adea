import { smallWidths, smallWidthsNote, stopping } from "../smallNetworks";
import type { TablePlan } from "../table/plan";

/** Trees as the papers have them, networks small; item features are embedded as all others are. */
const hyper = { "*": { ...smallWidths, itemEmbedding: 0, ...stopping }, gbdt: {}, xgboost: {} };

/** Boosted trees and networks on the same logs: a table of ours, which no paper prints. */
export const treesAndTowers: TablePlan = {
	paper: "esm2",
	table: "Trees and towers",
	title: "Boosted trees and networks on the same logs",
	methods: [
		{
			label: "GBDT",
			model: "gbdt",
			note: "LightGBM, 150 trees of depth 8 for P(click | impression), and as many for P(conversion | click)",
		},
		{ label: "XGBoost", model: "xgboost", note: "XGBoost, 70 trees of depth 5 each" },
		{ label: "DNN", model: "dnn" },
		{ label: "ESMM", model: "esmm" },
	],
	columns: [
		{ column: "CTR AUC", metric: "auc(click|impression)" },
		{ column: "CVR AUC", metric: "auc(conversion|click)" },
		{ column: "CTCVR AUC", metric: "auc(conversion|impression)" },
		{ column: "CVR AUC in truth", metric: "truth.auc(conversion|click)" },
	],
	baseline: "GBDT",
	protocol: {
		ctr: "own",
		split: "esm2",
		scales: {
			tiny: { preset: "tiny", seeds: 2, hyper: { ...hyper, gbdt: { trees: 20 }, xgboost: { trees: 20 } } },
			demo: { preset: "bench", rows: 100_000, seeds: 3, hyper },
			full: { preset: "bench", seeds: 3, firstSeed: 101, hyper },
		},
	},
	notes: [
		smallWidthsNote,
		"trees are as many as the papers have (GBDT 150, XGBoost 70), and validation does not stop them, so they may be too many for so few conversions; it chooses the epoch of networks, of DNN by CTR AUC and by CVR AUC, of ESMM by CTCVR AUC",
	],
};
