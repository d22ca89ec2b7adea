import type { Plan } from "./plan";

const FIGURE_7 = "papers/esm2/figure7.test.ts";

/** Faults of ESM²'s tables and figures: what its numbers would imply, who is in a group, what a curve shows. */
export const esm2: Plan[] = [
	[
		"GBDT grows all of its trees whatever validation says",
		"papers/esm2/tables3to5.ts",
		"gbdt: { trees: [10, 25, 50, 150] }",
		"gbdt: { smoothing: [10, 25, 50, 150] }",
		"papers/esm2/tables3to5.test.ts",
		"the search of ESM²'s Table 3 chooses GBDT's number of trees on validation at every scale, and DNN-OS's rate",
	],
	[
		"the rate of positives is taken from the cut as it is said, not from the rows above it",
		"papers/esm2/topIdentity.ts",
		"(p.top.rows / p.n)",
		"(cut / 100)",
		"papers/esm2/topIdentity.test.ts",
		"ours of Table 4 implies the rate of the test part at every cut",
	],
	[
		"users are grouped by what they buy in the test part",
		"papers/esm2/userActivity.ts",
		"of split.train)",
		"of split.test)",
		"papers/esm2/userActivity.test.ts",
		"purchases of users are counted in the training part alone, by user number",
	],
	[
		"a group's users are mixed up with rows",
		"papers/esm2/figure7.ts",
		"purchases[user[i]]",
		"purchases[i % purchases.length]",
		FIGURE_7,
		"figure 7 of runs groups by purchases in the training part: a group's AUC is that of its users' clicked test rows",
	],
	[
		"figure 7 is shown of other runs",
		"papers/esm2/keptActivity.ts",
		"isDeepStrictEqual(kept.runs, runsOfActivity(runs)) ?",
		"isDeepStrictEqual(kept.seeds, runs.results.ESMM.length) ?",
		FIGURE_7,
		"figure 7 of runs is taken as it was kept for these runs, and for no others",
	],
	[
		"figure 7 is shown as somebody changed it",
		"papers/esm2/keptActivity.ts",
		"return sumOf(content) === sum ? content : undefined;",
		"return sum ? content : undefined;",
		FIGURE_7,
		"figure 7 of runs a kept one in which one digit was changed counts as none, and it is said",
	],
	[
		"equal counts fall into two groups",
		"papers/esm2/userActivity.ts",
		"count <= edge",
		"count < edge",
		"papers/esm2/userActivity.test.ts",
		"groups by quantiles of rows have about as many rows each, equal counts together, one code a row",
	],
	[
		"whether a gain grows is judged as if there were one metric",
		"view/papers/userActivity.ts",
		"holm(found.map((one) => one?.p ?? null))",
		"found.map((one) => holm([one?.p ?? null])[0])",
		"view/papers/userActivity.test.ts",
		"growth is seen after Holm over the three metrics, not by each interval",
	],
	[
		"a sweep's curve shows values, whose spread is that of logs",
		"view/papers/sweepCurves.ts",
		"row.compared[name] : 0",
		"row.ours[name] : 0",
		"view/papers/sweepCurves.test.ts",
		"a panel a column: each setting's paired difference at its place, 0 where it is compared with itself, logs' spread left out",
	],
];
