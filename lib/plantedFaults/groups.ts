import type { Plan } from "./plan";

/** Faults of what fields tell of, of numbers in buckets, of the time of rows and of the days that are trained on. */
export const groups: Plan[] = [
	[
		"items' embeddings are looked up by the other fields' codes",
		"tensor/batch.ts",
		'(group === "item") === (part === "item")',
		'(group === "item") !== (part === "item")',
		"tensor/tensor.test.ts",
		"embed gives the fields of items a width and a table of their own, after the others and before the numbers",
	],
	[
		"a compiled step looks up the items of the batch that it was compiled with",
		"tensor/batch.ts",
		"gatheredPart(now.gathered, part, now.data.fields, now.at)",
		"gatheredPart(gathered, part, now.data.fields, at)",
		"train/compiledStep.test.ts",
		"a compiled step does what the step does items with a table of their own",
	],
	[
		"a saved model takes another log's word for which fields are an item's",
		"train/sameFields.ts",
		"if (isSame) return other;",
		"if (isSame || other.name) return other;",
		"train/saveModel.test.ts",
		"a saved model gives the bits of the fitted one where items have a table of their own, whatever another log says of its fields",
	],
	[
		"quantiles are those of all rows",
		"data/encode.ts",
		"quantileEdges(Float64Array.from(train, (row) => values[row]))",
		"quantileEdges(Float64Array.from(values))",
		"data/encode.test.ts",
		"numbers in quantile buckets are ids, with the edges of the training rows alone",
	],
	[
		"a prepared folder's quantiles are those of all rows",
		"data/prepared/scale.ts",
		"FROM staged WHERE part = 0 AND NOT isnan",
		"FROM staged WHERE NOT isnan",
		"data/prepared/timed.test.ts",
		"numbers in quantile buckets, and groups are those of the same log in memory",
	],
	[
		"the first days are trained on in place of the last",
		"experiment/subsample.ts",
		"time[row] >= from",
		"time[row] < from",
		"experiment/subsample.test.ts",
		"the last days of the training part are whole days from midnight on, counted back from the last training row's",
	],
	[
		"a run on its last days has the hash of one on all days",
		"experiment/run.ts",
		"...(days === undefined ? {} : { days }),",
		"",
		"experiment/subsample.test.ts",
		"the last days of the training part are part of a run's hash, but not of a run on all days",
	],
	[
		"knobs of a source are left out of its fingerprint",
		"experiment/source.ts",
		"fingerprintOf({ preset, rows, seed, knobs })",
		"fingerprintOf({ preset, rows, seed })",
		"experiment/source.test.ts",
		"a simulated source has the knobs that are set otherwise, and then is another data set under a name that says so",
	],
];
