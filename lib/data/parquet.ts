import { rename, rm } from "node:fs/promises";
import type { DuckDBType } from "@duckdb/node-api";
import { type DuckDb, duckdb, openDuckDb, sqlName, sqlText } from "./duckdb";
import { setLists } from "./listVectors";

/** A list of numbers a row: row i owns `values[offsets[i] .. offsets[i+1])`. */
export interface ValueLists {
	offsets: Int32Array;
	values: Int32Array | Float32Array;
}

/** A column to be written: INTEGER, FLOAT, DOUBLE, UTINYINT, or lists of INTEGER or FLOAT. Lists with weights are two columns. */
export type ParquetColumn = Int32Array | Float32Array | Float64Array | Uint8Array | ValueLists;

/** Rows of one piece that is given to DuckDB: the size of its vectors. */
const PIECE = 2048;

/**
 * Writes typed columns as one Parquet file (zstd), in their order: a copy of memory a column and piece. The same columns,
 * the same bytes. The file is written under a temporary name and renamed.
 *
 * @param metadata texts for the file's key-value metadata
 * @throws Error columns of different lengths, or none
 */
export async function writeParquet(
	path: string,
	columns: Readonly<Record<string, ParquetColumn>>,
	metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
	const rows = rowsOf(columns);
	const half = `${path}.part-${process.pid}`;
	const db = await openDuckDb({ threads: 1 });
	try {
		const table = await tableLike(db, columns);
		table.append(columns, rows);
		table.end();
		const texts = Object.entries(metadata).map(([key, text]) => `${sqlName(key)}: ${sqlText(text)}`);
		const kept = texts.length > 0 ? `, KV_METADATA {${texts.join(", ")}}` : "";
		await db.run(`COPY piece TO ${sqlText(half)} (FORMAT parquet, COMPRESSION zstd${kept})`);
		await rename(half, path);
	} finally {
		db.close();
		await rm(half, { force: true });
	}
}

const isLists = (column: ParquetColumn): column is ValueLists => "offsets" in column;

function rowsOf(columns: Readonly<Record<string, ParquetColumn>>): number {
	const lengths = Object.entries(columns).map(
		([name, column]) => [name, isLists(column) ? column.offsets.length - 1 : column.length] as const,
	);
	if (lengths.length === 0) throw new Error("writeParquet: no columns");
	const [[first, rows]] = lengths;
	for (const [name, length] of lengths)
		if (length !== rows) throw new Error(`writeParquet: "${name}" has ${length} rows and "${first}" ${rows}`);
	return rows;
}

function typeOf(column: ParquetColumn): DuckDBType {
	const { DOUBLE, FLOAT, INTEGER, LIST, UTINYINT } = duckdb();
	if (isLists(column)) return LIST(column.values instanceof Int32Array ? INTEGER : FLOAT);
	if (column instanceof Int32Array) return INTEGER;
	if (column instanceof Float32Array) return FLOAT;
	return column instanceof Float64Array ? DOUBLE : UTINYINT;
}

/** A table `piece` that is filled with typed columns. */
export interface PieceTable {
	append(columns: Readonly<Record<string, ParquetColumn>>, rows: number): void;
	/** Gives the last rows to the table. */
	end(): void;
}

/** Makes the table `piece` with columns of the same names and types. */
export async function tableLike(db: DuckDb, columns: Readonly<Record<string, ParquetColumn>>): Promise<PieceTable> {
	const { DuckDBDataChunk } = duckdb();
	const types = Object.values(columns).map(typeOf);
	const declared = Object.keys(columns).map((name, i) => `${sqlName(name)} ${types[i]}`);
	await db.run(`CREATE TABLE piece (${declared.join(", ")})`);
	const appender = await db.connection.createAppender("piece");
	const chunk = DuckDBDataChunk.create(types);
	return {
		append(columns, rows) {
			const all = Object.values(columns);
			for (let from = 0; from < rows; from += PIECE) {
				const to = Math.min(rows, from + PIECE);
				chunk.reset();
				chunk.rowCount = to - from;
				all.forEach((column, at) => {
					const vector = chunk.getColumnVector(at);
					if (isLists(column)) {
						const { entries, values } = listsFrom(column, from, to);
						setLists(vector, entries, values);
						return;
					}
					(vector as unknown as { items: typeof column }).items.set(column.subarray(from, to));
					vector.flush();
				});
				appender.appendDataChunk(chunk);
			}
		},
		end: () => appender.closeSync(),
	};
}

/** Begin and length of some rows' lists as 64-bit numbers, and their values. */
function listsFrom({ offsets, values }: ValueLists, from: number, to: number) {
	const entries = new BigUint64Array(2 * (to - from));
	const words = new Uint32Array(entries.buffer);
	for (let row = from; row < to; row++) {
		words[4 * (row - from)] = offsets[row] - offsets[from];
		words[4 * (row - from) + 2] = offsets[row + 1] - offsets[row];
	}
	return { entries, values: values.slice(offsets[from], offsets[to]) };
}
