import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBDataChunk } from "@duckdb/node-api";
import { InputError } from "../../core/problem";
import type { Dataset, Field } from "../dataset";
import { type DuckDb, openDuckDb, sqlName, sqlText } from "../duckdb";
import { inGroup } from "../encode";
import { listsIn } from "../listVectors";
import { type Card, type CardField, parts, readCard, TIME, USER } from "./card";

/**
 * Reads a prepared folder into memory: 4 bytes for each feature and row, one for each event. Rows are those of train, then
 * valid, then test, each in the source's order. Lists that belong to common rows are held once.
 *
 * @param progress is told rows read, of all
 * @throws InputError no prepared folder, a file of it is missing or has not the rows that the card says
 */
export async function readPrepared(folder: string, progress?: (done: number, total: number) => void): Promise<Dataset> {
	const card = await readCard(folder);
	const { rows, schema } = card;
	const total = rows.train + rows.valid + rows.test;
	const db = await openDuckDb({ memory: "256MB", threads: 2 });
	try {
		const columns = columnsFor(card, total);
		let at = 0;
		for (const part of parts) {
			const file = fileOf(folder, part);
			at = await fill(db, file, columns, at, (done) => progress?.(done, total));
			const expected = parts.slice(0, parts.indexOf(part) + 1).reduce((sum, name) => sum + rows[name], 0);
			if (at !== expected) throw wrongRows(file);
		}
		const commonLists = columnsOfLists(card, "common");
		if (commonLists.length > 0) {
			const file = fileOf(folder, "common");
			if ((await fill(db, file, commonLists, 0)) !== card.commonRows) throw wrongRows(file);
		}
		const of = (name: string) => columns.find((column) => column.name === name)?.values;
		const from = { train: 0, valid: rows.train, test: rows.train + rows.valid };
		const range = (part: (typeof parts)[number]) => Int32Array.from({ length: rows[part] }, (_, i) => from[part] + i);
		return {
			name: card.name,
			rows: total,
			fingerprint: card.fingerprint,
			split: { train: range("train"), valid: range("valid"), test: range("test") },
			fields: card.fields.map((field) =>
				fieldOf(field, [...columns, ...commonLists], of("common") as Int32Array | undefined),
			),
			events: Object.fromEntries(Object.keys(card.events).map((event) => [event, of(event) as Uint8Array])),
			user: card.users === undefined ? undefined : (of(USER) as Int32Array).map((number) => number - 1),
			...(card.timed ? { time: of(TIME) as Float64Array } : {}),
			truth: Object.fromEntries(
				Object.entries(schema.truth ?? {}).map(([prob, column]) => [prob, of(column) as Float32Array]),
			),
			read: card.read,
			dropped: card.dropped,
			remarks: card.remarks,
			card,
			folder,
		};
	} finally {
		db.close();
	}
}

export const wrongRows = (file: string): InputError =>
	new InputError(`${file} does not hold the rows that its card says: prepare the log again`);

/** A file of a prepared folder. */
export function fileOf(folder: string, name: string): string {
	const path = join(folder, `${name}.parquet`);
	if (!existsSync(path)) throw new InputError(`${path} is missing: prepare the log again`);
	return path;
}

type Values = Uint8Array | Int32Array | Float32Array | Float64Array;

/** A column that is being filled: one value a row, or lists whose elements are kept in pieces until their number is known. */
export interface Filling {
	name: string;
	values?: Values;
	lists?: { offsets: Int32Array; pieces: (Int32Array | Float32Array)[]; length: number };
}

/** The columns of a part, empty, with room for so many rows. */
export function columnsFor(card: Card, rows: number): Filling[] {
	const { fields, events, users, timed, commonRows, schema } = card;
	const flat = (name: string, values: Values): Filling => ({ name, values });
	return [
		...Object.keys(events).map((event) => flat(event, new Uint8Array(rows))),
		...(users === undefined ? [] : [flat(USER, new Int32Array(rows))]),
		...(timed ? [flat(TIME, new Float64Array(rows))] : []),
		...(commonRows === undefined ? [] : [flat("common", new Int32Array(rows))]),
		...fields.flatMap((field) =>
			field.kind === "ids"
				? []
				: [flat(field.name, field.kind === "id" ? new Int32Array(rows) : new Float32Array(rows))],
		),
		...columnsOfLists(card, "row"),
		...[...new Set(Object.values(schema.truth ?? {}))].map((column) => flat(column, new Float32Array(rows))),
	];
}

/** The columns of lists that belong to rows or to common rows, empty. */
export function columnsOfLists({ fields, rows, commonRows = 0 }: Card, side: "row" | "common"): Filling[] {
	const count = side === "row" ? rows.train + rows.valid + rows.test : commonRows;
	const list = (name: string): Filling => ({
		name,
		lists: { offsets: new Int32Array(count + 1), pieces: [], length: 0 },
	});
	return fields.flatMap((field) => {
		if (field.kind !== "ids" || field.of !== side) return [];
		return field.weights ? [list(field.name), list(`${field.name}.weights`)] : [list(field.name)];
	});
}

/** Fills columns from row `at` on with a file's rows; gives the row after the last. */
export async function fill(
	db: DuckDb,
	file: string,
	columns: Filling[],
	at: number,
	progress?: (row: number) => void,
): Promise<number> {
	let row = at;
	for await (const chunk of db.chunks(select(file, columns))) {
		if (!fits(chunk, columns, row)) return row + chunk.rowCount;
		addChunk(chunk, columns, row);
		row += chunk.rowCount;
		progress?.(row);
	}
	return row;
}

/** The query for columns of a file. */
export const select = (file: string, columns: readonly Filling[]): string =>
	`SELECT ${columns.map(({ name }) => sqlName(name)).join(", ")} FROM ${sqlText(file)}`;

/** Whether the rows of a piece still have room in the columns. */
export const fits = (chunk: DuckDBDataChunk, columns: readonly Filling[], row: number): boolean =>
	columns.every(({ values }) => !values || row + chunk.rowCount <= values.length);

/** Puts the rows of a chunk, or those in [from, to), into columns, from `row` on. */
export function addChunk(
	chunk: DuckDBDataChunk,
	columns: readonly Filling[],
	row: number,
	from = 0,
	to = chunk.rowCount,
): void {
	for (const [index, { values, lists }] of columns.entries()) {
		const vector = chunk.getColumnVector(index);
		if (values) {
			const { items } = vector as unknown as { items: Values };
			values.set(items.subarray(from, to), row);
		} else if (lists) {
			const { entries, child } = listsIn(vector);
			const { items } = child as unknown as { items: Int32Array | Float32Array };
			const piece = items.slice();
			let length = 0;
			for (let i = from; i < to; i++) {
				const [begin, size] = [Number(entries[2 * i]), Number(entries[2 * i + 1])];
				if (begin !== length) piece.set(items.subarray(begin, begin + size), length);
				length += size;
				lists.offsets[row + i - from + 1] = lists.length + length;
			}
			lists.pieces.push(piece.length === length ? piece : piece.slice(0, length));
			lists.length += length;
		}
	}
}

/** A feature of filled columns. */
export const fieldOf = (field: CardField, columns: readonly Filling[], common: Int32Array | undefined): Field =>
	inGroup(filledField(field, columns, common), field);

function filledField(field: CardField, columns: readonly Filling[], common: Int32Array | undefined): Field {
	const column = (name: string) => columns.find((column) => column.name === name) as Filling;
	const { name } = field;
	if (field.kind === "number") return { kind: "number", name, values: column(name).values as Float32Array };
	const { size } = field;
	if (field.kind === "id") return { kind: "id", name, size, ids: column(name).values as Int32Array };
	const { offsets } = column(name).lists as NonNullable<Filling["lists"]>;
	return {
		...{ kind: "ids", name, size, offsets },
		ids: joined(column(name), Int32Array),
		...(field.weights ? { weights: joined(column(`${name}.weights`), Float32Array) } : {}),
		...(field.of === "common" ? { list: common } : {}),
	};
}

function joined<A extends Int32Array | Float32Array>({ lists }: Filling, make: new (n: number) => A): A {
	const { pieces, length } = lists as NonNullable<Filling["lists"]>;
	const all = new make(length);
	let at = 0;
	for (const piece of pieces) {
		all.set(piece as never, at);
		at += piece.length;
	}
	return all;
}
