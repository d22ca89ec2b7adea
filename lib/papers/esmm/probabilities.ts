import type { TablePlan } from "../table/plan";
import { esmmMethods, esmmTable2 } from "./table2";

const after = esmmMethods.findIndex(({ label }) => label === "OVERSAMPLING") + 1;

/**
 * The methods of ESMM's Table 2 as probabilities, which AUCs cannot see: on clicked rows by log-loss and calibration, on all
 * impressions against the truth. OVERSAMPLING is judged as it is and with ln ρ taken off its logit. The paper has no such table.
 */
export const esmmProbabilities: TablePlan = {
	...esmmTable2,
	table: "Table 2, probabilities",
	title: "ESMM, Table 2: the methods as probabilities",
	published: undefined,
	protocol: { ...esmmTable2.protocol, own: undefined },
	methods: [
		...esmmMethods.slice(0, after),
		{
			label: "OVERSAMPLING, corrected",
			model: "oversampling",
			hyper: { corrected: true },
			note: "the same training with ln ρ taken off the logit of pCVR: the same order by pCVR, another one by pCTR · pCVR",
		},
		...esmmMethods.slice(after),
	],
	columns: [
		{ column: "log-loss (clicked)", metric: "logloss(conversion|click)" },
		{ column: "PCOC (clicked)", metric: "pcoc(conversion|click)" },
		{ column: "CTCVR AUC (all impressions)", metric: "auc(conversion|impression)" },
		{ column: "truth AUC (all impressions)", metric: "truth.auc(conversion|click)" },
		{ column: "truth PCOC (all impressions)", metric: "truth.pcoc(conversion|click)" },
	],
	notes: [
		...esmmTable2.notes,
		"PCOC is the mean prediction by the share of conversions: 1 without bias, above it where too much is promised",
		"the truth is the simulator's P(conversion | click) of every test impression, clicked or not",
	],
};
