import { InputError } from "../core/problem";
import { openDuckDb, sqlText } from "../data/duckdb";
import { arquero, type Frame } from "../data/frames";
import { columnsOfResult } from "../data/sqlColumns";
import type { Store } from "./store";

/** What a result's file is read as: what is nested stays JSON. */
const COLUMNS: Readonly<Record<string, string>> = {
	run: "VARCHAR",
	model: "VARCHAR",
	seed: "BIGINT",
	hyper: "JSON",
	share: "DOUBLE",
	ctr: "JSON",
	data: "JSON",
	engine: "JSON",
	metrics: "JSON",
	test: "JSON",
	opened: "JSON",
	epochs: "INTEGER",
	kept: "INTEGER[]",
	findings: "JSON",
	samplesPerSecond: "DOUBLE",
};
const typed = Object.entries(COLUMNS);

const METRICS = (part: string, column: string) => `SELECT run, model, seed, share, hyper, data->>'name' AS log,
	'${part}' AS part, key AS metric, (value->>'value')::DOUBLE AS value, (value->>'se')::DOUBLE AS se,
	value->>'space' AS space, (value->>'n')::BIGINT AS n, (value->>'positives')::DOUBLE AS positives, value->>'reason' AS reason
	FROM runs, json_each(runs.${column}) WHERE runs.${column} IS NOT NULL`;

/**
 * Asks DuckDB about the results in a store, and gives an arquero table. There are two tables to ask: `runs`, a row a run (run,
 * model, seed, hyper, share, ctr, data, engine, metrics, test, opened, epochs, kept, findings, samplesPerSecond; what is nested is
 * JSON: `hyper->>'lr'`), and `metrics`, a row a run, part ('valid' or 'test') and metric (value, se, space, n, positives, reason).
 *
 * `await queryRuns(openStore(), "select model, avg(value) auc from metrics where metric = 'auc(conversion|click)' group by 1")`
 *
 * Results that are damaged take no part, and are told on stderr.
 *
 * @throws InputError what DuckDB says of the query
 */
export async function queryRuns(store: Store, query: string): Promise<Frame> {
	if (query.trim() === "") throw new InputError("query of the store: it is empty");
	const files = store.runs("").filter((run) => store.get(run) !== undefined);
	const list = files.map((run) => sqlText(`${store.folder}/${run}.json`)).join(", ");
	const db = await openDuckDb();
	try {
		await db.run(`CREATE TEMP TABLE runs (${typed.map(([name, type]) => `${name} ${type}`).join(", ")})`);
		const types = typed.map(([name, type]) => `${name}: '${type}'`).join(", ");
		if (files.length > 0) await db.run(`INSERT INTO runs FROM read_json([${list}], columns = {${types}})`);
		await db.run(`CREATE TEMP VIEW metrics AS ${METRICS("valid", "metrics")} UNION ALL ${METRICS("test", "test")}`);
		const answer = await db.connection.stream(query).catch((problem: Error) => {
			throw new InputError(`query of the store: ${problem.message.split("\n").filter(Boolean).join(" ")}`);
		});
		return arquero().table(await columnsOfResult(answer));
	} finally {
		db.close();
	}
}
