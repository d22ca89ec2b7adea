import type { PaperRow, PaperTable } from "../../papers/table/table";
import { type Curve, curves } from "../curves";
import type { Figure } from "../figure";
import { heatMapPanels, type MapCell } from "../heatMapPanels";

/** A row of a table whose labels are "METHOD, 5 %". */
interface AtShare {
	row: PaperRow;
	method: string;
	/** In percent. */
	share: number;
}

/**
 * Means over the share of the rows that each method was trained on, on a log axis: a panel a column of the table, a curve a method.
 * Intervals of the values are left out: they are those of the logs, which all methods share; `shareMap` has those of the differences.
 *
 * @param table whose labels are "METHOD, 5 %"
 */
export function shareCurves({ title, rows }: Pick<PaperTable, "title" | "rows">): Figure {
	const all = atShares(rows);
	const shares = sharesOf(all);
	const panels = columnsOf(rows).map((column) => ({
		title: column,
		curves: methodsOf(all).map((name): Curve => {
			const of = shares.map((share) => find(all, column, name, share)?.ours.mean ?? Number.NaN);
			return { name, x: shares, y: of };
		}),
	}));
	const log = { at: shares, words: shares.map((share) => `${share} %`) };
	return curves({ title, x: "share of the training rows, log scale", panels, log });
}

/**
 * Each method's difference to the baseline of the same share, in its interval: a map a column of the table, methods down, shares across;
 * bold where p ≤ 0.05 after Holm over the table.
 *
 * @param table whose labels are "METHOD, 5 %"
 */
export function shareMap({ title, rows }: Pick<PaperTable, "title" | "rows">): Figure {
	const all = atShares(rows);
	const [shares, columns] = [sharesOf(all), columnsOf(rows)];
	const methods = methodsOf(all).filter((name) => all.some(({ method, row }) => method === name && row.compared));
	const cell = (column: string, method: string, share: number): MapCell | null => {
		const compared = find(all, column, method, share)?.compared;
		if (!compared) return null;
		const { mean, low, high, adjusted, names } = compared;
		const p =
			adjusted === null ? "no test" : `p ${adjusted < 0.0001 ? "< 0.0001" : `= ${adjusted.toFixed(4)}`} after Holm`;
		return { mean, low, high, bold: adjusted !== null && adjusted <= 0.05, words: `${names}, ${p}` };
	};
	return heatMapPanels({
		title: `${title}: difference to the baseline of the same share`,
		lead: "bold: p ≤ 0.05 after Holm over the table; 95 % intervals",
		columns,
		rows: [""],
		x: { title: "share of the training rows", labels: shares.map((share) => `${share} %`) },
		y: { title: "", labels: methods },
		maps: [columns.map((column) => methods.map((method) => shares.map((share) => cell(column, method, share))))],
		digits: 3,
	});
}

const atShares = (rows: readonly PaperRow[]): AtShare[] =>
	rows.flatMap((row) => {
		const [, method, share] = /^(.+), (\d+) %$/.exec(row.label) ?? [];
		return method === undefined ? [] : [{ row, method, share: Number(share) }];
	});
const find = (all: readonly AtShare[], column: string, method: string, share: number): PaperRow | undefined =>
	all.find((one) => one.row.column === column && one.method === method && one.share === share)?.row;
const methodsOf = (all: readonly AtShare[]): string[] => [...new Set(all.map(({ method }) => method))];
const sharesOf = (all: readonly AtShare[]): number[] =>
	[...new Set(all.map(({ share }) => share))].sort((a, b) => a - b);
const columnsOf = (rows: readonly PaperRow[]): string[] => [...new Set(rows.map(({ column }) => column))];
