import type { Plan } from "./plan";

const JUDGED = "papers/phases/verdicts.test.ts";
const OF = "the verdicts of a phase diagram";
const POOLED = "metrics/comparison/pooled.test.ts";

/** Faults of the phase diagram: its worlds, its intervals, its verdicts, its maps. */
export const phases: Plan[] = [
	[
		"two worlds share their logs",
		"papers/phases/runs.ts",
		"seeds(logs, firstSeed + i * logs)",
		"seeds(logs, firstSeed + (i % 2) * logs)",
		"papers/phases/phases.test.ts",
		"the phase diagram's plan no two worlds share a log, all models of a world do, and every run opens the test part",
	],
	[
		"a world's hidden intent is not that of its log",
		"papers/phases/phases.ts",
		"knobs: { cvr, rho, gammas }",
		"knobs: { cvr, rho, gammas: 0 * gammas }",
		"papers/phases/phases.test.ts",
		"the phase diagram's plan its middle with ρ = 0.8 is the preset bench, and a log's source sets nothing but the world's knobs",
	],
	[
		"some models of a world embed items wider than others",
		"papers/phases/phases.ts",
		"embedding: 8, itemEmbedding: 0, mlp",
		"embedding: 8, mlp",
		"papers/phases/phases.test.ts",
		"the phase diagram's plan rests on runs that differ in their model alone: log, widths and rate are the same",
	],
	[
		"the pooled deviation has the degrees of freedom of one world",
		"metrics/comparison/pooled.ts",
		"sum + n - 1, 0)",
		"Math.max(sum, n - 1), 0)",
		POOLED,
		"paired differences whose spread is pooled takes one deviation for all, its degrees of freedom together",
	],
	[
		"the offline metric is held for the truth",
		"papers/phases/verdicts.ts",
		"const [truth, offline] = [differences[2 * m][i], differences[2 * m + 1][i]];",
		"const [truth, offline] = [differences[2 * m + 1][i], differences[2 * m][i]];",
		JUDGED,
		`${OF} ρ decides: better where the truth is up and worse where it is down, log by log less the baseline`,
	],
	[
		"a verdict forgets how many comparisons there are",
		"papers/phases/verdicts.ts",
		"const adjusted = holm(all);",
		"const adjusted = all.map((p) => holm([p])[0]);",
		JUDGED,
		`${OF} is after Holm over worlds and knobs of both metrics together`,
	],
	[
		"an offline metric that misses a difference is said to agree",
		"papers/phases/verdicts.ts",
		'return there ? "misses"',
		'return there ? "agrees"',
		JUDGED,
		`${OF} where the offline metric is wrong: it misses, invents, or sees the opposite of the truth`,
	],
	[
		"a difference that could not be tested is one that is not seen",
		"papers/phases/verdicts.ts",
		'return "no test";\n\treturn adjusted',
		'return "no difference seen";\n\treturn adjusted',
		JUDGED,
		`${OF} a log whose metric is unknown leaves its world without a verdict, and the others judged; it is counted apart`,
	],
	[
		"what a knob does has the variance of a single world",
		"papers/phases/effects.ts",
		"variance: variance + (std * std) / n / (k * k)",
		"variance: Math.max(variance, (std * std) / n / (k * k))",
		"papers/phases/effects.test.ts",
		"variances of the worlds add, with Satterthwaite's degrees of freedom over the groups",
	],
	[
		"a map is upside down",
		"view/papers/phases.ts",
		"const rows = [...rho].reverse();",
		"const rows = [...rho];",
		"view/papers/phases.test.ts",
		"a phase diagram drawn each knob has a map: truth above offline, ρ rising upwards, frames where the signs differ",
	],
];
