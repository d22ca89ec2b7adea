import { rename } from "node:fs/promises";
import { openDuckDb, sqlText } from "./duckdb";
import { halfOf, removeLeftovers } from "./leftovers";
import { type ParquetColumn, type PieceTable, tableLike } from "./parquet";

/** A Parquet file that is written piece by piece. */
export interface ParquetWriter {
	/** Adds rows; all pieces have the same columns, of the same types and in the same order. */
	append(columns: Readonly<Record<string, ParquetColumn>>, rows: number): Promise<void>;
	/** Writes the file whole: from now on it is there. */
	finish(): Promise<void>;
	/** Frees what is held, and removes what was begun; to be called in any case. */
	close(): Promise<void>;
}

/**
 * As `writeParquet`, for columns that need not fit into memory: they wait in a database beside the file (256 MB of memory).
 *
 * @param like columns of the names and types that will come; they may be empty
 */
export async function parquetWriter(
	path: string,
	like: Readonly<Record<string, ParquetColumn>>,
): Promise<ParquetWriter> {
	await removeLeftovers(path);
	const half = halfOf(path);
	const db = await openDuckDb({ file: `${half}.duckdb`, memory: "256MB", spill: `${half}.spill`, threads: 1 });
	let table: PieceTable | undefined = await tableLike(db, like);
	const names = Object.keys(like).join();
	return {
		async append(columns, rows) {
			if (Object.keys(columns).join() !== names)
				throw new Error(`a piece has the columns ${Object.keys(columns)}, not ${names}`);
			table?.append(columns, rows);
		},
		async finish() {
			table?.end();
			table = undefined;
			await db.run(`COPY piece TO ${sqlText(half)} (FORMAT parquet, COMPRESSION zstd)`);
			await rename(half, path);
		},
		async close() {
			db.close();
			await removeLeftovers(path);
		},
	};
}
