import { createRequire } from "node:module";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import { loadHttpfs, namesRemoteFile } from "./httpfs";

/** What DuckDB may use, and where. */
export interface OpenDuckDb {
	/** File of the database; in memory unless named. */
	file?: string;
	/** Most memory of the engine, as "500MB" or "1GB"; what does not fit is put aside in `spill`. Default: 80 % of the machine's. */
	memory?: string;
	/** Folder for what does not fit into memory; made at need. */
	spill?: string;
	/** Threads; one for each core unless named. */
	threads?: number;
}

/** An open database. */
export interface DuckDb {
	readonly connection: DuckDBConnection;
	/** Runs a statement. */
	run(sql: string): Promise<void>;
	/** All rows of a query, as plain records; for few rows. Whole numbers of 64 bits come as numbers. */
	rows(sql: string): Promise<Record<string, unknown>[]>;
	/** The rows of a query in pieces of at most 2048, in order, without holding more than a few of them. */
	chunks(sql: string): AsyncGenerator<DuckDBDataChunk>;
	/** A problem of the engine, met outside of these calls, as one line that says what to do. */
	inWords(problem: Error): Error;
	close(): void;
}

/** The package, loaded at first use. */
export const duckdb = (): typeof import("@duckdb/node-api") =>
	createRequire(join(projectRoot(), "package.json"))("@duckdb/node-api");

/**
 * Opens DuckDB. Rows keep the order of their source through every statement that does not group, join or sort.
 *
 * @throws InputError a memory size that is none, or too little memory or disk space for a statement
 */
export async function openDuckDb({ file = ":memory:", memory, spill, threads }: OpenDuckDb = {}): Promise<DuckDb> {
	const options: Record<string, string> = { preserve_insertion_order: "true" };
	if (memory !== undefined) options.memory_limit = `${Math.floor(memorySize(memory) / 1e6)}MB`;
	if (spill !== undefined) options.temp_directory = spill;
	if (threads !== undefined) options.threads = String(threads);
	const told = <T>(work: Promise<T>): Promise<T> =>
		work.catch((problem: Error) => {
			throw inWords(problem, memory);
		});
	const instance = await told(duckdb().DuckDBInstance.create(file, options));
	const connection = await told(instance.connect());
	// Else texts of times, and so codes, would depend on the machine.
	await told(connection.run("SET TimeZone = 'UTC'"));
	let remote: Promise<void> | undefined;
	/** Files of other machines need an extension, which is loaded for the first that is named. */
	const ready = async (sql: string) => {
		if (!namesRemoteFile(sql)) return;
		remote ??= loadHttpfs(connection);
		await remote;
	};
	return {
		connection,
		async run(sql) {
			await ready(sql);
			await told(connection.run(sql));
		},
		async rows(sql) {
			await ready(sql);
			const reader = await told(connection.runAndReadAll(sql));
			return reader.getRowObjectsJS().map(plain);
		},
		async *chunks(sql) {
			await ready(sql);
			const result = await told(connection.stream(sql));
			for (;;) {
				const chunk = await told(result.fetchChunk());
				if (!chunk || chunk.rowCount === 0) return;
				yield chunk;
			}
		},
		inWords: (problem) => inWords(problem, memory),
		close() {
			connection.closeSync();
			instance.closeSync();
		},
	};
}

const plain = (row: Record<string, unknown>): Record<string, unknown> =>
	Object.fromEntries(
		Object.entries(row).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]),
	);

/**
 * Checks a size of memory.
 *
 * @returns it in bytes
 * @throws InputError when it is no size, or below 64 MB
 */
export function memorySize(text: string): number {
	const match = /^(\d+(?:\.\d+)?)\s*(MB|GB|MiB|GiB)$/i.exec(text.trim());
	if (!match) throw new InputError(`--memory must be a size as 500MB or 1GB, not "${text}"`);
	const unit = { mb: 1e6, gb: 1e9, mib: 2 ** 20, gib: 2 ** 30 }[match[2].toLowerCase()] as number;
	const bytes = Number(match[1]) * unit;
	if (bytes < 64e6) throw new InputError(`--memory ${text} is too little: give at least 64MB`);
	return bytes;
}

/** A problem of DuckDB as one line that says what to do. */
function inWords(problem: Error, memory: string | undefined): Error {
	const first = problem.message.split("\n")[0];
	if (/No space left on device|ENOSPC/i.test(problem.message))
		return new Error(`the disk is full: make room and give the same command again (${first})`);
	if (/^Out of Memory Error/i.test(first))
		return new InputError(`--memory ${memory ?? "(the machine's)"} is too little for this data: give more (${first})`);
	return problem;
}

/** A text as an SQL string. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
