import type { Plan } from "./plan";

/** Faults of comparisons: intervals, tests, verdicts. */
export const comparison: Plan[] = [
	[
		"the bootstrap draws rows instead of users",
		"metrics/bootstrap.ts",
		"clustersOf(rows.user)",
		"clustersOf(rows.user.map(() => -1))",
		"metrics/coverage.test.ts",
		"95 % intervals of differences that are known the bootstrap over users covers 92–98 % and rejects 3–7 %; so does DeLong's; over rows it covers less than 85 %",
	],
	[
		"the bootstrap draws other users for b than for a",
		"metrics/bootstrap.ts",
		"first.at(counts) - second.at(counts)",
		"first.at(counts) - second.at(counts.slice().reverse())",
		"metrics/bootstrap.test.ts",
		"bootstrapDifference has the standard error of the AUC difference that Obuchowski's formula has",
	],
	[
		"Holm's p-values fall where the p-values rise",
		"metrics/holm.ts",
		"most = Math.max(most, Math.min(1, (tests.length - k) * one))",
		"most = Math.min(1, (tests.length - k) * one)",
		"metrics/holm.test.ts",
		"holm never falls where the p-values rise, and never passes 1",
	],
	[
		"a deviation over seeds divides by n",
		"metrics/compare.ts",
		"(v - mean) ** 2, 0) / (n - 1)) : 0",
		"(v - mean) ** 2, 0) / n) : 0",
		"metrics/coverage.test.ts",
		"95 % intervals of differences that are known the t-interval over 5 and over 10 paired seeds covers 92–98 % and rejects 3–7 %",
	],
	[
		"positives and negatives of a user count as independent",
		"metrics/delong.ts",
		"2 * corrected(both",
		"0 * corrected(both",
		"metrics/parity/statistics.test.ts",
		"as scipy, statsmodels and numpy have it DeLong's standard error for rows, and Obuchowski's for users",
	],
	[
		"verdicts forget that the table holds more tests",
		"metrics/verdict.ts",
		"holm(table.map(({ test }) => test.p)).map((p, i)",
		"table.flatMap(({ test }) => holm([test.p])).map((p, i)",
		"metrics/verdict.test.ts",
		"verdicts adjusts over the table: what is seen alone is not seen among four",
	],
];
