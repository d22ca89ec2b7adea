import { type DuckDb, sqlName, sqlText } from "../duckdb";
import { isThere, type Staged, type StagedFeature } from "./staged";

/**
 * Counts the ids of a staged log's training rows and numbers those that are frequent enough, by falling count, then by
 * value: 1, 2, … in the table `vocabulary(field, id, count, code)`, whose rows are in the order of fields and codes.
 *
 * A list's id counts as often as it stands there; one of the common side as often as training rows use its list.
 *
 * @param types column → type, of both tables
 * @param counted is told of each field
 */
export async function countVocabularies(
	db: DuckDb,
	staged: Staged,
	types: Readonly<Record<string, string>>,
	minFrequency: number,
	counted: () => void,
): Promise<void> {
	await db.run("CREATE OR REPLACE TABLE vocabulary (field VARCHAR, id VARCHAR, count BIGINT, code INTEGER)");
	const features = Object.entries(staged.features).filter(([, { kind }]) => kind !== "number");
	if (features.some(([, { of }]) => of === "common"))
		await db.run(
			"CREATE OR REPLACE TABLE used AS SELECT common, count(*) AS n FROM staged WHERE part = 0 GROUP BY common",
		);
	for (const [field, feature] of features) {
		await db.run(`INSERT INTO vocabulary
			SELECT ${sqlText(field)}, CAST(id AS VARCHAR), count, row_number() OVER (ORDER BY count DESC, id) AS code
			FROM (SELECT id, sum(n) AS count FROM (${occurrences(field, feature)}) WHERE ${isThere("id", types[field])}
				GROUP BY id HAVING sum(n) >= ${minFrequency})
			ORDER BY code`);
		counted();
	}
}

function occurrences(field: string, { kind, of }: StagedFeature): string {
	const name = sqlName(field);
	if (of === "common") return `SELECT unnest(c.${name}) AS id, used.n FROM staged_common c JOIN used USING (common)`;
	if (kind === "ids") return `SELECT unnest(${name}) AS id, 1 AS n FROM staged WHERE part = 0`;
	return `SELECT ${name} AS id, count(*) AS n FROM staged WHERE part = 0 GROUP BY 1`;
}
