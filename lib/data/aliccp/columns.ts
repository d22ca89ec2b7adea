import type { DuckDBAppender, DuckDBDataChunk } from "@duckdb/node-api";
import { type DuckDb, duckdb, sqlName } from "../duckdb";
import { setLists } from "../listVectors";
import type { ColumnNames, Piece } from "./pieces";

/** Takes the rows of a table in pieces. */
export interface TableFiller {
	add(piece: Piece): void;
	/** No more rows. */
	end(): void;
}

/** Makes a table and fills it with pieces, one copy of memory a column: bytes, whole numbers, then lists with their weights. */
export async function fillTable(db: DuckDb, table: string, names: ColumnNames): Promise<TableFiller> {
	const { DuckDBDataChunk, UTINYINT, INTEGER, FLOAT, LIST } = duckdb();
	const columns = [
		...names.bytes.map((name) => ({ name, sql: "UTINYINT", type: UTINYINT })),
		...names.whole.map((name) => ({ name, sql: "INTEGER", type: INTEGER })),
		...names.lists.flatMap((name) => [
			{ name, sql: "INTEGER[]", type: LIST(INTEGER) },
			{ name: `${name}.weights`, sql: "FLOAT[]", type: LIST(FLOAT) },
		]),
	];
	await db.run(
		`CREATE OR REPLACE TABLE ${table} (${columns.map(({ name, sql }) => `${sqlName(name)} ${sql}`).join(", ")})`,
	);
	const appender: DuckDBAppender = await db.connection.createAppender(table);
	const chunk: DuckDBDataChunk = DuckDBDataChunk.create(columns.map(({ type }) => type));
	const told = (work: () => void) => {
		try {
			work();
		} catch (problem) {
			throw db.inWords(problem as Error);
		}
	};
	return {
		add({ rows, flat, lists }) {
			chunk.reset();
			chunk.rowCount = rows;
			flat.forEach((values, column) => {
				const vector = chunk.getColumnVector(column);
				(vector as unknown as { items: Int32Array | Uint8Array }).items.set(values.subarray(0, rows));
				vector.flush();
			});
			let column = flat.length;
			for (const { entries, ids, weights } of lists) {
				setLists(chunk.getColumnVector(column++), entries, ids);
				setLists(chunk.getColumnVector(column++), entries, weights);
			}
			told(() => appender.appendDataChunk(chunk));
		},
		end: () => told(() => appender.closeSync()),
	};
}
