import { InputError } from "../../core/problem";
import type { PaperTable } from "../../papers/table/table";
import { barsWithIntervals } from "../barsWithIntervals";
import { curves } from "../curves";
import type { Figure } from "../figure";
import { noteOfIntervals } from "./sweepCurves";

type Rows = Pick<PaperTable, "rows">;

/** Columns or labels of tables, each once, in their order. */
const distinct = (tables: readonly Rows[], key: "label" | "column"): string[] => [
	...new Set(tables.flatMap(({ rows }) => rows.map((row) => row[key]))),
];

/**
 * The same methods on logs of growing size: for each column a panel, for each method a curve of its difference to its baseline, paired
 * over seeds, with its 95 % interval as a bar; bars of different methods stand beside each other.
 *
 * @param sizes each size's place on the axis, and its table
 * @param methods labels of the methods that are drawn
 * @throws InputError a method that a table does not have, or has as a baseline
 */
export function sizeCurves(figure: {
	title: string;
	x: string;
	sizes: readonly { at: number; table: Rows }[];
	methods: readonly string[];
}): Figure {
	const { title, x, sizes, methods } = figure;
	const tables = sizes.map(({ table }) => table);
	const differences = (label: string, column: string) =>
		tables.map(({ rows }) => {
			const found = rows.find((row) => row.label === label && row.column === column)?.compared;
			if (!found) throw new InputError(`figure "${title}": a table has no difference of "${label}" in "${column}"`);
			return found;
		});
	return curves({
		title,
		x,
		bars: true,
		note: noteOfIntervals(
			tables.flatMap(({ rows }) => rows),
			"bars",
		),
		panels: distinct(tables, "column").map((column) => ({
			title: `${column} − ${differences(methods[0], column)[0].names.split(" − ")[1]}`,
			curves: methods.map((name) => {
				const of = differences(name, column);
				const at = (end: "mean" | "low" | "high") => of.map((difference) => difference[end]);
				return { name, x: sizes.map(({ at }) => at), y: at("mean"), low: at("low"), high: at("high") };
			}),
		})),
	});
}

/**
 * One method's probabilities against their truth: the columns of its tables down the page, a panel a table, with 95 % intervals over
 * seeds.
 *
 * @param panels what each table measures, and the value that "nothing learnt" or "no bias" would give, where its bars begin
 * @throws InputError a method that a table does not have
 */
export function truthBars(figure: {
	title: string;
	method: string;
	panels: readonly { name: string; baseline: number; table: Rows }[];
}): Figure {
	const { title, method, panels } = figure;
	const probs = distinct(
		panels.map(({ table }) => table),
		"column",
	);
	return barsWithIntervals({
		title,
		methods: probs,
		metrics: panels.map(({ name, baseline, table }) => {
			const of = table.rows.filter(({ label }) => label === method);
			if (of.length === 0) throw new InputError(`figure "${title}": the table of ${name} has no method "${method}"`);
			return { name, baseline, values: probs.map((prob) => of.find(({ column }) => column === prob)?.ours ?? null) };
		}),
	});
}
