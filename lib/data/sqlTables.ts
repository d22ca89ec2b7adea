import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBVector } from "@duckdb/node-api";
import { type Columns, isLists, lengthOf } from "./columns";
import { duckdb } from "./duckdb";
import { setLists } from "./listVectors";

/** Name of the table function through which DuckDB reads columns that lie in this process. */
const FUNCTION = "columns_in_memory";

/** Tables that the queries at hand read, by number. */
export interface Tables {
	/** Makes columns readable by SQL until they are forgotten; gives what to write after FROM. */
	add(columns: Columns): { sql: string; forget(): void };
}

interface Scan {
	columns: Columns;
	/** Names of the columns the query reads. */
	names: string[];
	at: number;
}

/** Lets a connection read typed arrays in place, 2048 rows at a time and only the columns that a query names. */
export function tablesIn(connection: DuckDBConnection): Tables {
	const { DuckDBTableFunction, INTEGER } = duckdb();
	const known = new Map<number, Columns>();
	let last = 0;
	connection.registerTableFunction(
		DuckDBTableFunction.create({
			name: FUNCTION,
			parameterTypes: [INTEGER],
			supportsProjectionPushdown: true,
			bindFunction(bind) {
				const columns = known.get(bind.getParameter(0) as number);
				if (!columns) return bind.setError("this table was part of an earlier query: interpolate it again");
				for (const [name, column] of Object.entries(columns)) bind.addResultColumn(name, typeOf(column));
				bind.setBindData({ columns });
				bind.setCardinality(lengthOf(Object.values(columns)[0] ?? []), true);
			},
			initFunction(init) {
				const { columns } = init.getBindData() as { columns: Columns };
				const names = Object.keys(columns);
				init.setMaxThreads(1);
				const scan: Scan = { columns, names: init.getColumnIndexes().map((index) => names[index]), at: 0 };
				init.setInitData(scan);
			},
			mainFunction: (info, out) => next(info.getInitData() as Scan, out),
		}),
	);
	return {
		add(columns) {
			const id = ++last;
			known.set(id, columns);
			return { sql: `${FUNCTION}(${id})`, forget: () => void known.delete(id) };
		},
	};
}

function next(scan: Scan, out: DuckDBDataChunk): void {
	const { columns, names, at } = scan;
	const rows = Math.min(2048, lengthOf(Object.values(columns)[0] ?? []) - at);
	out.rowCount = rows;
	if (rows === 0) return;
	for (const [index, name] of names.entries())
		if (name !== undefined) write(out.getColumnVector(index), columns[name], at, rows);
	scan.at += rows;
}

function write(vector: DuckDBVector, column: Columns[string], at: number, rows: number): void {
	if (isLists(column)) {
		const { offsets, values } = column;
		const entries = new BigUint64Array(2 * rows);
		for (let i = 0; i < rows; i++) {
			entries[2 * i] = BigInt(offsets[at + i] - offsets[at]);
			entries[2 * i + 1] = BigInt(offsets[at + i + 1] - offsets[at + i]);
		}
		setLists(vector, entries, values.subarray(offsets[at], offsets[at + rows]));
		return;
	}
	if (ArrayBuffer.isView(column)) {
		(vector as unknown as { items: Float64Array }).items.set((column as Float64Array).subarray(at, at + rows));
	} else for (let i = 0; i < rows; i++) vector.setItem(i, (column[at + i] ?? null) as never);
	vector.flush();
}

function typeOf(column: Columns[string]): DuckDBType {
	const { INTEGER, FLOAT, DOUBLE, UTINYINT, VARCHAR, BOOLEAN, LIST } = duckdb();
	if (isLists(column)) return LIST(INTEGER);
	if (column instanceof Int32Array) return INTEGER;
	if (column instanceof Float32Array) return FLOAT;
	if (column instanceof Float64Array) return DOUBLE;
	if (column instanceof Uint8Array) return UTINYINT;
	const first = column.find((value) => value !== null && value !== undefined);
	const type = { string: VARCHAR, number: DOUBLE, boolean: BOOLEAN }[typeof first as string];
	const odd = column.find((value) => value !== null && value !== undefined && typeof value !== typeof first);
	if (first !== undefined && (!type || odd !== undefined))
		throw new Error("a plain column holds text, numbers or booleans, one kind in all rows");
	return type ?? VARCHAR;
}
