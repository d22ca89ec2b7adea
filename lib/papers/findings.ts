import type { PaperRow, PaperTable } from "./table/table";
import type { Compared } from "./table/verdict";

/**
 * What a paper's table found, in sentences: for each column and baseline which methods are above it and which below, each with its
 * interval and whether the paper prints the same order, and of which no difference was seen. Only differences that stand after Holm
 * over the table count as seen. A table without comparisons has none.
 */
export function findings({ rows }: Pick<PaperTable, "rows">): string[] {
	const compared = rows.flatMap((row) => (row.compared ? [{ row, ...row.compared }] : []));
	const keyOf = ({ row, names }: (typeof compared)[number]) => `${row.column}: against ${baselineOf(names)}`;
	const groups = new Map<string, typeof compared>();
	for (const one of compared) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
	return [...groups].map(([key, of]) => {
		const seen = of.filter(isSeen);
		const above = seen.filter(({ mean }) => mean > 0).map(inWords);
		const below = seen.filter(({ mean }) => mean < 0).map(inWords);
		const unseen = of.filter((one) => !isSeen(one) && one.adjusted !== null);
		const untested = of.filter(({ adjusted }) => adjusted === null).map(({ row }) => row.label);
		const parts = [
			above.length > 0 ? `above it ${above.join(", ")}` : "",
			below.length > 0 ? `below it ${below.join(", ")}` : "",
			unseen.length > 0 ? `no difference seen for ${namesOf(unseen, of.length)}${smallest(unseen)}` : "",
			untested.length > 0 ? `no test for ${untested.join(", ")}` : "",
		];
		return `${key} (${of[0].over}): ${parts.filter((part) => part !== "").join("; ")}.`;
	});
}

const baselineOf = (names: string): string => names.split(" − ")[1];
const isSeen = ({ adjusted }: Compared): boolean => adjusted !== null && adjusted <= 0.05;
/** "any of 6" where there is nothing else to tell. */
const namesOf = (unseen: readonly { row: PaperRow }[], all: number): string =>
	unseen.length === all && all > 3 ? `any of ${all}` : unseen.map(({ row }) => row.label).join(", ");
const signed = (x: number): string => `${x >= 0 ? "+" : "−"}${Math.abs(x).toFixed(4)}`;

function inWords({ row, mean, low, high }: Compared & { row: PaperRow }): string {
	const paper = { "same-order": ", as in the paper", outside: ", against the paper" }[row.verdict as string] ?? "";
	return `${row.label} by ${signed(mean)} [${signed(low)}, ${signed(high)}]${paper}`;
}

/** " (smaller ones than 0.0046 to 0.0218 would not be seen)". */
function smallest(unseen: readonly Compared[]): string {
	const known = unseen.map(({ detectable }) => detectable).filter(Number.isFinite);
	if (known.length === 0) return "";
	const [least, most] = [Math.min(...known).toFixed(4), Math.max(...known).toFixed(4)];
	return ` (smaller ones than ${least === most ? least : `${least} to ${most}`} would hardly be seen)`;
}
