import type { LogCounts } from "../../data/statistics";
import { published } from "../published";
import { type CountedOn, statisticRows } from "../statistics/statistics";
import type { PaperTable } from "../table/table";

/** Columns of the table, with the counts they are. */
const columns: readonly (readonly [string, (counts: LogCounts) => number | null])[] = [
	["#user", ({ users }) => users],
	["#item", ({ items }) => items],
	["#impression", ({ impressions }) => impressions],
	["#click", ({ events }) => events.click ?? null],
	["#conversion", ({ events }) => events.conversion ?? null],
];

/** Table 1 of ESMM (Ma et al. 2018): its public data set, Ali-CCP, and its product data set, beside logs of ours. */
export function esmmTable1(counts: readonly LogCounts[], on: CountedOn): PaperTable {
	const rows = ["Public Dataset", "Product Dataset"].flatMap((label) =>
		statisticRows(
			columns.map(([column, count]) => ({
				label,
				column,
				values: counts.map(count),
				published: published("ESMM", "Table 1", label, column),
			})),
			{ log: on.log, own: on.own && label === "Public Dataset" },
		),
	);
	return {
		paper: "esmm",
		title: "ESMM, Table 1",
		table: "Table 1",
		notes: [
			`ours: ${on.log}`,
			"theirs: rounded counts. Public Dataset is Ali-CCP, Product Dataset was never published",
		],
		rows,
	};
}
