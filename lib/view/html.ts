import { checkTable, type Estimate, intervalOf, isEstimate, type Table, wordsOf } from "./table";

const RULE = "1px solid currentColor";
const CELL = "padding:3px 12px;border:0;white-space:nowrap";

/**
 * The table as HTML that stands on its own: colours come from the page (light or dark), rules above, below and
 * under the head as in a printed paper. Alignment is also given by attributes, since code hosts remove styles.
 * The interval and the number of runs of a cell are in its tooltip.
 */
export function toHtml(table: Table): string {
	checkTable(table);
	const side = (j: number) => (table.columns[j]?.align === "right" ? "right" : "left");
	const head = table.columns.map(
		(column, j) =>
			`<th align="${side(j)}" style="${CELL};border-bottom:${RULE};text-align:${side(j)}">${escapeHtml(column.name)}</th>`,
	);
	const rows = table.rows.map((row) => {
		const cells = row.map((cell, j) => {
			const { value, rest, best } = wordsOf(cell);
			const title = isEstimate(cell) ? ` title="${escapeHtml(detail(cell))}"` : "";
			const shown = best ? `<b>${escapeHtml(value)}</b>` : escapeHtml(value);
			return `<td align="${side(j)}"${title} style="${CELL};text-align:${side(j)}">${shown}${escapeHtml(rest)}</td>`;
		});
		return `<tr>${cells.join("")}</tr>`;
	});
	const small = (line: string) => `<div style="font-size:smaller;opacity:0.8">${escapeHtml(line)}</div>`;
	return [
		`<div style="overflow-x:auto">`,
		`<div><b>${escapeHtml(table.title)}</b></div>`,
		...(table.lead ?? []).map(small),
		`<table style="border-collapse:collapse;border:0;border-top:${RULE};border-bottom:${RULE};margin:6px 0;font-variant-numeric:tabular-nums">`,
		`<thead><tr>${head.join("")}</tr></thead>`,
		"<tbody>",
		...rows,
		"</tbody>",
		"</table>",
		...table.notes.map(small),
		"</div>",
		"",
	].join("\n");
}

/** Text that is safe between tags and inside a quoted attribute. */
export const escapeHtml = (text: string): string =>
	text
		.replace(/&/g, "&amp;")
		.replace(/</g, "&lt;")
		.replace(/>/g, "&gt;")
		.replace(/"/g, "&quot;")
		.replace(/\s*\n\s*/g, "<br>");

function detail(cell: Estimate): string {
	const parts = [`mean ${cell.mean}`];
	if (cell.std !== undefined && (cell.n ?? 2) > 1) parts.push(`std ${cell.std}`);
	const interval = intervalOf(cell);
	if (interval) parts.push(`interval [${interval.join(", ")}]`);
	if (cell.n !== undefined) parts.push(`n = ${cell.n}`);
	return parts.join(", ");
}
