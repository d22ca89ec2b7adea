import type { TablePlan } from "./plan";

/** Widths and rate for small logs. */
const small = { embedding: 8, mlp: [64, 32], dropout: 0.1, batch: 512, lr: 2e-3 };
/** Validation ends a training, not the limit: an epoch over clicked rows has a tenth of the steps of one over impressions. */
const stopping = { epochs: 10, patience: 2 };

/** Table 2 of ESMM: CVR methods by the AUC of clicked rows, and of all impressions with one shared pCTR (Ma et al. 2018, §3.1–3.2). */
export const esmmTable2: TablePlan = {
	paper: "esmm",
	table: "Table 2",
	title: "ESMM, Table 2",
	published: { paper: "ESMM", table: "Table 2", runs: 10 },
	methods: [
		{ label: "BASE", model: "base" },
		{ label: "AMAN", model: "aman", note: "its default rate of 0.1, not the best of the paper's four on validation" },
		{
			label: "OVERSAMPLING",
			model: "oversampling",
			note: "its default rate of 2, not the best of the paper's four on validation",
		},
		{ label: "UNBIAS", model: "unbias" },
		{ label: "DIVISION", model: "division" },
		{ label: "ESMM-NS", model: "esmm-ns" },
		{ label: "ESMM", model: "esmm" },
	],
	columns: [
		{ column: "CVR AUC (clicked)", metric: "auc(conversion|click)" },
		{ column: "CTCVR AUC (all impressions)", metric: "auc(conversion|impression)" },
	],
	baseline: "BASE",
	protocol: {
		ctr: "shared",
		split: "esmm",
		scales: {
			tiny: { preset: "tiny", seeds: 2, hyper: { "*": { ...small, ...stopping } } },
			demo: { preset: "bench", rows: 500_000, seeds: 5, hyper: { "*": { ...small, ...stopping } } },
			full: { preset: "bench", seeds: 10, hyper: { "*": stopping } },
		},
		own: { source: "aliccp", protocol: "esmm", rows: 84_000_000 },
	},
	notes: [
		"the epoch is chosen on the validation part, which has few conversions, so the choice is noisy; BASE's networks choose by CTR AUC and by CVR AUC, ESMM by CTCVR AUC",
	],
};
