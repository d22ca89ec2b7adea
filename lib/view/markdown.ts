import { markdownTable } from "markdown-table";
import { type Cell, checkTable, type Table, wordsOf } from "./table";

/** The table in GitHub's Markdown: the title in bold, the best of a column in bold, notes as small lines. */
export function toMarkdown(table: Table): string {
	checkTable(table);
	const cells = (row: Cell[]) => row.map((cell) => bold(cell, escapeMarkdown));
	return blocks(
		`**${escapeMarkdown(table.title)}**`,
		small(table.lead),
		grid(
			table,
			table.columns.map((column) => escapeMarkdown(column.name)),
			table.rows.map(cells),
		),
		small(table.notes),
	);
}

const small = (lines: readonly string[] = []): string =>
	lines.map((line) => `<sub>${escapeMarkdown(line)}</sub>`).join("<br>\n");

/** The table for a terminal: the same grid without escapes, each note on a line. */
export function toText(table: Table): string {
	checkTable(table);
	const oneLine = (text: string) => text.replace(/\s*\n\s*/g, " ");
	const cells = (row: Cell[]) => row.map((cell) => bold(cell, oneLine));
	return blocks(
		table.title,
		(table.lead ?? []).join("\n"),
		grid(
			table,
			table.columns.map((column) => oneLine(column.name)),
			table.rows.map(cells),
		),
		table.notes.join("\n"),
	);
}

/** Text with everything that Markdown, inline HTML or MathJax would read as a mark made literal. */
export const escapeMarkdown = (text: string): string =>
	text
		.replace(/[\\`*_~$[\]|]/g, "\\$&")
		.replace(/&/g, "&amp;")
		.replace(/</g, "&lt;")
		.replace(/>/g, "&gt;")
		.replace(/\s*\n\s*/g, "<br>");

function bold(cell: Cell, literal: (text: string) => string): string {
	const { value, rest, best } = wordsOf(cell);
	return best ? `**${literal(value)}**${rest}` : literal(value) + rest;
}

function grid(table: Table, names: string[], rows: string[][]): string {
	return markdownTable([names, ...rows], {
		align: table.columns.map((column) => (column.align === "right" ? "right" : "left")),
	});
}

const blocks = (...parts: string[]): string => `${parts.filter((part) => part !== "").join("\n\n")}\n`;
