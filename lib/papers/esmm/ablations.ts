import type { TablePlan } from "../table/plan";
import { esmmColumns, esmmNotes, esmmScales } from "./table2";

/**
 * What ESMM is made of, taken out or turned, one thing at a time: the shared embedding, shared hidden layers, the weight w of the loss
 * on pCTCVR, and that loss's way into the CTR tower. Each with its own pCTR, which these change too. The paper has the first alone
 * (ESMM-NS in Table 2).
 */
export const esmmAblations: TablePlan = {
	paper: "esmm",
	table: "Ablations",
	title: "ESMM, what it is made of",
	methods: [
		{ label: "ESMM", model: "esmm" },
		{ label: "no shared embedding", model: "esmm-ns", note: "ESMM-NS" },
		{ label: "first hidden layer shared", model: "esmm", hyper: { shareBottom: 1 } },
		{ label: "w = 0.1", model: "esmm", hyper: { ctcvrWeight: 0.1 } },
		{ label: "w = 10", model: "esmm", hyper: { ctcvrWeight: 10 } },
		{
			label: "pCTR constant in the CTCVR loss",
			model: "esmm",
			hyper: { stopCtrGrad: true },
			note: "the loss on pCTCVR trains the CVR tower and the shared embedding alone",
		},
	],
	columns: [
		...esmmColumns,
		{ column: "CTR AUC (all impressions)", metric: "auc(click|impression)" },
		{ column: "truth AUC (all impressions)", metric: "truth.auc(conversion|click)" },
	],
	baseline: "ESMM",
	protocol: { ctr: "own", split: "esmm", scales: esmmScales({ demo: 3, full: 10 }) },
	notes: esmmNotes,
};
