import { type Cell, checkTable, isEstimate, type Table } from "./table";

const PARTS = ["std", "low", "high", "n"] as const;

/**
 * The table as CSV (RFC 4180, LF line ends, UTF-8): every number in full precision, no value is an empty field.
 *
 * A column with estimates is its mean, followed by "NAME std", "NAME low", "NAME high", "NAME n" where any row has
 * one. Title and notes are not part of a CSV file.
 */
export function toCsv(table: Table): string {
	checkTable(table);
	const shown = table.columns.map((_, j) =>
		PARTS.filter((part) => table.rows.some((row) => partOf(row[j] ?? null, part) !== "")),
	);
	const head = table.columns.flatMap((column, j) => [
		column.name,
		...(shown[j] ?? []).map((part) => `${column.name} ${part}`),
	]);
	const rows = table.rows.map((row) =>
		row.flatMap((cell, j) => [meanOf(cell), ...(shown[j] ?? []).map((part) => partOf(cell, part))]),
	);
	return [head, ...rows].map((fields) => `${fields.map(quote).join(",")}\n`).join("");
}

function meanOf(cell: Cell): string {
	if (cell === null) return "";
	return isEstimate(cell) ? String(cell.mean) : String(cell);
}

function partOf(cell: Cell, part: (typeof PARTS)[number]): string {
	const value = isEstimate(cell) ? cell[part] : undefined;
	return Number.isFinite(value) ? String(value) : "";
}

const quote = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replace(/"/g, '""')}"` : field);
