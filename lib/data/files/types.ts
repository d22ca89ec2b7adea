import { InputError } from "../../core/problem";
import { sqlName } from "../duckdb";

/** What a column is for, which says what may stand in it. */
export type ColumnUse = "event" | "id" | "ids" | "weights" | "number" | "time" | "part" | "truth";

/** A column of a raw table, with what it is for. */
export interface RawColumn {
	/** Its name in the files; for one that is computed, its name in messages. */
	name: string;
	use: ColumnUse;
	/** For a computed column: an SQL expression over columns of a CSV file, which `at` names. */
	sql?: (at: (column: string) => string) => string;
}

/** A log file before it is read. */
export interface LogFile {
	path: string;
	name: string;
	columns: readonly string[];
	/** Column → DuckDB's type, for Parquet. */
	types?: Readonly<Record<string, string>>;
	/** What parts the fields of a CSV file. */
	delimiter?: string;
}

type Family = "text" | "whole" | "huge" | "real" | "boolean" | "date" | "other";

/** What each use takes: families of a single value, or of a list's elements; and how that is said. */
const TAKES: Record<ColumnUse, { list: boolean; families: readonly Family[]; words: string }> = {
	event: {
		list: false,
		families: ["text", "whole", "huge", "real", "boolean"],
		words: "an event: 0 or 1, true or false",
	},
	id: {
		list: false,
		families: ["text", "whole", "huge", "boolean", "date"],
		words: 'kind "id": whole numbers or text',
	},
	ids: { list: true, families: ["text", "whole", "huge"], words: 'kind "ids": lists of whole numbers or text' },
	weights: { list: true, families: ["text", "whole", "huge", "real"], words: "weights: lists of numbers" },
	number: { list: false, families: ["text", "whole", "huge", "real"], words: 'kind "number": numbers' },
	time: {
		list: false,
		families: ["text", "whole", "huge", "real", "date"],
		words: "the time: numbers, dates or timestamps",
	},
	part: { list: false, families: ["text"], words: 'the column of "split": train, valid or test' },
	truth: { list: false, families: ["text", "whole", "huge", "real"], words: "the truth: numbers from 0 to 1" },
};

const family = (type: string): Family => {
	if (type.includes("[")) return "other";
	if (/^(VARCHAR|ENUM|UUID)/.test(type)) return "text";
	if (/^(TINYINT|SMALLINT|INTEGER|BIGINT|UTINYINT|USMALLINT|UINTEGER)$/.test(type)) return "whole";
	if (/^(UBIGINT|HUGEINT|UHUGEINT)$/.test(type)) return "huge";
	if (/^(FLOAT|DOUBLE|DECIMAL)/.test(type)) return "real";
	if (type === "BOOLEAN") return "boolean";
	return /^(DATE|TIMESTAMP)/.test(type) ? "date" : "other";
};

/** The type a use gives to a family of values in the table `raw`. */
const kept = (use: ColumnUse, of: Family): string => {
	if (use === "time" && of === "date") return "DOUBLE";
	if (of === "whole") return "BIGINT";
	if (of === "real") return "DOUBLE";
	return of === "huge" && use !== "id" && use !== "ids" ? "DOUBLE" : "VARCHAR";
};

/**
 * The type of a column in the table `raw`: BIGINT, DOUBLE or VARCHAR, or a list of them. Text, where files do not agree.
 *
 * @throws InputError a file's type does not fit the use, or lists in one file and text in another
 */
export function rawType(column: RawColumn, files: readonly LogFile[]): string {
	const takes = TAKES[column.use];
	const types = files.map((file) => {
		if (file.types === undefined) return "VARCHAR";
		if (column.sql) throw new InputError(`${file.path} is Parquet: this reader takes the data set's CSV files`);
		const type = file.types[column.name];
		const [element, isList] = type.endsWith("[]") ? [type.slice(0, -2), true] : [type, false];
		const of = family(element);
		if (!takes.families.includes(of) || (isList !== takes.list && !(takes.list && of === "text")))
			throw new InputError(
				`${file.path}: column "${column.name}" is ${type}, but the schema takes it for ${takes.words}. Change the schema or the column`,
			);
		return `${kept(column.use, of)}${isList ? "[]" : ""}`;
	});
	if (types.every((type) => type === types[0])) return types[0];
	const other = types.findIndex((type) => type.endsWith("[]") !== types[0].endsWith("[]"));
	if (other !== -1)
		throw new InputError(
			`column "${column.name}" holds lists in only one of ${files[0].path} and ${files[other].path}: convert one of them`,
		);
	return types[0].endsWith("[]") ? "VARCHAR[]" : "VARCHAR";
}

/** An SQL expression that takes a column from a Parquet file into the table `raw`. */
export function rawSql({ name, use }: RawColumn, types: Readonly<Record<string, string>>, type: string): string {
	const column = sqlName(name);
	const isDate = use === "time" && family(types[name]) === "date";
	const value = isDate ? secondsOf(column) : column;
	return `CAST(${value} AS ${type})`;
}

/** A date or timestamp as seconds since 1970 (UTC); NULL where it is none. */
export const secondsOf = (value: string): string => `CASE WHEN isfinite(${value}) THEN epoch_us(${value}) / 1e6 END`;
