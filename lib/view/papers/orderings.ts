import {
	type Appears,
	type OrderingDifference,
	type Orderings,
	orderingMetrics,
	publishedOrderings,
} from "../../papers/orderings";
import type { Table } from "../table";

/** The verdict table: a published ordering and a world a row, for each metric the printed difference, ours with its interval, and whether it is seen. */
export function orderingsView({ scale, rows, tests }: Orderings): Table {
	const isPrinted = (i: number) => rows.some(({ differences }) => differences[i].printed.length > 0);
	const detectable = rows.flatMap(({ differences }) => differences.map(({ difference }) => difference.detectable));
	const known = detectable.filter(Number.isFinite);
	const least =
		known.length === 0
			? "no difference could be tested"
			: `the smallest differences that these runs could detect, each by itself, are ${Math.min(...known).toFixed(4)} to ${Math.max(...known).toFixed(4)}`;
	const logs = [...new Map(rows.map(({ preset, rows, seeds }) => [preset, { rows, seeds }]))];
	return {
		title: "Which published orderings appear on which simulated world",
		lead: [`${countsOf(rows.flatMap(({ differences }) => differences))}; ${least}`],
		columns: [
			{ name: "ordering" },
			{ name: "world" },
			...orderingMetrics.flatMap(({ name }, i) => [
				...(isPrinted(i) ? [{ name: `${name}: printed`, align: "right" as const }] : []),
				{ name: `${isPrinted(i) ? "" : `${name}: `}ours [95 % interval]`, align: "right" as const },
				{ name: "verdict" },
			]),
		],
		rows: rows.map(({ claim, preset, differences }) => [
			claim,
			preset,
			...differences.flatMap(({ printed, difference, appears }, i) => {
				const { mean, low, high } = difference;
				return [...(isPrinted(i) ? [printed.map(signed).join(", ") || null] : []), { mean, low, high }, appears];
			}),
		]),
		notes: [
			`scale ${scale}; ${logs.map(([preset, one]) => `"${preset}" ${one.seeds} logs of ${one.rows.toLocaleString("en-US")} impressions`).join(", ")}; seed S makes the log and the start weights; days split 70/10/20 % as in ESM²; differences are of the test part, better less worse, over paired seeds`,
			`"appears": above 0, "opposite": below 0, at p ≤ 0.05 after Holm over all ${tests} tests of the table; "not seen": neither; "no test": none could be made`,
			"all models have the same embeddings of 8, layers of 64 and 32 and learning rate, none of them searched; each has its own pCTR; BASE is two separate networks, as DNN of ESM²",
			'printed: the papers\' own differences on their own logs; worlds are the simulator\'s presets, none of them the papers\' log and none changed for these runs; "funnel" was set up after a first check on "demo" and "bench" had not shown ESM² > ESMM, so what it shows of that was looked for',
			...publishedOrderings.flatMap(({ claim, remark }) =>
				remark ? [`${claim}: no table at hand prints both; ${remark}`] : [],
			),
		],
	};
}

/** "of 84 comparisons 12 appear, 3 are opposite, 68 are not seen, of 1 there is no test". */
function countsOf(of: readonly OrderingDifference[]): string {
	const count = (kind: Appears) => of.filter(({ appears }) => appears === kind).length;
	const untested = count("no test") > 0 ? `, of ${count("no test")} there is no test` : "";
	return `of ${of.length} comparisons ${count("appears")} appear, ${count("opposite")} are opposite, ${count("not seen")} are not seen${untested}`;
}

const signed = (x: number): string => `${x >= 0 ? "+" : "−"}${Math.abs(x).toFixed(4)}`;
