import type { DuckDBType, DuckDBVector } from "@duckdb/node-api";
import { type DuckDb, duckdb, sqlText } from "../duckdb";
import { listsIn, setLists } from "../listVectors";

/** How the values of one column are encoded: from which type to which, a vector at a time. */
export interface ColumnCoder {
	from: DuckDBType;
	to: DuckDBType;
	encode(values: DuckDBVector, n: number, encoded: DuckDBVector): void;
}

/** Writes the code of each of `n` values of a vector: 0 where it has none. */
type Coder = (values: DuckDBVector, n: number, codes: Int32Array) => void;

/**
 * The coder that turns the raw ids of a field, or lists of them, into codes of the table `vocabulary`.
 *
 * The codes are held in memory: 16 bytes for each id of an INTEGER field, some 100 of another.
 */
export async function codeCoder(db: DuckDb, field: string, type: string): Promise<ColumnCoder> {
	const { INTEGER, LIST, BIGINT, VARCHAR } = duckdb();
	const element = { INTEGER, BIGINT, VARCHAR }[type.replace("[]", "")];
	if (!element) throw new Error(`column "${field}" is staged as ${type}: ids are INTEGER, BIGINT or VARCHAR`);
	const code = await coderOf(db, field, element === INTEGER ? "INTEGER" : element === BIGINT ? "BIGINT" : "VARCHAR");
	if (!type.endsWith("[]"))
		return {
			...{ from: element, to: INTEGER },
			encode(values, n, encoded) {
				code(values, n, (encoded as unknown as { items: Int32Array }).items);
				encoded.flush();
			},
		};
	return {
		...{ from: LIST(element), to: LIST(INTEGER) },
		encode(values, _, encoded) {
			const { entries, child } = listsIn(values);
			const codes = new Int32Array(child.itemCount);
			code(child, codes.length, codes);
			setLists(encoded, entries, codes);
		},
	};
}

/**
 * Makes an SQL function of one argument for each coder, which gives a struct with the encoded values: f0, f1, …. A function, and
 * no join, keeps the rows in their order; one for all columns, because each call goes over to this thread.
 */
export function encodeFunction(db: DuckDb, name: string, coders: readonly ColumnCoder[]): void {
	const { DuckDBScalarFunction, STRUCT } = duckdb();
	db.connection.registerScalarFunction(
		DuckDBScalarFunction.create({
			name,
			parameterTypes: coders.map(({ from }) => from),
			returnType: STRUCT(Object.fromEntries(coders.map(({ to }, at) => [`f${at}`, to]))),
			mainFunction(_, input, output) {
				const entries = (output as unknown as { entryVectors: DuckDBVector[] }).entryVectors;
				for (let at = 0; at < coders.length; at++)
					coders[at].encode(input.getColumnVector(at), input.rowCount, entries[at]);
			},
		}),
	);
}

/** SQL of a text as a coder reads it. JavaScript's reading of text drops a byte order mark at its start: a point keeps it inside. */
export const asRead = (text: string): string => `'.' || ${text}`;

async function coderOf(db: DuckDb, field: string, type: "INTEGER" | "BIGINT" | "VARCHAR"): Promise<Coder> {
	const where = `FROM vocabulary WHERE field = ${sqlText(field)}`;
	const [{ n }] = await db.rows(`SELECT count(*) AS n ${where}`);
	const value = type === "VARCHAR" ? asRead("id") : `CAST(id AS ${type})`;
	const ids = db.chunks(`SELECT ${value} AS id ${where} ORDER BY code`);
	if (type === "INTEGER") return integerCoder(ids, n as number);
	const known = new Map<unknown, number>();
	for await (const chunk of ids) for (const id of chunk.getColumnValues(0)) known.set(id, known.size + 1);
	return (values, n, codes) => {
		for (let i = 0; i < n; i++) codes[i] = known.get(values.getItem(i)) ?? 0;
	};
}

/** As a Map, for whole numbers above 0: open addressing at a load of at most one half. */
async function integerCoder(ids: ReturnType<DuckDb["chunks"]>, n: number): Promise<Coder> {
	const bits = Math.max(4, Math.ceil(Math.log2(2 * n + 1)));
	const mask = 2 ** bits - 1;
	const keys = new Int32Array(mask + 1);
	const found = new Int32Array(mask + 1);
	const home = (id: number) => (Math.imul(id, 0x9e3779b1) >>> 7) & mask;
	let code = 0;
	for await (const chunk of ids)
		for (const id of (chunk.getColumnVector(0) as unknown as { items: Int32Array }).items.subarray(0, chunk.rowCount)) {
			let at = home(id);
			while (keys[at] !== 0) at = (at + 1) & mask;
			keys[at] = id;
			found[at] = ++code;
		}
	return (values, n, codes) => {
		const { items } = values as unknown as { items: Int32Array };
		for (let i = 0; i < n; i++) {
			const id = items[i];
			if (id < 1) {
				codes[i] = 0;
				continue;
			}
			let at = home(id);
			while (keys[at] !== id && keys[at] !== 0) at = (at + 1) & mask;
			codes[i] = found[at];
		}
	};
}
