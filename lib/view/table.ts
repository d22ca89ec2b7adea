import { InputError } from "../core/problem";

/** A number with its uncertainty: a mean over runs, its standard deviation, and an interval around it. */
export interface Estimate {
	mean: number;
	/** Standard deviation over runs. Where it is given, a printed table shows "mean ± std". */
	std?: number;
	/** Lower end of the interval. Without `std`, a printed table shows "mean [low, high]". */
	low?: number;
	/** Upper end of the interval. */
	high?: number;
	/** How many runs. */
	n?: number;
	/** Digits after the point (default 4). */
	digits?: number;
	/** Marked as the best of its column: bold. Whoever builds the table decides it from the paired interval. */
	best?: boolean;
	/** A difference: it and its interval are printed with their sign, "+0.0100". */
	signed?: boolean;
}

/** One cell. null is "no value" and is printed as "–". */
export type Cell = string | number | Estimate | null;

/** A column's name, and where its cells stand (default left). */
export interface TableColumn {
	name: string;
	align?: "left" | "right";
}

/** A table as data: what the formats print and what the notebook shows. */
export interface Table {
	title: string;
	columns: TableColumn[];
	/** Lines above the table: what to know before its numbers are read. */
	lead?: string[];
	/** Each row has one cell a column. */
	rows: Cell[][];
	/** Lines under the table: what the numbers are, what was left out. */
	notes: string[];
}

/** What `tableOf` may be told: which columns in which order (default: all, as first seen), digits, notes. */
export interface TableOptions {
	columns?: string[];
	digits?: number;
	notes?: string[];
}

/** True for a cell that holds an `Estimate`. */
export const isEstimate = (value: unknown): value is Estimate =>
	typeof value === "object" && value !== null && typeof (value as Estimate).mean === "number";

/** True for a `Table`, told from a figure by its rows. */
export const isTable = (value: object): value is Table => "rows" in value && "columns" in value;

/**
 * The table of a list of records, for example `tableOf("Users", arqueroTable.objects())`.
 *
 * Columns whose every value is a number stand right. `digits` is for fractions and for estimates without digits of
 * their own. A record without a column, null and undefined give an empty cell; a list or a nested object is an error.
 */
export function tableOf(title: string, objects: readonly object[], options: TableOptions = {}): Table {
	const records = objects as readonly Record<string, unknown>[];
	const names = options.columns ?? [...new Set(records.flatMap((record) => Object.keys(record)))];
	const known = new Set(records.flatMap((record) => Object.keys(record)));
	for (const name of names)
		if (records.length > 0 && !known.has(name))
			throw new InputError(`table "${title}": no record has a column "${name}"; known: ${[...known].join(", ")}`);
	const rows = records.map((record, i) =>
		names.map((name) => cellOf(record[name], options.digits, `table "${title}", record ${i + 1}, "${name}"`)),
	);
	const columns = names.map((name, j): TableColumn => {
		const given = rows.map((row) => row[j] ?? null).filter((cell) => cell !== null);
		return given.length > 0 && given.every((cell) => typeof cell !== "string") ? { name, align: "right" } : { name };
	});
	return { title, columns, rows, notes: options.notes ?? [] };
}

function cellOf(value: unknown, digits: number | undefined, where: string): Cell {
	if (value === null || value === undefined) return null;
	if (typeof value === "string") return value;
	if (typeof value === "number") {
		return digits === undefined || Number.isInteger(value) ? value : { mean: value, digits };
	}
	if (typeof value === "boolean" || typeof value === "bigint") return String(value);
	if (value instanceof Date) return value.toISOString();
	if (isEstimate(value))
		return { ...value, ...((value.digits ?? digits) === undefined ? {} : { digits: value.digits ?? digits }) };
	throw new InputError(`${where}: a cell is a string, a number or {mean, …}, not ${JSON.stringify(value)}`);
}

/** Throws an `InputError` where a row's length is not the number of columns. */
export function checkTable(table: Table): void {
	table.rows.forEach((row, i) => {
		if (row.length !== table.columns.length)
			throw new InputError(
				`table "${table.title}": row ${i + 1} has ${row.length} cells for ${table.columns.length} columns`,
			);
	});
}

/** An estimate's interval, null where it has none or it is not known: one run has no interval, and JSON no NaN. */
export function intervalOf({ low, high }: Estimate): [number, number] | null {
	return Number.isFinite(low) && Number.isFinite(high) ? [low as number, high as number] : null;
}

/**
 * The words of a cell, in parts: `value` (what may be bold) and `rest` (" ± 0.0037", " [0.65, 0.67]" or nothing).
 * A deviation over one run says nothing and is left out.
 * Whole numbers from 10 000 on have thousands apart; other plain numbers have four digits.
 */
export function wordsOf(cell: Cell): { value: string; rest: string; best: boolean } {
	if (cell === null) return { value: "–", rest: "", best: false };
	if (typeof cell === "string") return { value: cell, rest: "", best: false };
	if (typeof cell === "number") return { value: plain(cell), rest: "", best: false };
	const digits = cell.digits ?? 4;
	const fixed = (value: number) =>
		cell.signed ? `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}` : value.toFixed(digits);
	const interval = intervalOf(cell);
	const rest =
		cell.std !== undefined && (cell.n ?? 2) > 1
			? ` ± ${cell.std.toFixed(digits)}`
			: interval
				? ` [${fixed(interval[0])}, ${fixed(interval[1])}]`
				: "";
	return { value: fixed(cell.mean), rest, best: cell.best ?? false };
}

function plain(value: number): string {
	if (!Number.isInteger(value)) return value.toFixed(4);
	return Math.abs(value) < 10_000 ? String(value) : String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}
