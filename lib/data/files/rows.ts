import { type DuckDb, sqlText } from "../duckdb";
import { rawName } from "./raw";
import type { SchemaFile } from "./schemaFile";
import { type ColumnUse, type RawColumn, secondsOf } from "./types";

/** Why a row is not kept: an SQL condition over the table `raw` that is never NULL. */
export interface Rule {
	reason: string;
	broken: string;
}

/** SQL over the table `raw`: what its columns mean under a schema. */
export interface RowSql {
	/** A row breaks the first rule that holds; one that breaks none is kept. */
	rules: readonly Rule[];
	/** Event → 0 or 1. */
	events: Readonly<Record<string, string>>;
	/** Feature of kind number → its value, NULL where it is missing. */
	numbers: Readonly<Record<string, string>>;
	/** Feature of kind ids → its list, empty where it is missing; and its weights. */
	lists: Readonly<Record<string, { list: string; weights?: string }>>;
	/** Truth column → its value. */
	truth: Readonly<Record<string, string>>;
	/** The time, or the column that a split by time names. */
	time?: string;
	/** The time that the schema names. */
	when?: string;
	/** 0 train, 1 test, 2 validation, NULL, for a split by column. */
	part?: string;
	/** The raw column of a feature, or of the user or the group. */
	raw(name: string, use: ColumnUse): string;
	/** The type of that raw column. */
	type(name: string, use: ColumnUse): string;
}

/** The columns a schema and its split need, each with its use. A column may have several uses. */
export function columnsOf({ schema, split }: SchemaFile): RawColumn[] {
	const { events, features, user, time, truth = {} } = schema;
	const columns: RawColumn[] = Object.values(events).map((name) => ({ name, use: "event" }));
	for (const [name, feature] of Object.entries(features)) {
		columns.push({ name, use: feature.kind });
		if (feature.kind === "ids" && feature.weights !== undefined)
			columns.push({ name: feature.weights, use: "weights" });
	}
	for (const name of new Set(Object.values(truth))) columns.push({ name, use: "truth" });
	if (user !== undefined) columns.push({ name: user, use: "id" });
	const times = [time, split.by === "time" ? split.column : undefined];
	for (const name of times) if (name !== undefined) columns.push({ name, use: "time" });
	if (split.by === "column") columns.push({ name: split.column, use: "part" });
	if (split.by === "file" && split.group !== undefined) columns.push({ name: split.group, use: "id" });
	return columns.filter(
		({ name, use }, at) => columns.findIndex((other) => other.name === name && other.use === use) === at,
	);
}

/** What the columns of the table `raw` mean, and which rows are kept. */
export async function rowSql(
	db: DuckDb,
	{ schema, split }: SchemaFile,
	columns: readonly RawColumn[],
	types: readonly string[],
): Promise<RowSql> {
	const find = (name: string, use: ColumnUse) => {
		const at = columns.findIndex((column) => column.name === name && column.use === use);
		if (at === -1) throw new Error(`column "${name}" was not loaded as ${use}`);
		return at;
	};
	const raw = (name: string, use: ColumnUse) => rawName(find(name, use));
	const type = (name: string, use: ColumnUse) => types[find(name, use)];
	const isText = (name: string, use: ColumnUse) => type(name, use) === "VARCHAR";
	const rules: Rule[] = [];
	const rule = (reason: string, broken: string) => rules.push({ reason, broken });

	const events: Record<string, string> = {};
	for (const [event, column] of Object.entries(schema.events)) {
		events[event] = eventSql(raw(column, "event"), isText(column, "event"));
		rule(`event ${event} ("${column}") is not 0 or 1`, `(${events[event]}) IS NULL`);
	}
	for (const [event, needs] of Object.entries(schema.implies))
		rule(`${event}=1 and ${needs}=0`, `(${events[event]}) = 1 AND (${events[needs]}) = 0`);
	const timed = (column: string): string => {
		const value = raw(column, "time");
		return isText(column, "time") ? value : `CASE WHEN isfinite(${value}::DOUBLE) THEN ${value}::DOUBLE END`;
	};
	const readTimes = new Map<string, string>();
	for (const { name } of columns.filter(({ use }) => use === "time")) {
		const sql = isText(name, "time") ? await textTime(db, raw(name, "time")) : timed(name);
		readTimes.set(name, sql);
		rule(`time "${name}" is missing or cannot be read`, `(${sql}) IS NULL`);
	}
	const numbers: Record<string, string> = {};
	const lists: Record<string, { list: string; weights?: string }> = {};
	for (const [name, feature] of Object.entries(schema.features)) {
		if (feature.kind === "number") {
			const value = `TRY_CAST(${raw(name, "number")} AS DOUBLE)`;
			numbers[name] = `CASE WHEN NOT isnan(${value}) THEN ${value} END`;
			rule(
				`number "${name}" cannot be read`,
				`${present(raw(name, "number"), isText(name, "number"))} AND (${value} IS NULL OR (abs(${value}) > ${LARGEST} AND NOT isnan(${value})))`,
			);
		}
		if (feature.kind !== "ids") continue;
		const list = listSql(raw(name, "ids"), isText(name, "ids"));
		rule(`list "${name}" cannot be read`, `(${list}) IS NULL`);
		lists[name] = { list };
		if (feature.weights === undefined) continue;
		const weights = `CAST(${listSql(raw(feature.weights, "weights"), isText(feature.weights, "weights"))} AS VARCHAR[])`;
		lists[name].weights = `TRY_CAST(${weights} AS FLOAT[])`;
		rule(
			`list "${name}" and its weights "${feature.weights}" differ in length`,
			`len(${list}) IS DISTINCT FROM len(${weights})`,
		);
		rule(
			`a weight of "${name}" in "${feature.weights}" is not a number`,
			`len(list_filter(TRY_CAST(${weights} AS FLOAT[]), lambda w: isfinite(w))) IS DISTINCT FROM len(${weights})`,
		);
	}
	const truth: Record<string, string> = {};
	for (const column of new Set(Object.values(schema.truth ?? {}))) {
		truth[column] = `TRY_CAST(${raw(column, "truth")} AS FLOAT)`;
		rule(`truth "${column}" is not a number from 0 to 1`, `coalesce(${truth[column]} NOT BETWEEN 0 AND 1, true)`);
	}
	let part: string | undefined;
	if (split.by === "column") {
		const value = `lower(trim(${raw(split.column, "part")}))`;
		part = `CASE ${value} WHEN 'train' THEN 0 WHEN 'test' THEN 1 WHEN 'valid' THEN 2 END`;
		rule(`"${split.column}" is not train, valid or test`, `(${part}) IS NULL`);
	}
	const column = split.by === "time" ? (split.column ?? schema.time) : schema.time;
	return {
		rules,
		events,
		numbers,
		lists,
		truth,
		time: readTimes.get(column ?? ""),
		when: readTimes.get(schema.time ?? ""),
		part,
		raw,
		type,
	};
}

/** True where a value is there. */
const present = (value: string, isText: boolean): string =>
	`coalesce(${value}${isText ? " <> ''" : " IS NOT NULL"}, false)`;

function eventSql(value: string, isText: boolean): string {
	if (!isText) return `CASE WHEN ${value} IN (0, 1) THEN CAST(${value} AS UTINYINT) END`;
	const number = `TRY_CAST(${value} AS DOUBLE)`;
	return `CASE WHEN ${number} IN (0, 1) THEN CAST(${number} AS UTINYINT)
		WHEN lower(${value}) = 'true' THEN 1::UTINYINT WHEN lower(${value}) = 'false' THEN 0::UTINYINT END`;
}

/** A text is a list as `[1, 2]`, `["a","b"]` or `a|b`; nothing, or `[]`, is the empty list. */
function listSql(value: string, isText: boolean): string {
	if (!isText) return `coalesce(${value}, [])`;
	return `CASE WHEN coalesce(${value}, '') = '' THEN CAST([] AS VARCHAR[])
		WHEN starts_with(${value}, '[') THEN TRY_CAST(${value} AS VARCHAR[])
		ELSE string_split(${value}, '|') END`;
}

/** Text as time: numbers where most of its values are numbers, else dates and timestamps, in UTC where they name no zone. */
async function textTime(db: DuckDb, value: string): Promise<string> {
	const number = `TRY_CAST(${value} AS DOUBLE)`;
	// Without a zone it is UTC, the zone of the connection.
	const stamp = `TRY_CAST(${value} AS TIMESTAMPTZ)`;
	const [{ numbers, stamps }] = await db.rows(
		`SELECT count(${number}) AS numbers, count(*) FILTER (${number} IS NULL AND ${stamp} IS NOT NULL) AS stamps FROM raw`,
	);
	if ((numbers as number) >= (stamps as number)) return `CASE WHEN isfinite(${number}) THEN ${number} END`;
	return secondsOf(stamp);
}

/** Numbers beyond this are no measurements, and their squares would be beyond what a number can hold. */
const LARGEST = "1e100";

/** The number of the first rule a row breaks, from 1; 0 for a row that is kept. */
export const brokenSql = (rules: readonly Rule[]): string =>
	`CASE ${rules.map(({ broken }, at) => `WHEN ${broken} THEN ${at + 1}`).join(" ")} ELSE 0 END`;

/** True for ids that are whole numbers, written as such: "7", but not "07", "7.0" or "x". */
export const isWholeSql = (id: string): string => `${id} = CAST(TRY_CAST(${id} AS BIGINT) AS VARCHAR)`;

/** A share in [0, 1) that belongs to a seed and a text, drawn by MD5. */
export const drawSql = (seed: number, key: string): string =>
	`CAST(md5_number(concat(${sqlText(`${seed}/`)}, ${key})) % 1000000 AS DOUBLE) / 1000000`;
