import type { Plan } from "./plan";

const JOBS = "experiment/replayed.test.ts";
const FIGURE_5 = "papers/esm2/figure5.test.ts";
const USERS = "simulator/rerankUsers.test.ts";

/** Faults of the simulated A/B test of runs: whose requests are ranked, by what, and over whom its intervals are. */
export const replayed: Plan[] = [
	[
		"the simulated A/B test ranks requests of training days",
		"experiment/replayed.ts",
		"const firstDay = day[split(log, how.split).test[0]];",
		"const firstDay = day[split(log, how.split).train[0]];",
		JOBS,
		"the candidates of a log are of requests of its test part: no model was trained on any of them",
	],
	[
		"candidates are encoded with what other candidates know",
		"data/fieldsBeside.ts",
		"{ train: Int32Array.from(train.keys()),",
		"{ train: Int32Array.from({ length: train.length + other.rows }, (_, row) => row),",
		"data/fieldsBeside.test.ts",
		"other rows change nothing of the encoding: a value that only they have is unknown",
	],
	[
		"a result without its outcomes counts as done",
		"experiment/runJobs.ts",
		"if (!found || lacks ||",
		"if (!found ||",
		JOBS,
		"a job with replay is the same run; a result without its outcomes is trained again, to the same outcomes, and then no more",
	],
	[
		"outcomes of a ranking that another run wrote pass for a run's own",
		"experiment/replayed.ts",
		"if (kept.run !== run) return",
		"if (kept.run === undefined) return",
		JOBS,
		"kept outcomes of another run count as none, and it is said",
	],
	[
		"outcomes on fewer requests than are asked for pass for all",
		"experiment/replayed.ts",
		"if (source && kept.table !== tableOf(source, kept.firstDay))",
		"if (source && kept.table === undefined)",
		JOBS,
		"kept outcomes of another number of requests count as none, and it is said: the run is trained again, on the new table",
	],
	[
		"of two jobs of one run the last one's wishes count",
		"experiment/runJobs.ts",
		"queue.get(job.hash) ?? {};",
		"queue.get(job.hash.slice(1)) ?? {};",
		JOBS,
		"a job with replay asked for beside the same run without is one run with all that is asked for",
	],
	[
		"the users of a log are as many as its requests",
		"simulator/rerankUsers.ts",
		"return places.size;",
		"return log.user.length;",
		USERS,
		"what a ranking brings, by user sums a user's requests; a user of another log is another user",
	],
	[
		"each ranking draws users of its own",
		"simulator/rerankUsers.ts",
		"drawn.map((totals) => totals[ours][name] / totals[baseline][name] - 1)",
		"drawn.map((totals, i) => totals[ours][name] / drawn[(i + 1) % draws][baseline][name] - 1)",
		USERS,
		"lifts over users have the error of the delta method over users, which is that of neither requests nor unpaired rankings",
	],
	[
		"lifts over seeds are of all logs together",
		"papers/esm2/abTest.ts",
		"seed[measure] / baseline.seeds[s][measure] - 1",
		"seed[measure] / baseline[measure] - 1",
		FIGURE_5,
		"the simulated A/B test of runs over seeds: single logs' lifts, tested and adjusted over all comparisons that are made",
	],
	[
		"the exchange of values reaches rows outside of those that are judged",
		"data/permuted.ts",
		"changed[rows[i]] = column[from[i]]",
		"changed[i] = column[from[i]]",
		"data/permuted.test.ts",
		"exchanges the named fields' values together among the rows alone, lists too, and changes no other field",
	],
];
