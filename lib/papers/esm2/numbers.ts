import { published } from "../published";
import type { TablePlan } from "../table/plan";
import { esm2Columns, esm2Notes, esm2Protocol } from "./tables3to5";

const gain = published("ESM2", "Section 4.3.2 text", "tanh-normalised numericals vs discretised", "AUC gain")?.value;

/** Section 4.3.2 of ESM²: numbers as they are, scaled by tanh, against the ids of their quantile buckets (Wen et al. 2020). */
export const esm2Numbers: TablePlan = {
	paper: "esm2",
	table: "Section 4.3.2",
	title: "ESM², Section 4.3.2: numbers scaled by tanh or discretised",
	methods: [
		{ label: "discretised", model: "esm2", numbers: "quantiles" },
		{ label: "tanh", model: "esm2", note: "the runs of ESM2 in Table 3" },
	],
	columns: esm2Columns,
	baseline: "discretised",
	protocol: esm2Protocol(["esm2"]),
	notes: [
		`the paper prints one number, a gain of tanh over discretised of ${gain} in AUC, and does not say which AUC`,
		"buckets are cut at the quantiles of the training part; the numbers of the log are counts with the user, rates of the item to date and the days since a promotion",
		...esm2Notes,
	],
};
