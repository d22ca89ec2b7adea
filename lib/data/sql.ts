import { join } from "node:path";
import type { DuckDBValue } from "@duckdb/node-api";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import { type Columns, columnsOf } from "./columns";
import type { Dataset } from "./dataset";
import { openDuckDb, sqlName } from "./duckdb";
import { arquero, type Frame } from "./frames";
import { loadHttpfs, namesRemoteFile } from "./httpfs";
import type { Log } from "./log";
import { columnsOfResult } from "./sqlColumns";
import { type Tables, tablesIn } from "./sqlTables";

/** What a query may hold at `${…}`: a value, values for IN, a file's name after FROM, or a table that lies in this process. */
export type SqlValue =
	| string
	| number
	| boolean
	| null
	| readonly (string | number | boolean | null)[]
	| Log
	| Dataset
	| Columns;

/** Memory of the one engine that notebooks share. TensorFlow and the log lie beside it; what is more goes to data/cache/sql. */
const MEMORY = "1GB";

interface Session {
	connection: Awaited<ReturnType<typeof openDuckDb>>["connection"];
	tables: Tables;
}

let session: Promise<Session> | undefined;
/** The query at hand: a connection answers one at a time. */
let before: Promise<unknown> = Promise.resolve();

async function opened(): Promise<Session> {
	const { connection } = await openDuckDb({ memory: MEMORY, spill: join(projectRoot(), "data/cache/sql") });
	await connection.run("SET enable_progress_bar = false");
	await connection.run(`SET file_search_path = '${projectRoot().replaceAll("'", "''")}'`);
	return { connection, tables: tablesIn(connection) };
}

/**
 * Asks DuckDB, and gives an arquero table: ``await sql`select occasion, count(*) n, avg(click) ctr from ${log} group by 1` ``.
 *
 * - Files: `from 'data/cache/log.parquet'`, CSV too. Relative names are looked up in the project's folder, wherever the notebook
 *   runs; only `copy … to` writes relative to the working folder.
 * - Files of other machines too: `from 's3://bucket/log.parquet'`, `from 'https://…'`; see `loadHttpfs`.
 * - `${log}`, `${dataset}` or `${{a: Int32Array.of(1, 2)}}` after FROM reads the columns where they lie, without a copy.
 * - `${value}` is a parameter, never pasted text: a string, number, boolean or null; an array is a list for IN. Write no quotes
 *   around it. A string after FROM or JOIN is a file's name.
 * - Types of the result's columns: see `columnsOfResult`. A count is a number; a whole number beyond 2⁵³ − 1 makes its column BigInts.
 * - Tables that a query creates stay until the kernel ends. The engine starts at the first query and takes at most 1 GB; what
 *   is more goes to data/cache/sql while it is needed.
 *
 * @throws InputError what DuckDB says of the query, in one line with its place
 */
export function sql(text: TemplateStringsArray, ...values: SqlValue[]): Promise<Frame> {
	const answer = before.catch(() => undefined).then(() => ask(text, values));
	before = answer;
	return answer;
}

async function ask(text: readonly string[], values: readonly SqlValue[]): Promise<Frame> {
	session ??= opened();
	const { connection, tables } = await session.catch((problem) => {
		session = undefined;
		throw problem;
	});
	const parameters: DuckDBValue[] = [];
	const forget: (() => void)[] = [];
	let query = text[0];
	try {
		for (const [i, value] of values.entries()) {
			query += placed(value, /\b(from|join)\s+$/i.test(query), parameters, (columns) => {
				const table = tables.add(columns);
				forget.push(table.forget);
				return table.sql;
			});
			query += text[i + 1];
		}
		if (namesRemoteFile(query)) await loadHttpfs(connection);
		const result = await connection.stream(query, parameters);
		const columns = await columnsOfResult(result);
		return arquero().table(columns);
	} catch (problem) {
		throw problem instanceof InputError ? problem : inOneLine(problem as Error, query);
	} finally {
		for (const one of forget) one();
	}
}

/** What stands in the query for a value. */
function placed(value: SqlValue, asTable: boolean, parameters: DuckDBValue[], table: (of: Columns) => string): string {
	const parameter = (one: unknown): string => {
		if (one !== null && !["string", "number", "boolean"].includes(typeof one))
			throw new InputError(
				`sql: a value must be a string, a number, a boolean or null, not ${one === undefined ? "undefined" : typeof one}`,
			);
		parameters.push(one as DuckDBValue);
		return `$${parameters.length}`;
	};
	if (typeof value === "string" && asTable) {
		if (/["']/.test(value)) throw new InputError(`sql: a file's name must have no quotes: ${value}`);
		return sqlName(value);
	}
	if (Array.isArray(value))
		return value.length === 0 ? "(SELECT NULL WHERE false)" : `(${value.map(parameter).join(", ")})`;
	if (typeof value !== "object" || value === null) return parameter(value);
	if (!asTable) throw new InputError("sql: a table can only stand after FROM or JOIN; values of a column are an array");
	return table(columnsOf(value as Log | Dataset | Columns));
}

/** DuckDB's message as one line: what is wrong, and in which line of the query at which word. */
function inOneLine(problem: Error, query: string): InputError {
	const message = problem.message.replace(/^Failed to [a-z ]+: /, "");
	const [what, ...rest] = message.split("\n").filter((line) => line.trim() !== "");
	const at = rest.findIndex((line) => /^LINE \d+: /.test(line));
	const [, number, shown] = /^LINE (\d+): (.*)$/.exec(rest[at] ?? "") ?? [];
	if (number === undefined) {
		const missing = /No files found/i.test(what) ? `; relative names are looked up in ${projectRoot()}` : "";
		const candidates = rest.length > 0 && /^(Candidate|Did you mean)/.test(rest[0]) ? ` ${rest[0]}` : "";
		return new InputError(`sql: ${what}${candidates}${missing}`);
	}
	const hint = at > 0 ? ` (${rest.slice(0, at).join(" ")})` : "";
	const caret = (rest[at + 1] ?? "").indexOf("^") - `LINE ${number}: `.length;
	// DuckDB counts a tab otherwise than it prints it: then the whole line is told.
	const word = caret >= 0 && !shown.includes("\t") ? shown.slice(caret).split(/\s/)[0] : shown.trim();
	const lines = query.split("\n").length;
	return new InputError(`sql: line ${number} of ${lines}, at "${word}": ${what}${hint}`);
}
