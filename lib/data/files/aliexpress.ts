import type { Card } from "../prepared/card";
import type { Feature } from "../schema";
import { type ImportFiles, importFiles } from "./importFiles";
import type { SchemaFile } from "./schemaFile";

/** Raised when a change alters what the same files give. */
export const aliExpressVersion = 1;

const named = (stem: string, n: number, feature: Feature): [string, Feature][] =>
	Array.from({ length: n }, (_, i) => [`${stem}_${i + 1}`, feature]);

const features = Object.fromEntries([
	...named("categorical", 16, { kind: "id" }),
	...named("numerical", 63, { kind: "number" }),
]);

/**
 * The schema of AliExpress' search log (Li et al., CIKM 2020; Tianchi data set 74690), one set of files a country (NL, ES, FR,
 * US), as the public preparation of it writes them (easezyc/Multitask-Recommendation-Library): `train.csv` and `test.csv`
 * with `search_id, categorical_1…16, numerical_1…63, click, conversion`.
 *
 * The categories are numbered from 0 there, so their ids are text: 0 is a category. `search_id` stands for the user: it groups
 * the rows of one search, for GAUC and for intervals, and is no feature. Test is the official one, the files with `test` in
 * their names; the searches of validation are drawn, a tenth, from the others.
 */
export const aliExpress: SchemaFile = {
	name: "aliexpress",
	schema: {
		user: "search_id",
		events: { click: "click", conversion: "conversion" },
		implies: { conversion: "click" },
		features,
	},
	split: { by: "file", test: ["*test*"], valid: 0.1, seed: 1, group: "search_id" },
	text: new Set(Object.keys(features).filter((name) => name.startsWith("categorical"))),
};

/** Imports AliExpress' train.csv and test.csv of a country; conversions without a click are counted and dropped. */
export const importAliExpress = (options: Omit<ImportFiles, "schema" | "reader">): Promise<Card> =>
	importFiles({ ...options, schema: aliExpress, reader: { name: "aliexpress", version: aliExpressVersion } });
