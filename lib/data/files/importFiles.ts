import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { InputError } from "../../core/problem";
import { type DuckDb, openDuckDb } from "../duckdb";
import type { Card } from "../prepared/card";
import { beginWork, type Workplace } from "../prepared/workplace";
import { writePrepared } from "../prepared/write";
import { unreadable } from "../readers/folder";
import { merged } from "../readers/tally";
import { checkColumns, loadRaw, openLogFile } from "./raw";
import { columnsOf, rowSql } from "./rows";
import type { SchemaFile } from "./schemaFile";
import { type StagedFiles, stage } from "./stage";
import { type ColumnUse, type LogFile, type RawColumn, rawType } from "./types";

/** Raised when a change alters what the same files give. */
export const filesReaderVersion = 1;

/** Key of a schema file → what it says of a column. */
const KEY_OF: Readonly<Record<ColumnUse, string>> = {
	...{ event: "events", id: "features, user or split", ids: "features", weights: "features", number: "features" },
	...{ time: "time or split", part: "split", truth: "truth" },
};

/** What to import, and where to. */
export interface ImportFiles {
	/** CSV (also gzipped; parted by comma, tab, semicolon or bar) or Parquet. Their rows are one log, in this order. */
	files: readonly string[];
	schema: SchemaFile;
	/** The prepared folder. */
	out: string;
	/** Most memory of the data engine, as "500MB". */
	memory?: string;
	/** Ids in fewer training rows become 0, "unknown". */
	minFrequency: number;
	/** Reader that calls this one. */
	reader?: Card["reader"];
	/** Columns that the reader computes, in place of the schema's columns of the same names. */
	computed?: readonly RawColumn[];
	/** Columns the files must have for that. */
	needed?: readonly string[];
	/** Other files that were used. */
	beside?: readonly string[];
	/** Share that is done, and what is being done. */
	progress?: (share: number, words: string) => void;
	signal?: AbortSignal;
}

/**
 * Imports a log from files as a prepared folder, on DuckDB: the log need not fit into memory.
 *
 * Dropped and counted, with the first place: lines that are no CSV record, events that are not 0 or 1 (true, false, 1.0 are
 * fine), events that break `implies`, a time that is missing or cannot be read, numbers and lists that cannot be read, weights
 * of another length than their list. A missing number is replaced by the mean of the training part (or is 0, "unknown", among quantile buckets), and remarked. A missing
 * list is empty.
 *
 * Ids: a column whose ids are all whole numbers, written as such ("7", not "07"), holds whole numbers, whatever its type is, and
 * then 0 and negative ids are absent, and remarked; any other column holds text, and then only the empty text is absent. So CSV and Parquet
 * of the same data give the same codes.
 *
 * @throws InputError whatever is wrong with the schema, the files or a column, in one line
 */
export async function importFiles(options: ImportFiles): Promise<Card> {
	const { files: paths, out, signal } = options;
	if (paths.length === 0) throw new InputError("name the files of the log: CSV, CSV.gz, TSV or Parquet");
	const names = namesOf([...paths, ...(options.beside ?? [])]);
	const progress = options.progress ?? (() => {});
	const place = await beginWork(out, [...paths, ...(options.beside ?? [])]);
	try {
		return await importInto(place, names.slice(0, paths.length), options, (share, words) => {
			if (signal?.aborted) throw new Error("stopped; nothing was written");
			progress(share, words);
		});
	} catch (problem) {
		await place.abandon();
		if (signal?.aborted) throw new Error("stopped; nothing was written");
		throw problem;
	}
}

async function importInto(
	place: Workplace,
	names: readonly string[],
	options: ImportFiles,
	progress: (share: number, words: string) => void,
): Promise<Card> {
	const { files, schema, memory, minFrequency, signal } = options;
	const db = await openDuckDb({ file: join(place.folder, "log.duckdb"), memory, spill: join(place.folder, "spill") });
	const stop = () => db.connection.interrupt();
	signal?.addEventListener("abort", stop, { once: true });
	try {
		const { staged, read, dropped, remarks } = await stageFiles(db, place.folder, names, options, progress);
		const hashes: Record<string, string> = {};
		const all = [...files, ...(options.beside ?? [])];
		for (const [at, name] of namesOf(all).entries()) {
			progress(0.65, `hash of ${name}`);
			hashes[name] = await sha256OfFile(all[at]);
		}
		return await writePrepared({
			...{ db, place, staged, minFrequency, signal },
			about: {
				name: `import ${names.length > 3 ? `${names[0]} and ${names.length - 1} more` : names.join(", ")}`,
				reader: readerOf(options, names),
				files: hashes,
				...{ read, dropped, remarks, split: schema.split, schema: schema.schema },
			},
			progress: (done, total) => progress(0.7 + (0.3 * done) / total, "prepared log"),
		});
	} finally {
		signal?.removeEventListener("abort", stop);
		db.close();
	}
}

/**
 * The first half of {@link importFiles}: reads the files and makes the table `staged` in a database.
 *
 * @param folder for pieces that DuckDB reads
 * @param names of the files, for messages
 */
export async function stageFiles(
	db: DuckDb,
	folder: string,
	names: readonly string[],
	{ files: paths, schema, computed = [], needed = [] }: Pick<ImportFiles, "files" | "schema" | "computed" | "needed">,
	progress: (share: number, words: string) => void,
): Promise<StagedFiles & { read: number }> {
	const columns = columnsOf(schema).map(
		(column) => computed.find(({ name, use }) => name === column.name && use === column.use) ?? column,
	);
	const wanted = [...new Set([...columns.filter(({ sql }) => !sql).map(({ name }) => name), ...needed])];
	const files: LogFile[] = [];
	for (const [at, path] of paths.entries()) files.push({ ...(await openLogFile(db, path, wanted)), name: names[at] });
	checkColumns(files, [...new Set([...wanted, ...(schema.schema.oracle ?? [])])], (column) => {
		const use = columns.find(({ name }) => name === column)?.use;
		if (schema.schema.oracle?.includes(column)) return `${schema.name} names it in "oracle"`;
		return use === undefined ? `${schema.name} needs it` : `${schema.name} names it in "${KEY_OF[use]}"`;
	});
	let loading = 0;
	const loaded = await loadRaw(db, folder, files, columns, (name) => progress((0.5 * loading++) / files.length, name));
	const types = columns.map((column) => rawType(column, files));
	const rows = await rowSql(db, schema, columns, types);
	let step = 0;
	const staged = await stage(db, schema, rows, names, (words) => progress(0.5 + 0.03 * step++, words));
	const read = loaded.reduce((sum, file) => sum + file.read, 0);
	const dropped = [...merged(loaded.map((file) => file.dropped)), ...staged.dropped];
	if (staged.staged.events.length === 0)
		throw new InputError(
			dropped.length === 0
				? `${names.join(", ")}: no rows besides the header`
				: `${names.join(", ")}: none of ${read} rows can be used: ${[...dropped]
						.sort((a, b) => b.count - a.count)
						.map(({ reason, count, first }) => `${count} × ${reason} (first: ${first})`)
						.join("; ")}`,
		);
	return { ...staged, read, dropped };
}

/** The reader with what else decides the rows: the files' order, and ids that are text. */
function readerOf({ reader, schema }: ImportFiles, names: readonly string[]): Card["reader"] {
	const notes = [
		...(names.length > 1 ? [`files in the order ${names.join(", ")}`] : []),
		...(schema.text.size > 0 ? [`ids as text: ${[...schema.text].join(", ")}`] : []),
	];
	return {
		...(reader ?? { name: "files", version: filesReaderVersion }),
		...(notes.length > 0 ? { protocol: notes.join("; ") } : {}),
	};
}

/** Names without a path of the machine: as much of the end of each path as tells the files apart. */
function namesOf(paths: readonly string[]): string[] {
	const whole = paths.map((path) => resolve(path));
	const twice = whole.find((path, at) => whole.indexOf(path) !== at);
	if (twice !== undefined) throw new InputError(`${relative(".", twice)} is named twice: name each file once`);
	for (let depth = 1; ; depth++) {
		const names = whole.map((path) => path.split(sep).slice(-depth).join("/"));
		if (new Set(names).size === names.length) return depth === 1 ? whole.map((path) => basename(path)) : names;
	}
}

/** SHA-256 of a file's bytes, in hex. */
export async function sha256OfFile(path: string): Promise<string> {
	const hash = createHash("sha256");
	try {
		for await (const piece of createReadStream(path, { highWaterMark: 1 << 22 })) hash.update(piece as Buffer);
	} catch (cause) {
		unreadable(path, cause as NodeJS.ErrnoException);
	}
	return hash.digest("hex");
}
