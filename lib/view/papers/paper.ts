import type { PaperRow, PaperTable } from "../../papers/table/table";
import { barsWithIntervals } from "../barsWithIntervals";
import type { Figure } from "../figure";
import type { Cell, Table } from "../table";
import { isStatistics, statisticsView } from "./statistics";

/**
 * A paper's table for people: a method a row, ours beside theirs for each column, and the verdicts as notes. Where nothing is printed
 * that ours could stand beside, each number stands beside its difference to the method that it is compared with. A table of statistics
 * has a statistic a row. A number that no run gave is an empty cell.
 */
export function paperView(table: PaperTable): Table {
	if (isStatistics(table)) return statisticsView(table);
	const { title, lead, notes, rows } = table;
	const isPrinted = rows.some(({ published }) => published !== null);
	const methods = [...new Set(rows.map((row) => row.label))];
	const columns = [...new Set(rows.map((row) => row.column))];
	const find = (label: string, column: string) => rows.find((row) => row.label === label && row.column === column);
	const beside = isPrinted ? "theirs" : `difference to ${baselineOf(rows)}`;
	return {
		title: isPrinted ? `${title}: ours beside theirs` : title,
		...(lead ? { lead } : {}),
		columns: [
			{ name: "method" },
			...columns.flatMap((column) => [
				{ name: isPrinted ? `${column}, ours` : column, align: "right" as const },
				{ name: beside, align: "right" as const },
			]),
		],
		rows: methods.map((label) => [
			label,
			...columns.flatMap((column) => {
				const row = find(label, column);
				if (!row) return [null, null];
				return [ours(row), isPrinted ? theirs(row) : difference(row)];
			}),
		]),
		notes: isPrinted
			? [...notes, ...rows.filter(isJudged).map((row) => `${row.column}: ${row.verdict}. ${row.reason}`)]
			: [...notes, aboutDifferences(rows)],
	};
}

/** A number that no run gave is an empty cell. */
const ours = ({ ours: { mean, ...more }, best }: PaperRow): Cell =>
	Number.isNaN(mean) ? null : { mean, ...more, best };

const theirs = ({ published }: PaperRow): Cell => published && { mean: published.value, std: published.std };

/** Mean and interval; bold where it is seen after Holm over the table. */
function difference({ compared }: PaperRow): Cell {
	if (!compared || Number.isNaN(compared.mean)) return null;
	const { mean, low, high, adjusted } = compared;
	return { mean, low, high, signed: true, best: adjusted !== null && adjusted <= 0.05 };
}

/** "BASE"; "its baseline" where methods have different ones. */
function baselineOf(rows: readonly PaperRow[]): string {
	const names = new Set(rows.flatMap(({ label, compared }) => compared?.names.slice(`${label} − `.length) ?? []));
	return names.size === 1 ? [...names][0] : "its baseline";
}

function aboutDifferences(rows: readonly PaperRow[]): string {
	const compared = rows.flatMap((row) => row.compared ?? []);
	const known = compared.filter(({ adjusted }) => adjusted !== null);
	const reasons = new Set(
		compared.filter(({ adjusted }) => adjusted === null).map(({ reason }) => reason ?? "no test"),
	);
	return [
		...(known.length > 0
			? [`differences over ${known[0].over}, bold where p ≤ 0.05 after Holm over ${known[0].tests} comparisons`]
			: []),
		...(reasons.size > 0 ? [`${compared.length - known.length} without a test: ${[...reasons].join(", ")}`] : []),
	].join("; ");
}

/** A baseline of another log than the paper's is compared with nothing. */
const isJudged = ({ reason }: PaperRow): boolean => !reason.startsWith("baseline;");

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
