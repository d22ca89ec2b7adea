import { basename } from "node:path";
import { InputError } from "../../core/problem";
import { type DuckDb, sqlName, sqlText } from "../duckdb";
import { checkColumns, openLogFile } from "../files/raw";
import type { LogFile } from "../files/types";
import type { CardField } from "../prepared/card";
import { checkCodes, type EncodedPiece, encodedPieces, PLACE } from "./pieces";

/** The columns of a field, each with its type in a file of encoded rows. */
const columnsOf = (field: CardField): [string, string][] => {
	if (field.kind === "number") return [[field.name, "FLOAT"]];
	if (field.kind === "id") return [[field.name, "INTEGER"]];
	return [
		[field.name, "INTEGER[]"],
		...(field.weights ? [[`${field.name}.weights`, "FLOAT[]"] as [string, string]] : []),
	];
};

/** A column's values as its type. One that is missing becomes one that is refused; so is a code that is not whole, which a cast would round. */
function valueSql(column: string, type: string): string {
	const name = sqlName(column);
	const number = (x: string) => `coalesce(CAST(${x} AS FLOAT), 'nan'::FLOAT)`;
	const code = (x: string) =>
		`CASE WHEN ${x} IS NULL THEN -1 WHEN ${x} = trunc(${x}) THEN CAST(${x} AS INTEGER) ELSE error(${sqlText(`a code of "${column}" is no whole number: `)} || ${x}) END`;
	if (type === "FLOAT") return number(name);
	if (type === "FLOAT[]") return `list_transform(CAST(${name} AS FLOAT[]), lambda x: ${number("x")})`;
	if (type === "INTEGER") return code(`CAST(${name} AS DOUBLE)`);
	return `coalesce(list_transform(CAST(${name} AS DOUBLE[]), lambda x: ${code("x")}), [-1])`;
}

/**
 * Rows of Parquet or CSV files that are encoded already, in pieces: a column a field, with codes, lists of them (as `[1, 2]` in
 * CSV) or scaled numbers.
 *
 * @throws InputError a column that is missing, a value that is no code of the vocabulary or no number; with file and row
 */
export async function* encodedFiles(
	db: DuckDb,
	paths: readonly string[],
	fields: readonly CardField[],
): AsyncGenerator<EncodedPiece> {
	const columns = fields.flatMap(columnsOf);
	const wanted = columns.map(([name]) => name);
	const files: LogFile[] = [];
	for (const path of paths) files.push(await openLogFile(db, path, wanted));
	for (const file of files) checkColumns([file], wanted, () => "the model has a field of this name");
	for (const [number, file] of files.entries()) {
		const place = (row: number) => `${file.path}:${row}`;
		const taken = columns.map(([name, type]) => `${valueSql(name, type)} AS ${sqlName(name)}`);
		const [from, row] =
			file.types === undefined
				? [csv(file), "row_number() OVER () + 1"]
				: [`read_parquet(${sqlText(file.path)}, file_row_number = true)`, "file_row_number + 1"];
		const query = `SELECT ${[`${number}::INTEGER AS "${PLACE.file}"`, `CAST(${row} AS INTEGER) AS "${PLACE.row}"`, ...taken].join(", ")} FROM ${from}`;
		try {
			for await (const piece of encodedPieces(db, query, basename(file.path), fields)) {
				checkCodes(piece.fields, (at) => place(piece.row[at]));
				yield piece;
			}
		} catch (problem) {
			if (problem instanceof InputError) throw problem;
			throw new InputError(`${file.path} does not hold encoded rows: ${(problem as Error).message.split("\n")[0]}`);
		}
	}
}

const csv = ({ path, delimiter }: LogFile): string =>
	`read_csv(${sqlText(path)}, header = true, all_varchar = true, delim = ${sqlText(delimiter as string)}, quote = '"', escape = '"', parallel = false)`;
