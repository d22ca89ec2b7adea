// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source text
import type { Plan } from "./plan";

/** Faults of logs of one's own, from files. */
export const imports: Plan[] = [
	[
		"a conversion without a click is kept",
		"data/files/rows.ts",
		"`(${events[event]}) = 1 AND (${events[needs]}) = 0`",
		'"false"',
		"data/files/importFiles.test.ts",
		"importFiles names the row of a Parquet file, and drops a conversion without click there too",
	],
	[
		"a column is taken for whole numbers though some ids are text",
		"data/files/stage.ts",
		"bool_and(coalesce(${test}, false))",
		"bool_and(${test})",
		"data/files/importFiles.test.ts",
		"importFiles takes ids that are all whole numbers as numbers, 0 and below being absent, and any others as they stand",
	],
	[
		"ids below 0 are absent without a word",
		"data/files/stage.ts",
		"coalesce(${sql(name)} < 1, false)",
		"coalesce(${sql(name)} = 0, false)",
		"data/files/importFiles.test.ts",
		"importFiles counts ids that are 0 or below, of lists too, and says what to do if 0 is one; not ids that are text or missing",
	],
	[
		"a missing number becomes the mean of all rows",
		"data/files/stage.ts",
		"FROM raw WHERE ${part} = 0`",
		"FROM raw`",
		"data/files/importFiles.test.ts",
		"importFiles drops and counts what cannot be used, and names the first place",
	],
	[
		"a search lies in training and in validation",
		"data/files/split.ts",
		"drawn(group, split.seed)",
		"drawn(undefined, split.seed)",
		"data/files/aliexpress.test.ts",
		"importAliExpress reads train.csv and test.csv: the official test, validation by search, contradictions dropped",
	],
	[
		"the affinity is that of another item",
		"data/files/openBandit.ts",
		'`TRY_CAST(${at("item_id")} AS INTEGER) + 1`',
		'`TRY_CAST(${at("item_id")} AS INTEGER)`',
		"data/files/openBandit.test.ts",
		"Open Bandit becomes a prepared log whose only event is the click",
	],
	[
		"rows of a policy count alike, whatever it prefers",
		"metrics/propensity.ts",
		"return chance(i) / logging[i];",
		"return 1;",
		"metrics/propensity.test.ts",
		"offPolicy finds the uniform policy's rate where the plain mean does not, with intervals that cover it",
	],
];
