import type { DuckDBAppender, DuckDBDataChunk } from "@duckdb/node-api";
import { type DuckDb, duckdb, sqlName } from "../duckdb";
import { setLists } from "../listVectors";
import type { Elements } from "./aliccpElements";
import { resized } from "./growing";

/** Rows of one piece that is given to DuckDB: the size of its vectors. */
const PIECE = 2048;

/** Columns that are filled row by row and go to a table in pieces, one copy of memory a column. */
export interface TableColumns {
	/** A column of whole numbers: set `[rows()]`. */
	readonly whole: Readonly<Record<string, Int32Array | Uint8Array>>;
	/** Gives this row's list to a list column and its column of weights. */
	list(field: string, elements: Elements): void;
	/** The place of the row that is being filled. */
	at(): number;
	/** The row is complete. */
	next(): void;
	/** Hands over what is left; no more rows. */
	end(): void;
}

/** Columns of a table: of bytes, of whole numbers, and of lists with weights. */
export interface ColumnNames {
	bytes: readonly string[];
	whole: readonly string[];
	lists: readonly string[];
}

/** A list column while a piece fills: begin and length of each row's list as 64-bit numbers, and all ids and weights. */
interface Lists {
	entries: BigUint64Array;
	words: Uint32Array;
	ids: Int32Array;
	weights: Float32Array;
	used: number;
}

/** Makes a table and begins to fill it: bytes and whole numbers in the order of their names, then lists with their weights. */
export async function tableColumns(db: DuckDb, table: string, names: ColumnNames): Promise<TableColumns> {
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
	const whole: Record<string, Int32Array | Uint8Array> = {
		...Object.fromEntries(names.bytes.map((name) => [name, new Uint8Array(PIECE)])),
		...Object.fromEntries(names.whole.map((name) => [name, new Int32Array(PIECE)])),
	};
	const flat = [...names.bytes, ...names.whole].map((name) => whole[name]);
	const lists = new Map<string, Lists>(names.lists.map((name) => [name, emptyLists()]));
	let at = 0;

	const told = (work: () => void) => {
		try {
			work();
		} catch (problem) {
			throw db.inWords(problem as Error);
		}
	};
	const flush = () => {
		if (at === 0) return;
		chunk.reset();
		chunk.rowCount = at;
		flat.forEach((values, column) => {
			const vector = chunk.getColumnVector(column);
			(vector as unknown as { items: Int32Array | Uint8Array }).items.set(values.subarray(0, at));
			vector.flush();
		});
		let column = flat.length;
		for (const { entries, ids, weights, used } of lists.values()) {
			setLists(chunk.getColumnVector(column++), entries.subarray(0, 2 * at), ids.subarray(0, used));
			setLists(chunk.getColumnVector(column++), entries.subarray(0, 2 * at), weights.subarray(0, used));
		}
		told(() => appender.appendDataChunk(chunk));
		for (const list of lists.values()) list.used = 0;
		at = 0;
	};
	return {
		whole,
		list(field, { ids, values, length }) {
			const list = lists.get(field) as Lists;
			if (list.used + length > list.ids.length) {
				list.ids = resized(list.ids, 2 * (list.used + length));
				list.weights = resized(list.weights, 2 * (list.used + length));
			}
			for (let i = 0, to = list.used; i < length; i++, to++) {
				list.ids[to] = ids[i];
				list.weights[to] = values[i];
			}
			list.words[4 * at] = list.used;
			list.words[4 * at + 2] = length;
			list.used += length;
		},
		at: () => at,
		next() {
			if (++at === PIECE) flush();
		},
		end() {
			flush();
			told(() => appender.closeSync());
		},
	};
}

function emptyLists(): Lists {
	const entries = new BigUint64Array(2 * PIECE);
	const words = new Uint32Array(entries.buffer);
	return { entries, words, ids: new Int32Array(PIECE), weights: new Float32Array(PIECE), used: 0 };
}
