import type { Plan } from "./plan";

/** Faults of the benchmarks. */
export const benchmarks: Plan[] = [
	[
		"a benchmark's ratio is the wrong way round",
		"../bench/figures.ts",
		"median: a.median / b.median",
		"median: b.median / a.median",
		"cli/benchTables.test.ts",
		"figures are the median, the least and the most; a ratio spans what any two measurements give",
	],
	[
		"a benchmark's record loses the sections after its own",
		"../bench/results.ts",
		"const rest = whole.slice(to);",
		'const rest = "";',
		"cli/benchTables.test.ts",
		"figures go into their own section of RESULTS.md, and leave the others as they are",
	],
	[
		"programs that encode ids differently are compared",
		"../bench/sameTables.ts",
		"if (pairs !== o || pairs !== p || zeros !== 0)",
		"if (pairs < o || pairs < p)",
		"cli/benchTables.test.ts",
		"tables are compared id by id: other numbers pass, another id or label does not",
	],
	[
		"ours is compared with the slower of PyTorch's steps",
		"../bench/train.ts",
		"Math.max(...[rate(",
		"Math.min(...[rate(",
		"cli/benchPeers.test.ts",
		"figures are ratios within a round, never across; the better of PyTorch's two counts; slow peers have fewer rounds",
	],
	[
		"a benchmark's conversions come without a click",
		"../bench/trainingRows.ts",
		"clicked & +(random",
		"0 * clicked + +(random",
		"cli/benchPeers.test.ts",
		"rows to train on are the same each time, and read back as they were drawn: Zipf's ids, rare clicks, conversions of clicks alone",
	],
	[
		"the peer validates on other rows than ours",
		"../bench/validRows.ts",
		'stream(seed, "split")',
		'stream(seed, "valid")',
		"cli/benchTables.test.ts",
		"the peer's validation rows are those of our split",
	],
];
