import type { Prob } from "../../core/prob";
import type { EdgeRate, LogCounts } from "../../data/statistics";
import { published } from "../published";
import { type CountedOn, statisticRows } from "../statistics/statistics";
import type { PaperTable } from "../table/table";

/** Columns of Table 1, with the counts they are. */
const columns: readonly (readonly [string, (counts: LogCounts) => number | null])[] = [
	["#User", ({ users }) => users],
	["#Item", ({ items }) => items],
	["#Impression", ({ impressions }) => impressions],
	["#Click", ({ events }) => events.click ?? null],
	["#Purchase", ({ events }) => events.conversion ?? null],
	["#DAction", ({ events }) => events.dAction ?? null],
];

/** Table 1 of ESM² (Wen et al. 2020): its offline data set beside logs of ours. */
export function esm2Table1(counts: readonly LogCounts[], on: CountedOn): PaperTable {
	const rows = columns.map(([column, count]) => ({
		label: "offline dataset",
		column,
		values: counts.map(count),
		published: published("ESM2", "Table 1", "offline dataset", column),
	}));
	return {
		paper: "esm2",
		title: "ESM², Table 1",
		table: "Table 1",
		notes: [`ours: ${on.log}`, "theirs: a log that was never published"],
		rows: statisticRows(rows, on),
	};
}

/** Edges of Figure 3 with the paper's names; those that the paper does not print are there for ours. */
const edges: readonly (readonly [string, Prob])[] = [
	["P(purchase|click)", "conversion|click"],
	["P(SCart|click)", "cart|click"],
	["P(Wish|click)", "wish|click"],
	["P(DAction|click)", "dAction|click"],
	["P(purchase|SCart)", "conversion|cart"],
	["P(purchase|Wish)", "conversion|wish"],
	["P(purchase|DAction)", "conversion|dAction"],
];

/** The edges that `esm2Figure3` needs counted. */
export const esm2Edges: readonly Prob[] = edges.map(([, prob]) => prob);

/** Where the paper prints the edges: the name of the table that they make. */
export const FIGURE_3 = "Section 3.1 / Figure 3 text";

/**
 * Figure 3 of ESM²: the edges of its behaviour graph with their rates, beside logs of ours.
 *
 * The prose and Table 1 of the paper cannot both be right, which a note says with the numbers.
 *
 * @param rates of each log, for `esm2Edges`
 */
export function esm2Figure3(rates: readonly (readonly EdgeRate[])[], on: CountedOn): PaperTable {
	const rows = edges.map(([column, prob]) => ({
		label: "log analysis",
		column,
		values: rates.map((log) => log.find((edge) => edge.prob === prob)?.rate ?? null),
		published: published("ESM2", FIGURE_3, "log analysis", column),
	}));
	return {
		paper: "esm2",
		title: "ESM², Figure 3: edges of the behaviour graph",
		table: FIGURE_3,
		notes: [`ours: ${on.log}`, contradiction()],
		rows: statisticRows(rows, on),
	};
}

/** What the paper's prose and its Table 1 say of P(purchase | click). */
function contradiction(): string {
	const edge = (column: string) => published("ESM2", FIGURE_3, "log analysis", column)?.value ?? Number.NaN;
	const count = (column: string) => published("ESM2", "Table 1", "offline dataset", column)?.value ?? Number.NaN;
	const percent = (share: number) => `${(100 * share).toFixed(2)}%`;
	const [cart, buy] = [edge("P(SCart|click)"), edge("P(purchase|SCart)")];
	const marginal = count("#Purchase") / count("#Click");
	return `theirs: the prose contradicts Table 1. Purchases by way of the cart alone are P(SCart|click)·P(purchase|SCart) = ${percent(cart * buy)} of the clicks, but Table 1 has ${percent(marginal)} of them in all`;
}
