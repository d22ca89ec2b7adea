import { join } from "node:path";
import { CSTWA_FIELDS } from "../lib/data/aliccp/elements";
import { openDuckDb, sqlName, sqlText } from "../lib/data/duckdb";

/** Our file and the peer's, by part. */
const FILES = { train: "ali_ccp_train.csv", valid: "ali_ccp_val.csv", test: "ali_ccp_test.csv" } as const;

/**
 * Compares our prepared folder with the peer's CSVs, row by row: the same labels, and in each field the same ids under other
 * numbers (one number of ours for one of theirs, 0 for 0), over all parts together.
 *
 * @param work folder for DuckDB's file
 * @returns what differs, a line each; nothing where the two programs did the same work
 */
export async function differences(ours: string, peer: string, work: string): Promise<string[]> {
	const db = await openDuckDb({
		file: join(work, "compare.duckdb"),
		memory: "2GB",
		spill: join(work, "compare.spill"),
	});
	const names = ["click", "conversion", ...CSTWA_FIELDS];
	const found: string[] = [];
	try {
		await db.run("CREATE TABLE pairs (field VARCHAR, o INTEGER, p INTEGER)");
		for (const [part, file] of Object.entries(FILES)) {
			const mine = `read_parquet(${sqlText(join(ours, `${part}.parquet`))})`;
			const columns = names.map((name) => `${sqlText(name)}: 'INTEGER'`).join(", ");
			const theirs = `read_csv(${sqlText(join(peer, file))}, header = true, delim = ',', auto_detect = false, columns = {${columns}})`;
			const [counted] = await db.rows(
				`SELECT (SELECT count(*) FROM ${mine}) AS o, (SELECT count(*) FROM ${theirs}) AS p`,
			);
			if (counted.o !== counted.p) {
				found.push(`${part}: ${counted.o} rows of ours, ${counted.p} of the peer`);
				continue;
			}
			const both = names.map(
				(name) => `o.${sqlName(name)} AS ${sqlName(`o ${name}`)}, p.${sqlName(name)} AS ${sqlName(`p ${name}`)}`,
			);
			await db.run(
				`CREATE OR REPLACE TABLE joined AS SELECT ${both.join(", ")} FROM (SELECT * FROM ${mine}) o POSITIONAL JOIN (SELECT * FROM ${theirs}) p`,
			);
			for (const label of names.slice(0, 2)) {
				const [{ n }] = await db.rows(`SELECT count(*) AS n FROM joined WHERE "o ${label}" <> "p ${label}"`);
				if (n !== 0) found.push(`${part}: ${label} differs in ${n} rows`);
			}
			for (const field of CSTWA_FIELDS)
				await db.run(`INSERT INTO pairs SELECT DISTINCT ${sqlText(field)}, "o ${field}", "p ${field}" FROM joined`);
		}
		const fields = await db.rows(
			`SELECT field, count(DISTINCT (o, p)) AS pairs, count(DISTINCT o) AS o, count(DISTINCT p) AS p, count(*) FILTER ((o = 0) <> (p = 0)) AS zeros
			 FROM pairs GROUP BY field ORDER BY field`,
		);
		for (const { field, pairs, o, p, zeros } of fields)
			if (pairs !== o || pairs !== p || zeros !== 0)
				found.push(`field ${field}: ${o} numbers of ours meet ${p} of the peer in ${pairs} pairs, ${zeros} with one 0`);
	} finally {
		db.close();
	}
	return found;
}
