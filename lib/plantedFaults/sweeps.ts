// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source text
import type { Plan } from "./plan";

/** Faults of sweeps and of the processes that their runs are in. */
export const sweeps: Plan[] = [
	[
		"a sweep chooses by the test part where the store has it",
		"experiment/sweep/round.ts",
		"found.map((result) => result.metrics)",
		"found.map((result) => result.test ?? result.metrics)",
		"experiment/sweep/runSweep.test.ts",
		"the final step chooses by validation also where a store already holds test values that would choose otherwise",
	],
	[
		"each model of a sweep has draws of its own order of hyperparameters",
		"experiment/sweep/trials.ts",
		"`sweep/${name}/${trial}`",
		"`sweep/${names.indexOf(name)}/${trial}`",
		"experiment/sweep/trials.test.ts",
		"draws stay as they are when another choice, a further hyperparameter or more trials come; another seed draws others",
	],
	[
		"the worse half of the trials goes on",
		"experiment/sweep/halving.ts",
		": value(b) - value(a)",
		": value(a) - value(b)",
		"experiment/sweep/runSweep.test.ts",
		"a sweep by halving gives the better half twice the rows, round by round, on nested shares",
	],
	[
		"a trial with a failed run is chosen by its other seeds",
		"experiment/sweep/round.ts",
		"score: failed.length > 0 ? undefined : of.mean",
		"score: of.mean",
		"experiment/sweep/runSweep.test.ts",
		"a sweep counts runs that fail, goes on, and cannot choose their trials; without a value none is chosen",
	],
	[
		"a sweep does not say that the test part had been opened before",
		"experiment/sweep/record.ts",
		"if (!result?.opened ||",
		"if (!result?.opened || result.test ||",
		"experiment/sweep/runSweep.test.ts",
		"the final step says that another sweep had opened the test part of the same data, but not one of other data",
	],
	[
		"the final step opens the test part of the trials that were not chosen",
		"experiment/sweep/openTest.ts",
		"trials: [tried.trial] }",
		"trials: swept.trials.filter((one) => one !== tried.trial) }",
		"experiment/sweep/runSweep.test.ts",
		"the final step opens the test part for the chosen trial alone, records that, and answers from the store the second time",
	],
	[
		"a run whose process is killed is not tried again",
		"experiment/pool.ts",
		"const DEATHS = 3;",
		"const DEATHS = 1;",
		"experiment/pool.test.ts",
		"the local pool a child that is killed in the middle is replaced, and its run is as if nothing had happened",
	],
	[
		"a killed driver's processes live on",
		"experiment/pooledJob.ts",
		'process.on("disconnect", endAlone);',
		'process.on("disconnect", () => {});',
		"experiment/pool.test.ts",
		"the local pool ends with its driver, killed in the middle, and keeps the checkpoint of the run at hand",
	],
];
