import type { Plan } from "./plan";

/** Faults of comparisons: intervals, tests, verdicts. */
export const comparison: Plan[] = [
	[
		"the bootstrap draws rows instead of users",
		"metrics/comparison/bootstrap.ts",
		"clustersOf(rows.user)",
		"clustersOf(rows.user.map(() => -1))",
		"metrics/comparison/coverage.test.ts",
		"95 % intervals of differences that are known the bootstrap over users covers 92–98 % and rejects 3–7 %; so does DeLong's; over rows it covers less than 85 %",
	],
	[
		"the bootstrap draws other users for b than for a",
		"metrics/comparison/bootstrap.ts",
		"first.at(counts) - second.at(counts)",
		"first.at(counts) - second.at(counts.slice().reverse())",
		"metrics/comparison/bootstrap.test.ts",
		"bootstrapDifference has the standard error of the AUC difference that Obuchowski's formula has",
	],
	[
		"Holm's p-values fall where the p-values rise",
		"metrics/comparison/holm.ts",
		"most = Math.max(most, Math.min(1, (tests.length - k) * one))",
		"most = Math.min(1, (tests.length - k) * one)",
		"metrics/comparison/holm.test.ts",
		"holm never falls where the p-values rise, and never passes 1",
	],
	[
		"a deviation over seeds divides by n",
		"metrics/comparison/paired.ts",
		"(v - mean) ** 2, 0) / (n - 1)) : 0",
		"(v - mean) ** 2, 0) / n) : 0",
		"metrics/comparison/coverage.test.ts",
		"95 % intervals of differences that are known the t-interval over 5 and over 10 paired seeds covers 92–98 % and rejects 3–7 %",
	],
	[
		"positives and negatives of a user count as independent",
		"metrics/comparison/delong.ts",
		"2 * corrected(both",
		"0 * corrected(both",
		"metrics/comparison/parity/statistics.test.ts",
		"as scipy, statsmodels and numpy have it DeLong's standard error for rows, and Obuchowski's for users",
	],
	[
		"verdicts forget that the table holds more tests",
		"metrics/comparison/verdict.ts",
		"holm(table.map(({ test }) => test.p)).map((p, i)",
		"table.flatMap(({ test }) => holm([test.p])).map((p, i)",
		"metrics/comparison/verdict.test.ts",
		"verdicts adjusts over the table: what is seen alone is not seen among four",
	],
];
