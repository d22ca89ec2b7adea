import type { DuckDBResult, DuckDBType, DuckDBVector } from "@duckdb/node-api";
import { duckdb } from "./duckdb";
import { listsIn } from "./listVectors";

type Typed = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** A column of a result: a typed array where it can be one, else an array with null where SQL has NULL. */
export type ResultColumn = Typed | unknown[];

/**
 * The rows of a result as columns. Each value is copied once, out of the engine's piece of 2048 rows into its column:
 *
 * - TINYINT … INTEGER, their unsigned kinds, FLOAT and DOUBLE: typed arrays of that type;
 * - BIGINT, HUGEINT and DECIMAL: a Float64Array. A column with one whole number beyond ±(2⁵³ − 1) is an array of BigInts instead;
 * - VARCHAR and ENUM: strings; BOOLEAN: booleans; DATE and TIMESTAMP: `Date` (UTC, milliseconds);
 * - a list of numbers: a typed array a row, a view into its piece; other lists and structures: as JavaScript has them;
 * - a column with a NULL: an array, with null there.
 */
export async function columnsOfResult(result: DuckDBResult): Promise<Record<string, ResultColumn>> {
	const types = result.columnTypes();
	const pieces: ResultColumn[][] = types.map(() => []);
	for (;;) {
		const chunk = await result.fetchChunk();
		if (!chunk || chunk.rowCount === 0) break;
		for (const [index, type] of types.entries())
			pieces[index].push(pieceOf(chunk.getColumnVector(index), type, chunk.rowCount));
	}
	const names = result.deduplicatedColumnNames();
	return Object.fromEntries(names.map((name, index) => [name, joined(pieces[index], types[index])]));
}

const constructors = (): Record<number, new (n: number) => Typed> => {
	const { DuckDBTypeId: id } = duckdb();
	return {
		[id.TINYINT]: Int8Array,
		[id.SMALLINT]: Int16Array,
		[id.INTEGER]: Int32Array,
		[id.UTINYINT]: Uint8Array,
		[id.USMALLINT]: Uint16Array,
		[id.UINTEGER]: Uint32Array,
		[id.FLOAT]: Float32Array,
		[id.DOUBLE]: Float64Array,
	};
};

const whole = (): Set<number> => {
	const { DuckDBTypeId: id } = duckdb();
	return new Set([id.BIGINT, id.UBIGINT, id.HUGEINT, id.UHUGEINT]);
};

function pieceOf(vector: DuckDBVector, type: DuckDBType, rows: number): ResultColumn {
	const { JSDuckDBValueConverter: convert, DuckDBTypeId: id } = duckdb();
	const { data } = (vector as unknown as { validity?: { data: unknown } }).validity ?? { data: true };
	if (constructors()[type.typeId] && data === null) return (vector as unknown as { items: Typed }).items.slice(0, rows);
	if (type.typeId === id.LIST) {
		const { entries, child } = listsIn(vector);
		const inside = (child as unknown as { validity?: { data: unknown }; items?: Typed }) ?? {};
		const elements = (type as unknown as { valueType: DuckDBType }).valueType;
		if (constructors()[elements.typeId] && inside.validity?.data === null)
			return Array.from({ length: rows }, (_, i) =>
				vector.getItem(i) === null
					? null
					: inside.items?.subarray(Number(entries[2 * i]), Number(entries[2 * i] + entries[2 * i + 1])),
			);
	}
	return Array.from({ length: rows }, (_, i) => {
		const value = vector.getItem(i);
		return value === null ? null : convert(value, type, convert);
	});
}

function joined(pieces: readonly ResultColumn[], type: DuckDBType): ResultColumn {
	const make = constructors()[type.typeId];
	const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
	if (make && pieces.every((piece) => ArrayBuffer.isView(piece))) {
		if (pieces.length === 1) return pieces[0];
		const column = new make(length);
		let at = 0;
		for (const piece of pieces) {
			column.set(piece as Typed, at);
			at += piece.length;
		}
		return column;
	}
	const all: unknown[] = [];
	for (const piece of pieces) for (const value of piece as ArrayLike<unknown> & Iterable<unknown>) all.push(value);
	const isWhole = whole().has(type.typeId);
	if (isWhole && !all.every((value) => value === null || Number.isSafeInteger(Number(value)))) return all;
	if (!isWhole && type.typeId !== duckdb().DuckDBTypeId.DECIMAL) return all;
	return all.includes(null)
		? all.map((value) => (value === null ? null : Number(value)))
		: Float64Array.from(all, Number);
}
