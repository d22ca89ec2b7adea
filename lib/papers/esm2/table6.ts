import type { TablePlan } from "../table/plan";
import { esm2Columns, esm2Notes, esm2Protocol } from "./tables3to5";

/** Table 6 of ESM²: which actions count as dAction, those of the shopping cart, of the wish list, or both (Wen et al. 2020, §4.3.3). */
export const esm2Table6: TablePlan = {
	paper: "esm2",
	table: "Table 6",
	title: "ESM², Table 6",
	published: { paper: "ESM2", table: "Table 6" },
	methods: [
		{ label: "SCart", model: "esm2", hyper: { dAction: "cart" } },
		{ label: "Wish", model: "esm2", hyper: { dAction: "wish" } },
		{ label: "SCart and Wish", model: "esm2", note: "the runs of ESM2 in Table 3" },
	],
	columns: esm2Columns,
	baseline: "SCart and Wish",
	protocol: esm2Protocol(["esm2"]),
	notes: [
		...esm2Notes,
		"what is not counted as dAction is oAction; where settings are searched, they are those chosen for both actions",
	],
};

/** An option of ours: two more losses, on the conversion after dAction and after oAction, which the log tells apart and ESM² does not use. */
export const esm2Branch: TablePlan = {
	paper: "esm2",
	table: "Branch losses",
	title: "ESM², with losses on its branches (ours)",
	methods: [
		{ label: "ESM2", model: "esm2" },
		{ label: "ESM2 with branch losses", model: "esm2", hyper: { extra: "branch" } },
	],
	columns: esm2Columns,
	baseline: "ESM2",
	protocol: esm2Protocol(["esm2"]),
	notes: esm2Notes,
};
