import type { Plan } from "./plan";

/** Faults of statistics of logs. */
export const statistics: Plan[] = [
	[
		"statistics of another log than the paper's are compared with it",
		"papers/statistics/statistics.ts",
		"if (!own)",
		"if (own)",
		"papers/statistics/statistics.test.ts",
		"statisticRows another log: not comparable, whatever the numbers",
	],
	[
		"the product data set of ESMM is compared with Ali-CCP",
		"papers/esmm/table1.ts",
		'own: on.own && label === "Public Dataset"',
		"own: on.own",
		"papers/statistics/statistics.test.ts",
		"esmmTable1 on Ali-CCP itself the public data set is compared, the product's never",
	],
	[
		"an edge counts events outside its space",
		"data/statistics.ts",
		"happened[row] && (!space || space[row])",
		"happened[row]",
		"data/statistics.test.ts",
		"edgeRates an event outside the space does not count",
	],
	[
		"the rows of a random-exposure log take part in the split",
		"data/joined.ts",
		"split(log, how.split)",
		"split({ ...log, columns, rows }, how.split)",
		"data/joined.test.ts",
		"the other log's rows stand behind, in no part, encoded with what the training part knows",
	],
	[
		"the clicked space holds impressions without a click",
		"papers/selection/selectionRuns.ts",
		'clicked: rowsIn(data, test, "click")',
		"clicked: test",
		"papers/selection/selectionRuns.test.ts",
		"trains both models on each seed's log and judges them on three spaces",
	],
	[
		"the shift of a feature holds what chance brings",
		"papers/selection/featureShifts.ts",
		" - (features[feature].cells - 1) / (2 * clicks)",
		"",
		"papers/selection/featureShifts.test.ts",
		"takes off each log's own chance level, averages over logs, and puts the strongest first",
	],
];
