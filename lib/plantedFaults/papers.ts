import type { Plan } from "./plan";

const JUDGED = "papers/table.test.ts";
const RUN = "papers/runPaperTable.test.ts";

/** Faults of papers' tables: what is run, how a cell is judged, what is bold. */
export const papers: Plan[] = [
	[
		"the verdict is turned round",
		"papers/verdict.ts",
		"Math.sign(compared.mean) === Math.sign(theirs)",
		"Math.sign(compared.mean) !== Math.sign(theirs)",
		JUDGED,
		"on another log only the order is judged outside: the sign is the other one",
	],
	[
		"a difference that is not seen gets a verdict",
		"papers/verdict.ts",
		"compared.adjusted > 0.05",
		"compared.adjusted > 1",
		JUDGED,
		"on another log only the order is judged not-comparable: no difference seen, with the interval and what could have been seen",
	],
	[
		"what the paper's own runs vary by is forgotten",
		"papers/verdict.ts",
		"Math.hypot(half, theirs)",
		"Math.hypot(half, 0)",
		JUDGED,
		"on the paper's own log the number itself is judged theirs widens it: of n runs by their interval, of an unknown number as of one",
	],
	[
		"each comparison is judged as if it were the table's only one",
		"papers/table.ts",
		"adjusted: adjusted[i]",
		"adjusted: difference.p",
		JUDGED,
		"on another log only the order is judged p-values are adjusted over all comparisons of the table, not of a column",
	],
	[
		"seeds are not paired",
		"papers/table.ts",
		"paired(a.values, b.values)",
		"paired(a.values, b.values.map(() => summary(b.values).mean))",
		JUDGED,
		"on another log only the order is judged seeds are paired: a shift of every seed is seen through a spread twenty times as wide",
	],
	[
		"the larger mean is marked as the best, whatever its interval",
		"papers/best.ts",
		"(adjusted[i] ?? 1) <= 0.05",
		"(adjusted[i] ?? 1) <= 1",
		JUDGED,
		"best is marked only where it is better than every other method, seed by seed",
	],
	[
		"the best is not adjusted over its column",
		"papers/best.ts",
		"const adjusted = holm(found.map(({ p }) => p));",
		"const adjusted = found.map(({ p }) => holm([p])[0]);",
		JUDGED,
		"best is adjusted over the column: what beats one other may not be bold among four",
	],
	[
		"each method multiplies with its own pCTR",
		"papers/jobsOfTable.ts",
		'? "own" : network;',
		'? "own" : "own";',
		RUN,
		"a paper's table is one run a method and seed, test part opened for it, the pCTR of BASE shared",
	],
	[
		"a method that is left out is not told",
		"papers/paperTable.ts",
		"left.length > 0",
		"left.length > 99",
		RUN,
		"a paper's table leaves out what is not registered yet, by name",
	],
];
