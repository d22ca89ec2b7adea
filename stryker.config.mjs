/**
 * Mutation test of the formulas that every number rests on: `npx stryker run`. Each mutant is one small change of the source;
 * the score is the share of mutants that at least one test notices. lib/mutation.long.test.ts runs it.
 */
export default {
	testRunner: "vitest",
	vitest: { configFile: "lib/mutation.vitest.mts" },
	mutate: ["lib/core/*.ts", "lib/metrics/*.ts", "lib/tensor/losses.ts", "!lib/**/*.test.ts"],
	ignorePatterns: ["/.venv", "/.tslab", "/bench", "/data", "/figures", "/notebooks", "/reports", "*.log"],
	// Stryker would rewrite paths of tsconfig.json with the compiler's JavaScript API, which TypeScript 7 has not; there are none.
	tsconfigFile: "none",
	coverageAnalysis: "perTest",
	concurrency: 2,
	timeoutMS: 10_000,
	thresholds: { high: 90, low: 80, break: 80 },
	reporters: ["json", "clear-text"],
	clearTextReporter: { allowColor: false, reportTests: false, reportMutants: false, logTests: false },
	jsonReporter: { fileName: "reports/mutation.json" },
	tempDirName: ".stryker-tmp",
	allowConsoleColors: false,
};
