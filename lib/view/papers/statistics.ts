import type { PaperRow, PaperTable } from "../../papers/table/table";
import type { Table } from "../table";

/** True for a table of statistics: none of its rows is a model. */
export const isStatistics = ({ rows }: PaperTable): boolean =>
	rows.length > 0 && rows.every((row) => row.model === null);

/**
 * A paper's table of statistics for people: a statistic a row, ours (mean ± deviation over logs) beside what the paper
 * prints for each of its data sets. Counts are whole numbers, fractions percent; "–" is unknown.
 */
export function statisticsView({ title, notes, rows }: PaperTable): Table {
	const labels = [...new Set(rows.map((row) => row.label))];
	const columns = [...new Set(rows.map((row) => row.column))];
	const find = (label: string, column: string) => rows.find((row) => row.label === label && row.column === column);
	const compared = rows.filter((row) => row.verdict === "within" || row.verdict === "outside");
	return {
		title: `${title}: ours beside theirs`,
		columns: [
			{ name: "statistic" },
			{ name: "ours", align: "right" },
			...labels.map((label) => ({ name: `theirs: ${label}`, align: "right" as const })),
		],
		rows: columns.map((column) => {
			const of = labels.map((label) => find(label, column));
			const first = of.find((row) => row !== undefined) as PaperRow;
			return [column, oursOf(first), ...of.map((row) => (row?.published ? words(row.published.value) : null))];
		}),
		notes: [
			...notes,
			...(compared.length > 0
				? compared.map((row) => `${row.column}: ${row.verdict}. ${row.reason}`)
				: ["another log than the papers': no number is compared"]),
		],
	};
}

function oursOf({ ours: { mean, std, n } }: PaperRow): string | null {
	if (n === 0) return null;
	return n > 1 && std > 0 ? `${words(mean)} ± ${words(std, mean)}` : words(mean);
}

/** A count with thousands apart, or a fraction as percent in two digits after the point; as `like` where that is given. */
function words(value: number, like = value): string {
	if (like === 0 || like > 1) return Math.round(value).toLocaleString("en-US");
	const digits = like < 0.001 ? 4 : 2;
	return `${(100 * value).toFixed(digits)}%`;
}
