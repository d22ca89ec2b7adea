import { rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError, unknownName } from "../../core/problem";
import { type DuckDb, sqlText } from "../duckdb";
import type { Dropped } from "../log";
import { merged, tally } from "../readers/tally";
import { headOf, piecesOf, readRecords } from "./csvRecords";
import { type LogFile, type RawColumn, rawSql, rawType } from "./types";

/** A log file that was loaded into the table `raw`. */
export interface RawFile {
	name: string;
	/** Rows that were read, unusable lines included. */
	read: number;
	dropped: Dropped[];
}

/** Name of the n-th raw column in the table `raw`: whatever the files call it, the table's names are plain. */
export const rawName = (at: number): string => `f${at}`;

/** Separators that are tried, in this order. */
const DELIMITERS = [",", "\t", ";", "|"];
const NAMES: Record<string, string> = { "\t": "a tab" };
/** Bytes of cleaned CSV that DuckDB is given at once. */
const LOAD_BYTES = 1 << 26;

/**
 * Looks at the head of a file: Parquet by its first bytes, else CSV with a header line. The separator is the one of comma,
 * tab, semicolon and bar by which the header names most of the wanted columns.
 *
 * @throws InputError the file cannot be read, has no header, or names a column twice
 */
export async function openLogFile(db: DuckDb, path: string, wanted: readonly string[]): Promise<LogFile> {
	const name = basename(path);
	const head = await headOf(path, 4);
	if (head.length === 0) throw new InputError(`${path} is empty: get it again`);
	if (head.toString("latin1") === "PAR1") {
		const described = await db
			.rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${sqlText(path)}))`)
			.catch((problem: Error) => refuseParquet(path, problem));
		const types = Object.fromEntries(described.map((row) => [row.column_name as string, row.column_type as string]));
		return { path, name, columns: Object.keys(types), types };
	}
	return { path, name, ...(await csvHead(path, wanted)) };
}

/**
 * The columns that the header line of a CSV file names, and what parts its fields.
 *
 * @throws InputError the file cannot be read, or names a wanted column twice
 */
export async function csvHead(
	path: string,
	wanted: readonly string[],
): Promise<{ columns: readonly string[]; delimiter: string }> {
	let start = Buffer.alloc(0);
	for await (const piece of piecesOf(path)) {
		start = Buffer.concat([start, piece]);
		if (start.includes(10) || start.length > 1 << 20) break;
	}
	const line = start
		.toString("utf8")
		.replace(/^\ufeff/, "")
		.split(/\r?\n/)[0];
	const names = (delimiter: string) => line.split(delimiter).map((one) => one.replace(/^"(.*)"$/, "$1"));
	const found = (delimiter: string) => names(delimiter).filter((one) => wanted.includes(one)).length;
	const delimiter = DELIMITERS.reduce((best, one) => (found(one) > found(best) ? one : best));
	const columns = names(delimiter);
	const twice = columns.find((one, i) => columns.indexOf(one) !== i && wanted.includes(one));
	if (twice !== undefined) throw new InputError(`${path}:1 names the column "${twice}" twice: rename one`);
	return { columns, delimiter };
}

/**
 * Refuses files that do not have the wanted columns, or not the same.
 *
 * @param whence says who wants a column: "S.json names it in features"
 * @throws InputError with the nearest name
 */
export function checkColumns(
	files: readonly LogFile[],
	wanted: readonly string[],
	whence: (column: string) => string,
): void {
	const [first, ...others] = files;
	for (const column of wanted) {
		if (first.columns.includes(column)) continue;
		const how =
			first.delimiter === undefined
				? ""
				: `; its header line is read with ${NAMES[first.delimiter] ?? `"${first.delimiter}"`} between names`;
		throw new InputError(
			`${first.path}: ${unknownName("column", column, first.columns).message} (${whence(column)}${how})`,
		);
	}
	for (const other of others)
		for (const [one, two] of [
			[first, other],
			[other, first],
		]) {
			const missing = one.columns.find((column) => !two.columns.includes(column));
			if (missing !== undefined)
				throw new InputError(
					`${two.path} has no column "${missing}", which ${one.path} has: files of one log have the same columns`,
				);
		}
}

/**
 * Loads files, one after the other, into the table `raw`: `file` (its number, from 0), `place` (line of a CSV file, row from 1
 * of a Parquet file) and a column for each raw column, in the order of the rows. CSV values are text there.
 *
 * @param folder for cleaned pieces of CSV
 * @throws InputError a column whose type does not fit its use, a damaged file
 */
export async function loadRaw(
	db: DuckDb,
	folder: string,
	files: readonly LogFile[],
	columns: readonly RawColumn[],
	progress: (words: string) => void,
): Promise<RawFile[]> {
	const types = columns.map((column) => rawType(column, files));
	const fields = types.map((type, at) => `${rawName(at)} ${type}`).join(", ");
	await db.run(`CREATE TABLE raw (file USMALLINT, place BIGINT, ${fields})`);
	const loaded: RawFile[] = [];
	for (const [number, file] of files.entries()) {
		progress(file.name);
		if (file.types === undefined) loaded.push(await loadCsv(db, folder, file, number, columns));
		else {
			const values = columns.map((column, at) => rawSql(column, file.types!, types[at])).join(", ");
			await db
				.run(`INSERT INTO raw SELECT ${number}, file_row_number + 1, ${values}
					FROM read_parquet(${sqlText(file.path)}, file_row_number = true)`)
				.catch((problem: Error) => refuseParquet(file.path, problem));
			const [{ n }] = await db.rows(`SELECT count(*) AS n FROM raw WHERE file = ${number}`);
			loaded.push({ name: file.name, read: n as number, dropped: [] });
		}
	}
	return loaded;
}

function refuseParquet(path: string, problem: Error): never {
	if (problem instanceof InputError) throw problem;
	throw new InputError(`${path} cannot be read as Parquet: ${problem.message.split("\n")[0]}`);
}

/** Checks a CSV file line by line and gives DuckDB its records, each with its line number before it. */
async function loadCsv(
	db: DuckDb,
	folder: string,
	file: LogFile,
	number: number,
	columns: readonly RawColumn[],
): Promise<RawFile> {
	const delimiter = file.delimiter as string;
	const piece = join(folder, "piece.csv");
	const refused = tally(file.name);
	const at = (column: string) => `c${file.columns.indexOf(column)}`;
	const values = columns.map(({ name, sql }) => (sql ? sql(at) : at(name))).join(", ");
	const all = ["place", ...file.columns.map((_, i) => `c${i}`)].map((name) => `'${name}': 'VARCHAR'`).join(", ");
	const insert = (
		parallel: boolean,
	) => `INSERT INTO raw SELECT ${number}, CAST(place AS BIGINT), ${values} FROM read_csv(${sqlText(piece)},
		header = false, auto_detect = false, delim = ${sqlText(delimiter)}, quote = '"', escape = '"', new_line = '\\n',
		parallel = ${parallel}, max_line_size = ${1 << 21}, columns = {${all}})`;
	const out = growing();
	let [read, bad, waiting] = [0, 0, 0];
	/** A value of the piece may hold a line end, where DuckDB must not begin to read in the middle. */
	let spanning = false;
	const flush = async () => {
		if (waiting === 0) return;
		const before = await rowsOf(db);
		await writeFile(piece, out.take());
		await db.run(insert(!spanning));
		spanning = false;
		const got = (await rowsOf(db)) - before;
		if (got !== waiting)
			throw new Error(`${file.path}: DuckDB read ${got} of ${waiting} records before line ${read + bad + 1}`);
		waiting = 0;
		await rm(piece);
	};
	await readRecords(file.path, delimiter, () => file.columns.length, {
		record(bytes, start, end, line, parsed) {
			if (parsed === undefined) out.add(`${line}${delimiter}`, bytes, start, end);
			else {
				const text = Buffer.from(parsed.map((one) => `"${one.replaceAll('"', '""')}"`).join(delimiter));
				out.add(`${line}${delimiter}`, text, 0, text.length);
				spanning = true;
			}
			waiting++;
			read++;
		},
		bad(reason, line) {
			refused.add(reason, line);
			bad++;
		},
		piece: async () => {
			if (out.length() > LOAD_BYTES) await flush();
		},
	});
	await flush();
	return { name: file.name, read: read + bad, dropped: merged([refused.list()]) };
}

const rowsOf = async (db: DuckDb): Promise<number> => (await db.rows("SELECT count(*) AS n FROM raw"))[0].n as number;

/** Lines that are put together in one buffer. */
function growing() {
	let bytes = Buffer.allocUnsafe(1 << 20);
	let at = 0;
	return {
		length: () => at,
		add(prefix: string, from: Buffer, start: number, end: number) {
			const needed = at + prefix.length + end - start + 1;
			if (needed > bytes.length) {
				const larger = Buffer.allocUnsafe(2 * needed);
				bytes.copy(larger, 0, 0, at);
				bytes = larger;
			}
			at += bytes.write(prefix, at, "latin1");
			at += from.copy(bytes, at, start, end);
			bytes[at++] = 10;
		},
		take() {
			const taken = bytes.subarray(0, at);
			at = 0;
			return taken;
		},
	};
}
