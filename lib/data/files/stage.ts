import { InputError } from "../../core/problem";
import { type DuckDb, sqlName } from "../duckdb";
import { inGroup } from "../encode";
import type { Dropped } from "../log";
import type { Staged, StagedFeature } from "../prepared/staged";
import type { Schema } from "../schema";
import { brokenSql, isWholeSql, type RowSql } from "./rows";
import type { SchemaFile } from "./schemaFile";
import { partSql } from "./split";

/** A log that was staged from the table `raw`. */
export interface StagedFiles {
	staged: Staged;
	dropped: Dropped[];
	remarks: Dropped[];
}

/** Column of the user in the table `staged`, whatever the log calls it. */
const USER = "user.raw";
/** Column of the time there. */
const TIME = "time.raw";

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
	const { schema, split } = file;
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
	const kept = (counts.find(({ broken: at }) => at === 0)?.n as number | undefined) ?? 0;
	if (kept === 0) return { staged: { events: [], features: {} }, dropped, remarks: [] };
	if (dropped.length > 0) await db.run(`DELETE FROM raw WHERE ${broken} <> 0`);

	step("ids");
	const ids = await idSql(db, file, rows);
	// As text: user 0 is a user.
	const user = schema.user === undefined ? undefined : `CAST(${ids.sql(schema.user)} AS VARCHAR)`;
	step("split");
	const part = `CAST(${await partSql(db, split, rows, user, files)} AS UTINYINT)`;
	const lists: Record<string, IdList> = {};
	for (const [name, { list }] of Object.entries(rows.lists))
		lists[name] = await listSql(db, list, rows.type(name, "ids"), file.text.has(name));
	const absent = Object.entries(schema.features).flatMap(([name, { kind }]) => {
		const sql = kind === "id" ? ids.absent(name) : lists[name]?.absent;
		return sql === undefined ? [] : [{ name, sql }];
	});
	const remarks = await remarksOf(db, rows, schema, absent, user, files);
	const inBuckets = schema.numbers === "quantiles";
	const means = await trainingMeans(db, rows, part, inBuckets ? [] : remarks.missing);

	step("rows");
	const features: Record<string, StagedFeature> = {};
	const columns = [`${part} AS part`];
	for (const [event, sql] of Object.entries(rows.events)) columns.push(`(${sql}) AS ${sqlName(event)}`);
	for (const [name, { kind, group }] of Object.entries(schema.features)) {
		features[name] = inGroup<StagedFeature>({ kind, of: "row" }, { group });
		if (kind === "number" && inBuckets) features[name].quantiles = true;
		if (kind === "id") columns.push(`${ids.sql(name)} AS ${sqlName(name)}`);
		else if (kind === "number")
			columns.push(
				`coalesce(${rows.numbers[name]}, ${inBuckets ? "'nan'" : (means[name] ?? 0)}::DOUBLE) AS ${sqlName(name)}`,
			);
		else {
			const { weights } = rows.lists[name];
			columns.push(`${lists[name].sql} AS ${sqlName(name)}`);
			if (weights === undefined) continue;
			features[name].weights = true;
			columns.push(`${weights} AS ${sqlName(`${name}.weights`)}`);
		}
	}
	for (const [column, sql] of Object.entries(rows.truth)) columns.push(`${sql} AS ${sqlName(column)}`);
	if (user !== undefined) columns.push(`${user} AS ${sqlName(USER)}`);
	if (rows.when !== undefined) columns.push(`(${rows.when})::DOUBLE AS ${sqlName(TIME)}`);
	// One thread fills the table's row groups evenly, so the files made of it are the same bytes whatever the rows came from.
	await db.run("SET threads = 1");
	await db.run(`CREATE TABLE staged AS SELECT ${columns.join(",\n")} FROM raw`);
	await db.run("RESET threads");
	await db.run("DROP TABLE raw");
	await refuseEmptyParts(db, file, kept);
	return {
		staged: {
			events: Object.keys(rows.events),
			features,
			...(user === undefined ? {} : { user: USER }),
			...(rows.when === undefined ? {} : { time: TIME }),
			truth: Object.keys(rows.truth),
		},
		dropped,
		remarks: remarks.list,
	};
}

/** Where a row of the table `raw` stands: "a.csv:17" is a line, "a.parquet:17" a row, both from 1. */
async function placeOf(db: DuckDb, row: number, files: readonly string[]): Promise<string> {
	const [{ file, place }] = await db.rows(`SELECT file, place FROM raw WHERE rowid = ${row}`);
	return `${files[file as number]}:${place}`;
}

/** SQL over columns of ids. */
interface IdColumns {
	/** The id of a row: INTEGER or BIGINT where all are whole numbers (unless they are to be text), else VARCHAR. */
	sql(name: string): string;
	/** How many ids of a row are 0 or below and so absent; undefined of a column of text, where there are none. */
	absent(name: string): string | undefined;
}

/** As {@link IdColumns}, of a column of lists. */
interface IdList {
	sql: string;
	absent?: string;
}

/** What the columns of ids hold. */
async function idSql(db: DuckDb, { schema, text }: SchemaFile, rows: RowSql): Promise<IdColumns> {
	const names = Object.keys(schema.features).filter((name) => schema.features[name].kind === "id");
	if (schema.user !== undefined && !names.includes(schema.user)) names.push(schema.user);
	const there = names.map((name) => {
		const raw = rows.raw(name, "id");
		return rows.type(name, "id") === "VARCHAR" ? `nullif(${raw}, '')` : raw;
	});
	const tests = names.flatMap((name, at) => {
		if (text.has(name)) return [];
		const value = there[at];
		const all = (test: string) => `coalesce(bool_and(coalesce(${test}, false)) FILTER (${value} IS NOT NULL), false)`;
		const whole = rows.type(name, "id") === "VARCHAR" ? all(isWholeSql(value)) : "true";
		return [`${whole} AS whole_${at}`, `${all(`TRY_CAST(${value} AS INTEGER) IS NOT NULL`)} AS short_${at}`];
	});
	const [found] = tests.length === 0 ? [{}] : await db.rows(`SELECT ${tests.join(", ")} FROM raw`);
	const sql = (name: string) => {
		const at = names.indexOf(name);
		if (text.has(name)) return `CAST(${there[at]} AS VARCHAR)`;
		if (!found[`whole_${at}`]) return there[at];
		return `TRY_CAST(${there[at]} AS ${found[`short_${at}`] ? "INTEGER" : "BIGINT"})`;
	};
	return {
		sql,
		absent: (name) =>
			found[`whole_${names.indexOf(name)}`] ? `CAST(coalesce(${sql(name)} < 1, false) AS INTEGER)` : undefined,
	};
}

/** As {@link idSql}, for the elements of lists; a missing element is the empty text, or 0. */
async function listSql(db: DuckDb, list: string, type: string, asText: boolean): Promise<IdList> {
	const isText = type.startsWith("VARCHAR");
	const texts = `list_transform(CAST(${list} AS VARCHAR[]), lambda x: coalesce(x, ''))`;
	if (asText) return { sql: texts };
	const wrong = isText
		? `len(list_filter(${texts}, lambda x: x <> '' AND NOT coalesce(${isWholeSql("x")}, false)))`
		: "0";
	const long = `len(list_filter(${texts}, lambda x: x <> '' AND TRY_CAST(x AS INTEGER) IS NULL))`;
	const [found] = await db.rows(
		`SELECT coalesce(sum(${wrong}), 0) AS wrong, coalesce(sum(${long}), 0) AS long, coalesce(sum(len(${list})), 0) AS n FROM raw`,
	);
	if (isText && (Number(found.wrong) > 0 || Number(found.n) === 0)) return { sql: texts };
	const element = Number(found.long) > 0 ? "BIGINT" : "INTEGER";
	return {
		sql: `list_transform(${texts}, lambda x: coalesce(TRY_CAST(x AS ${element}), 0))`,
		absent: `len(list_filter(${texts}, lambda x: coalesce(TRY_CAST(x AS BIGINT) < 1, false)))`,
	};
}

/** What is told of rows that are kept: missing numbers (whose features are `missing`), ids that count as absent, and rows without a user. */
async function remarksOf(
	db: DuckDb,
	{ numbers }: RowSql,
	{ user: userColumn, numbers: coded }: Schema,
	absent: readonly { name: string; sql: string }[],
	user: string | undefined,
	files: readonly string[],
): Promise<{ list: Dropped[]; missing: string[] }> {
	const what = Object.entries(numbers).map(([name, sql]) => ({
		reason: missingNumber(name, coded),
		n: `CAST((${sql}) IS NULL AS INTEGER)`,
	}));
	for (const { name, sql } of absent)
		what.push({
			reason: `values of "${name}" are 0 or below: taken as absent; say "text": true if 0 is an id`,
			n: sql,
		});
	if (user !== undefined)
		what.push({
			reason: `rows without a user ("${userColumn}"): kept, but in no metric by user`,
			n: `CAST(coalesce(${user}, '') = '' AS INTEGER)`,
		});
	if (what.length === 0) return { list: [], missing: [] };
	const columns = what.map(
		({ n }, at) => `CAST(sum(${n}) AS BIGINT) AS n_${at}, min(rowid) FILTER (${n} > 0) AS first_${at}`,
	);
	const [found] = await db.rows(`SELECT ${columns.join(", ")} FROM raw`);
	const list: Dropped[] = [];
	for (const [at, { reason }] of what.entries()) {
		const count = found[`n_${at}`] as number;
		if (count > 0) list.push({ reason, count, first: await placeOf(db, found[`first_${at}`] as number, files) });
	}
	return { list, missing: Object.keys(numbers).filter((_, at) => (found[`n_${at}`] as number) > 0) };
}

/** What is told of missing values of a number. */
export const missingNumber = (name: string, numbers: Schema["numbers"]): string =>
	`missing values of "${name}": ${numbers === "quantiles" ? "they have a code of their own, 0" : "the mean of the training part stands in"}`;

/** Feature → the mean of the values its training rows have, summed in the order of the rows, so it is the same on every run. */
async function trainingMeans(
	db: DuckDb,
	{ numbers }: RowSql,
	part: string,
	names: readonly string[],
): Promise<Record<string, number>> {
	if (names.length === 0) return {};
	const [sums, counts] = [new Float64Array(names.length), new Float64Array(names.length)];
	const values = names.map((name) => `coalesce(${numbers[name]}, 'nan')::DOUBLE`).join(", ");
	for await (const chunk of db.chunks(`SELECT ${values} FROM raw WHERE ${part} = 0`))
		for (let column = 0; column < names.length; column++) {
			const { items } = chunk.getColumnVector(column) as unknown as { items: Float64Array };
			for (let i = 0; i < chunk.rowCount; i++) {
				if (Number.isNaN(items[i])) continue;
				sums[column] += items[i];
				counts[column]++;
			}
		}
	return Object.fromEntries(names.map((name, at) => [name, counts[at] === 0 ? 0 : sums[at] / counts[at]]));
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
