import { basename } from "node:path";
import { InputError } from "../../core/problem";
import type { Field } from "../dataset";
import { type DuckDb, sqlName, sqlText } from "../duckdb";
import { checkColumns, loadRaw, openLogFile } from "../files/raw";
import { brokenSql, columnsOf, isWholeSql, type RowSql, rowSql } from "../files/rows";
import type { SchemaFile } from "../files/schemaFile";
import { missingNumber } from "../files/stage";
import { type LogFile, rawType } from "../files/types";
import type { Dropped } from "../log";
import type { Card, CardField } from "../prepared/card";
import { asRead, type ColumnCoder, codeCoder, encodeFunction } from "../prepared/codes";
import { bucketCoder, scaleCoder } from "../prepared/scale";
import type { Schema } from "../schema";
import { type EncodedPiece, encodedPieces, PLACE } from "./pieces";

/** Raw rows that were read, and what becomes of them. */
export interface RawFiles {
	/** Rows the files held, dropped ones included. */
	read: number;
	/** Rows left out, by reason. */
	dropped: Dropped[];
	/** Missing numbers, by field: the mean of the training part stands in. */
	remarks: Dropped[];
	/** The rows that are kept, encoded, in the order of the files. */
	pieces(): AsyncGenerator<EncodedPiece>;
}

/**
 * Reads raw rows, CSV or Parquet, and encodes them with the vocabulary of a prepared log: a column a feature of the log's schema,
 * as the log's own files had. Events, user and time are not needed. Ids that the vocabulary does not know are 0, "unknown".
 *
 * The same file gives the codes that its import gave: ids are compared as text, so 7 in Parquet is "7" in CSV.
 *
 * @param db opened for this; what does not fit into memory waits in its file
 * @param folder for pieces that DuckDB reads
 * @param vocabulary the log's vocabulary.parquet
 * @throws InputError a column that is missing or of another type, no usable row
 */
export async function openRawFiles(
	db: DuckDb,
	folder: string,
	paths: readonly string[],
	{ schema, fields }: Pick<Card, "schema" | "fields">,
	vocabulary: string,
): Promise<RawFiles> {
	const file: SchemaFile = {
		name: "the model's log",
		schema: { events: {}, implies: {}, features: schema.features },
		split: { by: "row", valid: 0, test: 0, seed: 0 },
		text: new Set(),
	};
	const columns = columnsOf(file);
	const wanted = columns.map(({ name }) => name);
	const files: LogFile[] = [];
	for (const path of paths) files.push({ ...(await openLogFile(db, path, wanted)), name: basename(path) });
	for (const one of files) checkColumns([one], wanted, () => "the model's log has a feature of this name");
	const loaded = await loadRaw(db, folder, files, columns, () => {});
	const rows = await rowSql(
		db,
		file,
		columns,
		columns.map((column) => rawType(column, files)),
	);
	const place = (at: unknown, row: unknown) => `${paths[at as number]}:${row}`;
	const broken = `(${rows.rules.length === 0 ? "0" : brokenSql(rows.rules)})`;
	const found = await db.rows(
		`SELECT broken, count(*) AS n, arg_min(file, r) AS file, arg_min(place, r) AS place FROM (SELECT rowid AS r, file, place, ${broken} AS broken FROM raw) GROUP BY broken ORDER BY broken`,
	);
	const dropped = [
		...loaded.flatMap((one) => one.dropped),
		...found.flatMap(({ broken: at, n, file, place: row }) =>
			at === 0 ? [] : [{ reason: rows.rules[(at as number) - 1].reason, count: n as number, first: place(file, row) }],
		),
	];
	const read = loaded.reduce((sum, one) => sum + one.read, 0);
	if (!found.some(({ broken: at }) => at === 0))
		throw new InputError(
			`${paths.join(", ")}: ${read === 0 ? "no rows" : `none of ${read} rows can be used: ${dropped.map(({ reason, count }) => `${count} × ${reason}`).join("; ")}`}`,
		);
	await db.run(`CREATE VIEW vocabulary AS SELECT * FROM read_parquet(${sqlText(vocabulary)})`);
	const coded: Coded[] = [];
	for (const field of fields) coded.push(await codedOf(db, field, rows));
	encodeFunction(
		db,
		"encode_raw",
		coded.map(({ coder }) => coder),
	);
	const plain = coded.flatMap(({ field, weights }) =>
		weights === undefined ? [] : [`${weights} AS ${weightsOf(field)}`],
	);
	const query = `SELECT file::INTEGER AS "${PLACE.file}", place::INTEGER AS "${PLACE.row}", ${coded
		.flatMap(({ field, weights }, at) => [
			`"encoded.values".f${at} AS ${sqlName(field.name)}`,
			...(weights === undefined ? [] : [weightsOf(field)]),
		])
		.join(", ")}
		FROM (SELECT file, place, ${[...plain, `encode_raw(${coded.map(({ raw }) => raw).join(", ")}) AS "encoded.values"`].join(", ")}
			FROM raw WHERE ${broken} = 0)`;
	return {
		read,
		dropped,
		remarks: await missingNumbers(db, rows, schema.numbers, broken, place),
		pieces: () => encodedPieces(db, query, basename(paths[0]), fields.map(inRows)),
	};
}

const weightsOf = ({ name }: CardField): string => sqlName(`${name}.weights`);

/** Here each row has lists of its own. */
const inRows = (field: CardField): CardField => (field.kind === "ids" ? { ...field, of: "row" } : field);

/** A field, the SQL of its raw values as its coder takes them, and of its weights. */
interface Coded {
	field: CardField;
	raw: string;
	weights?: string;
	coder: ColumnCoder;
}

async function codedOf(db: DuckDb, field: CardField, rows: RowSql): Promise<Coded> {
	const { name } = field;
	if (field.kind === "id" && field.edges)
		return { field, raw: `coalesce(${rows.numbers[name]}, 'nan'::DOUBLE)`, coder: bucketCoder(field.edges) };
	if (field.kind === "number")
		return { field, raw: `coalesce(${rows.numbers[name]}, ${field.mean}::DOUBLE)`, coder: scaleCoder(field) };
	// Whole numbers take 16 bytes an id, text some 100.
	const [{ whole }] = await db.rows(
		`SELECT bool_and(coalesce(${isWholeSql("id")} AND TRY_CAST(id AS INTEGER) > 0, false)) AS whole FROM vocabulary WHERE field = ${sqlText(name)}`,
	);
	const isWhole = whole === true;
	const value = (id: string) =>
		isWhole
			? `CASE WHEN ${isWholeSql(id)} THEN coalesce(TRY_CAST(${id} AS INTEGER), 0) ELSE 0 END`
			: asRead(`coalesce(${id}, '')`);
	const type = isWhole ? "INTEGER" : "VARCHAR";
	if (field.kind === "id")
		return { field, raw: value(`CAST(${rows.raw(name, "id")} AS VARCHAR)`), coder: await codeCoder(db, name, type) };
	const { list, weights } = rows.lists[name];
	const raw = `list_transform(CAST(${list} AS VARCHAR[]), lambda x: ${value("x")})`;
	return { field, raw, weights, coder: await codeCoder(db, name, `${type}[]`) };
}

async function missingNumbers(
	db: DuckDb,
	{ numbers }: RowSql,
	coded: Schema["numbers"],
	broken: string,
	place: (file: unknown, row: unknown) => string,
): Promise<Dropped[]> {
	const remarks: Dropped[] = [];
	for (const [name, sql] of Object.entries(numbers)) {
		const [{ n, file, place: row }] = await db.rows(
			`SELECT count(*) AS n, arg_min(file, rowid) AS file, arg_min(place, rowid) AS place FROM raw WHERE ${broken} = 0 AND (${sql}) IS NULL`,
		);
		if ((n as number) > 0)
			remarks.push({
				reason: missingNumber(name, coded),
				count: n as number,
				first: place(file, row),
			});
	}
	return remarks;
}

/** Field → how many of its ids have no code: unknown to the vocabulary, or absent. */
export function withoutCode(fields: readonly Field[], counts: Record<string, number>): void {
	for (const field of fields) {
		if (field.kind === "number") continue;
		let none = 0;
		for (const id of field.ids) if (id === 0) none++;
		counts[field.name] = (counts[field.name] ?? 0) + none;
	}
}
