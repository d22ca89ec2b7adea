import { InputError } from "../../core/problem";
import type { Field } from "../dataset";
import type { DuckDb } from "../duckdb";
import type { CardField } from "../prepared/card";
import { addChunk, type Filling, fieldOf, fits } from "../prepared/read";

/** Some encoded rows of files, with the place of each. */
export interface EncodedPiece {
	/** Of the files, for messages. */
	readonly name: string;
	readonly rows: number;
	readonly fields: readonly Field[];
	/** Number of each row's file, from 0. */
	readonly file: Int32Array;
	/** Where each row stands in it: the row, from 1, or the line of a CSV file. */
	readonly row: Int32Array;
}

/** Most rows of a piece. */
const PIECE = 16_384;

/** Names of a query's columns for `file` and `row` of a piece: no field is called so. */
export const PLACE = { file: "file.number", row: "row.number" } as const;

/**
 * The rows of a query in pieces: its columns are the file's number and the row's place (`PLACE`), then those of the fields in
 * their order, each list followed by its weights where it has some. Types: INTEGER, FLOAT, or lists of them.
 */
export async function* encodedPieces(
	db: DuckDb,
	query: string,
	name: string,
	fields: readonly CardField[],
): AsyncGenerator<EncodedPiece> {
	let [columns, row] = [columnsFor(fields), 0];
	const piece = (): EncodedPiece => {
		const filled = columns.map((column) => cut(column, row));
		const [file, place] = filled.map(({ values }) => values as Int32Array);
		return { name, rows: row, file, row: place, fields: fields.map((field) => fieldOf(field, filled, undefined)) };
	};
	for await (const chunk of db.chunks(query)) {
		if (!fits(chunk, columns, row)) {
			yield piece();
			[columns, row] = [columnsFor(fields), 0];
		}
		addChunk(chunk, columns, row);
		row += chunk.rowCount;
	}
	if (row > 0) yield piece();
}

function columnsFor(fields: readonly CardField[]): Filling[] {
	const list = (name: string): Filling => ({
		name,
		lists: { offsets: new Int32Array(PIECE + 1), pieces: [], length: 0 },
	});
	return [
		...Object.values(PLACE).map((name) => ({ name, values: new Int32Array(PIECE) })),
		...fields.flatMap((field): Filling[] => {
			const { name, kind } = field;
			if (kind === "number") return [{ name, values: new Float32Array(PIECE) }];
			if (kind === "id") return [{ name, values: new Int32Array(PIECE) }];
			return field.weights ? [list(name), list(`${name}.weights`)] : [list(name)];
		}),
	];
}

const cut = ({ name, values, lists }: Filling, rows: number): Filling => ({
	name,
	values: values?.subarray(0, rows),
	lists: lists && { ...lists, offsets: lists.offsets.subarray(0, rows + 1) },
});

/** The row of a value of a list field. */
const rowOf = (offsets: Int32Array, at: number): number => {
	let row = 0;
	while (offsets[row + 1] <= at) row++;
	return row;
};

/**
 * Refuses codes that are none of a field's vocabulary: a table has no row for them.
 *
 * @param place says where a row of the piece stands: "a.parquet:17"
 * @throws InputError with the first one
 */
export function checkCodes(fields: readonly Field[], place: (row: number) => string): void {
	for (const field of fields) {
		if (field.kind === "number") {
			const row = field.values.findIndex((value) => !Number.isFinite(value));
			if (row >= 0)
				throw new InputError(`${place(row)}: "${field.name}" is ${field.values[row]}, but must be a number, scaled`);
			continue;
		}
		const { name, size, ids } = field;
		const at = ids.findIndex((id) => !(id >= 0 && id < size));
		if (at < 0) continue;
		const row = field.kind === "id" ? at : rowOf(field.offsets, at);
		throw new InputError(
			`${place(row)}: "${name}" is ${ids[at]}, but the model's vocabulary has the codes 0 to ${size - 1}: give rows that were encoded with it`,
		);
	}
}
