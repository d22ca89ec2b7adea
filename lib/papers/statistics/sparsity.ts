import type { PaperTable } from "../table/table";

/** A quotient of two statistics; null where one of the two is unknown. */
export interface Quotient {
	/** "#click / #impression". */
	rate: string;
	/** Of the means over our logs. */
	ours: number | null;
	/** By data set of the paper. */
	theirs: Record<string, number | null>;
}

/**
 * How sparse a log is: quotients of the counts of a table of statistics, by the same division on both sides. A paper's
 * quotient is as exact as its rounded counts.
 *
 * @param pairs [count, count it is divided by], by column
 */
export function sparsity({ rows }: PaperTable, pairs: readonly (readonly [string, string])[]): Quotient[] {
	const labels = [...new Set(rows.map((row) => row.label))];
	const find = (column: string, label: string) => rows.find((row) => row.column === column && row.label === label);
	return pairs.map(([top, bottom]) => ({
		rate: `${top} / ${bottom}`,
		ours: quotient(find(top, labels[0])?.ours.mean, find(bottom, labels[0])?.ours.mean),
		theirs: Object.fromEntries(
			labels.map((label) => [
				label,
				quotient(find(top, label)?.published?.value, find(bottom, label)?.published?.value),
			]),
		),
	}));
}

const quotient = (top: number | undefined, bottom: number | undefined): number | null =>
	top !== undefined && bottom !== undefined && Number.isFinite(top / bottom) ? top / bottom : null;
