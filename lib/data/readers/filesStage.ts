import { InputError } from "../../core/problem";
import { type DuckDb, sqlName } from "../duckdb";
import type { Dropped } from "../log";
import type { Staged, StagedFeature } from "../prepared/staged";
import type { SchemaFile } from "../schemaFile";
import { brokenSql, isWholeSql, type RowSql } from "./filesRows";
import { partSql } from "./filesSplit";

/** A log that was staged from the table `raw`. */
export interface StagedFiles {
	staged: Staged;
	dropped: Dropped[];
	remarks: Dropped[];
}

/** Column of the user in the table `staged`, whatever the log calls it. */
const USER = "user.raw";

/**
 * Makes the table `staged` of the table `raw`, which is dropped: rows that break a rule are counted and left out, text ids that are
 * all whole numbers become whole numbers, a missing number becomes the mean of the training part.
 *
 * @param files names of the files, in order
 * @param step says what is done next
 * @throws InputError a part of the split would be empty
 */
export async function stage(
	db: DuckDb,
	file: SchemaFile,
	rows: RowSql,
	files: readonly string[],
	step: (words: string) => void,
): Promise<StagedFiles> {
	const { schema, split, text } = file;
	step("rules");
	const broken = `(${brokenSql(rows.rules)})`;
	const counts = await db.rows(
		`SELECT broken, count(*) AS n, min(row) AS first FROM (SELECT rowid AS row, ${broken} AS broken FROM raw) GROUP BY broken ORDER BY broken`,
	);
	const dropped: Dropped[] = [];
	for (const { broken: at, n, first } of counts)
		if (at !== 0)
			dropped.push({
				reason: rows.rules[(at as number) - 1].reason,
				count: n as number,
				first: await placeOf(db, first as number, files),
			});
	const keptRows = (counts.find(({ broken: at }) => at === 0)?.n as number | undefined) ?? 0;
	if (keptRows === 0) return { staged: { events: [], features: {} }, dropped, remarks: [] };
	const kept = `${broken} = 0`;

	step("ids");
	const ids = async (name: string): Promise<string> =>
		idSql(db, kept, rows.raw(name, "id"), rows.type(name, "id"), text.has(name));
	const user = schema.user === undefined ? undefined : await ids(schema.user);
	step("split");
	const part = `CAST(${await partSql(db, split, rows, kept, user, files)} AS UTINYINT)`;
	const remarks: Dropped[] = [];
	const missing = await missingNumbers(db, rows, kept, part, files, remarks);
	if (user !== undefined) {
		const isThere = `coalesce(CAST(${user} AS VARCHAR), '') NOT IN ('', '0') AND NOT starts_with(CAST(${user} AS VARCHAR), '-')`;
		const [{ n, first }] = await db.rows(
			`SELECT count(*) AS n, min(rowid) AS first FROM raw WHERE ${kept} AND NOT (${isThere})`,
		);
		if ((n as number) > 0)
			remarks.push({
				reason: `rows without a user ("${schema.user}"): kept, but in no metric by user`,
				count: n as number,
				first: await placeOf(db, first as number, files),
			});
	}

	step("rows");
	const features: Record<string, StagedFeature> = {};
	const columns = [`${part} AS part`];
	for (const [event, sql] of Object.entries(rows.events)) columns.push(`(${sql}) AS ${sqlName(event)}`);
	for (const [name, { kind }] of Object.entries(schema.features)) {
		features[name] = { kind, of: "row" };
		if (kind === "id") columns.push(`${await ids(name)} AS ${sqlName(name)}`);
		else if (kind === "number")
			columns.push(`coalesce(${rows.numbers[name]}, ${missing[name] ?? 0}::DOUBLE) AS ${sqlName(name)}`);
		else {
			const { list, weights } = rows.lists[name];
			columns.push(`${await listSql(db, kept, list, rows.type(name, "ids"), text.has(name))} AS ${sqlName(name)}`);
			if (weights === undefined) continue;
			features[name].weights = true;
			columns.push(`${weights} AS ${sqlName(`${name}.weights`)}`);
		}
	}
	for (const [column, sql] of Object.entries(rows.truth)) columns.push(`${sql} AS ${sqlName(column)}`);
	if (user !== undefined) columns.push(`${user} AS ${sqlName(USER)}`);
	await db.run(`CREATE TABLE staged AS SELECT ${columns.join(",\n")} FROM raw WHERE ${kept}`);
	await db.run("DROP TABLE raw");
	await refuseEmptyParts(db, file, keptRows);
	return {
		staged: {
			events: Object.keys(rows.events),
			features,
			...(user === undefined ? {} : { user: USER }),
			truth: Object.keys(rows.truth),
		},
		dropped,
		remarks,
	};
}

/** Where a row of the table `raw` stands: "a.csv:17" is a line, "a.parquet:17" a row, both from 1. */
async function placeOf(db: DuckDb, row: number, files: readonly string[]): Promise<string> {
	const [{ file, place }] = await db.rows(`SELECT file, place FROM raw WHERE rowid = ${row}`);
	return `${files[file as number]}:${place}`;
}

/** INTEGER or BIGINT where all ids are whole numbers (unless they are to be text), else VARCHAR. */
async function idSql(db: DuckDb, kept: string, id: string, type: string, asText: boolean): Promise<string> {
	if (asText) return `CAST(${id} AS VARCHAR)`;
	const there = type === "VARCHAR" ? `nullif(${id}, '')` : id;
	const whole =
		type === "VARCHAR"
			? `coalesce(bool_and(coalesce(${isWholeSql(there)}, false)) FILTER (${there} IS NOT NULL), false)`
			: "true";
	const [found] = await db.rows(
		`SELECT ${whole} AS whole, coalesce(bool_and(TRY_CAST(${there} AS INTEGER) IS NOT NULL) FILTER (${there} IS NOT NULL), true) AS short FROM raw WHERE ${kept}`,
	);
	if (!found.whole) return there;
	return `TRY_CAST(${there} AS ${found.short ? "INTEGER" : "BIGINT"})`;
}

/** As {@link idSql}, for the elements of lists; a missing element is the empty text, or 0. */
async function listSql(db: DuckDb, kept: string, list: string, type: string, asText: boolean): Promise<string> {
	const isText = type.startsWith("VARCHAR");
	const texts = `list_transform(CAST(${list} AS VARCHAR[]), lambda x: coalesce(x, ''))`;
	if (asText) return texts;
	const wrong = isText
		? `len(list_filter(${texts}, lambda x: x <> '' AND NOT coalesce(${isWholeSql("x")}, false)))`
		: "0";
	const long = `len(list_filter(${texts}, lambda x: x <> '' AND TRY_CAST(x AS INTEGER) IS NULL))`;
	const [found] = await db.rows(
		`SELECT coalesce(sum(${wrong}), 0) AS wrong, coalesce(sum(${long}), 0) AS long, coalesce(sum(len(${list})), 0) AS n FROM raw WHERE ${kept}`,
	);
	if (isText && (Number(found.wrong) > 0 || Number(found.n) === 0)) return texts;
	const element = Number(found.long) > 0 ? "BIGINT" : "INTEGER";
	return `list_transform(${texts}, lambda x: coalesce(TRY_CAST(x AS ${element}), 0))`;
}

/** Feature → the mean of its training rows, for those of kind number with missing values; these are told in `remarks`. */
async function missingNumbers(
	db: DuckDb,
	{ numbers }: RowSql,
	kept: string,
	part: string,
	files: readonly string[],
	remarks: Dropped[],
): Promise<Record<string, number>> {
	const means: Record<string, number> = {};
	const holes: { name: string; n: number }[] = [];
	for (const [name, sql] of Object.entries(numbers)) {
		const value = `(${sql})`;
		const [{ missing, first, n }] = await db.rows(`SELECT count(*) FILTER (${value} IS NULL) AS missing,
			min(rowid) FILTER (${value} IS NULL) AS first, count(${value}) FILTER (${part} = 0) AS n FROM raw WHERE ${kept}`);
		if (missing === 0) continue;
		holes.push({ name, n: n as number });
		remarks.push({
			reason: `missing values of "${name}": the mean of the training part stands in`,
			count: missing as number,
			first: await placeOf(db, first as number, files),
		});
	}
	if (holes.length === 0) return means;
	const sums = new Float64Array(holes.length);
	const filled = holes.map(({ name }) => `coalesce(${numbers[name]}, 0)::DOUBLE`).join(", ");
	for await (const chunk of db.chunks(`SELECT ${filled} FROM raw WHERE ${kept} AND ${part} = 0`))
		for (let column = 0; column < holes.length; column++) {
			const { items } = chunk.getColumnVector(column) as unknown as { items: Float64Array };
			for (let i = 0; i < chunk.rowCount; i++) sums[column] += items[i];
		}
	for (const [at, { name, n }] of holes.entries()) means[name] = n === 0 ? 0 : sums[at] / n;
	return means;
}

async function refuseEmptyParts(db: DuckDb, { name, split }: SchemaFile, rows: number): Promise<void> {
	const counts = await db.rows("SELECT part, count(*) AS n FROM staged GROUP BY part");
	const has = (part: number) => counts.some((row) => row.part === part);
	const wanted: [string, number, boolean][] = [
		["train", 0, true],
		["valid", 2, true],
		["test", 1, "test" in split && split.test !== 0],
	];
	for (const [part, code, isWanted] of wanted)
		if (isWanted && !has(code))
			throw new InputError(
				`${name}: the ${part} part of "split" ${JSON.stringify(split)} would be empty, of ${rows} rows: give it a larger share, or divide in another way`,
			);
}
