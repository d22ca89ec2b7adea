import type { PaperTable } from "../papers/table";
import { barsWithIntervals } from "./barsWithIntervals";
import type { Figure } from "./figure";
import { isStatistics, statisticsView } from "./statistics";
import type { Table } from "./table";

/**
 * A paper's table for people: a method a row, ours beside theirs for each column, and the verdicts as notes. A table of
 * statistics has a statistic a row.
 */
export function paperView(table: PaperTable): Table {
	if (isStatistics(table)) return statisticsView(table);
	const { title, lead, notes, rows } = table;
	const methods = [...new Set(rows.map((row) => row.label))];
	const columns = [...new Set(rows.map((row) => row.column))];
	const find = (label: string, column: string) => rows.find((row) => row.label === label && row.column === column);
	return {
		title: `${title}: ours beside theirs`,
		...(lead ? { lead } : {}),
		columns: [
			{ name: "method" },
			...columns.flatMap((column) => [
				{ name: `${column}, ours`, align: "right" as const },
				{ name: "theirs", align: "right" as const },
			]),
		],
		rows: methods.map((label) => [
			label,
			...columns.flatMap((column) => {
				const row = find(label, column);
				if (!row) return [null, null];
				const theirs = row.published && { mean: row.published.value, std: row.published.std };
				return [{ ...row.ours, best: row.best }, theirs];
			}),
		]),
		notes: [...notes, ...rows.filter(isJudged).map((row) => `${row.column}: ${row.verdict}. ${row.reason}`)],
	};
}

/** A baseline of another log than the paper's is compared with nothing. */
const isJudged = ({ reason }: PaperTable["rows"][number]): boolean => !reason.startsWith("baseline;");

/** The same as a figure: bars with 95 % intervals, the published values as hollow marks. */
export function paperFigure({ title, rows }: PaperTable): Figure {
	const methods = [...new Set(rows.map((row) => row.label))];
	const columns = [...new Set(rows.map((row) => row.column))];
	return barsWithIntervals({
		title,
		methods,
		metrics: columns.map((column) => {
			const of = methods.map((label) => rows.find((row) => row.label === label && row.column === column));
			return {
				name: column,
				baseline: /AUC/.test(column) ? 0.5 : 0,
				values: of.map((row) => row?.ours ?? null),
				published: of.map((row) => (row?.published ? { mean: row.published.value, std: row.published.std } : null)),
			};
		}),
	});
}
