import type { PaperRow, PaperTable } from "./table";

/** A quotient of two statistics, ours (mean over logs) beside theirs; null where one of the two is unknown. */
export interface Quotient {
	/** "#click / #impression". */
	rate: string;
	label: string;
	ours: number | null;
	theirs: number | null;
}

/**
 * How sparse a log is: quotients of the counts of a table of statistics, for each of its data sets, by the same
 * division on both sides. A paper's quotient is as exact as its rounded counts.
 *
 * @param pairs [count, count it is divided by], by column
 */
export function sparsity({ rows }: PaperTable, pairs: readonly (readonly [string, string])[]): Quotient[] {
	const labels = [...new Set(rows.map((row) => row.label))];
	return labels.flatMap((label) =>
		pairs.map(([top, bottom]) => {
			const find = (column: string) => rows.find((row) => row.label === label && row.column === column);
			const [a, b] = [find(top), find(bottom)];
			return {
				rate: `${top} / ${bottom}`,
				label,
				ours: quotient(a?.ours.mean, b?.ours.mean),
				theirs: quotient(a?.published?.value, b?.published?.value),
			};
		}),
	);
}

const quotient = (top: PaperRow["ours"]["mean"] | undefined, bottom: number | undefined): number | null =>
	top !== undefined && bottom !== undefined && Number.isFinite(top / bottom) ? top / bottom : null;
