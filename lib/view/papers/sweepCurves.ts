import { InputError } from "../../core/problem";
import type { PaperTable } from "../../papers/table/table";
import { curves } from "../curves";
import type { Figure } from "../figure";

/** Values that span more than this factor stand on a log axis. */
const WIDE = 8;

/** "bands: 95 % over 5 paired seeds". */
export function noteOfIntervals(rows: PaperTable["rows"], drawn: "bands" | "bars"): string {
	const over = new Set(rows.flatMap(({ compared }) => compared?.over ?? []));
	return `${drawn}: 95 %${over.size > 0 ? ` over ${[...over].join(" or ")}` : ""}`;
}

/**
 * A sweep as curves: for each column of its table a panel with every setting's difference to the setting that it is compared with, paired
 * over seeds, in its 95 % interval. Differences and not values, since logs differ from each other by more than settings do.
 *
 * @param table whose methods are the settings
 * @param x what the horizontal axis says, and each method's place on it
 * @throws InputError not one value a setting
 */
export function sweepCurves(
	{ title, rows }: Pick<PaperTable, "title" | "rows">,
	x: { setting: string; values: readonly number[] },
): Figure {
	const labels = [...new Set(rows.map(({ label }) => label))];
	if (labels.length !== x.values.length)
		throw new InputError(`figure "${title}": ${x.values.length} values of ${x.setting} for ${labels.length} settings`);
	const columns = [...new Set(rows.map(({ column }) => column))];
	const wide = Math.max(...x.values) / Math.min(...x.values) > WIDE && Math.min(...x.values) > 0;
	return curves({
		title,
		x: wide ? `${x.setting}, log scale` : x.setting,
		note: noteOfIntervals(rows, "bands"),
		...(wide ? { log: { at: x.values, words: x.values.map(String) } } : {}),
		panels: columns.map((column) => {
			const of = labels.map((label) => rows.find((row) => row.label === label && row.column === column));
			const baseline = of.find((row) => row && !row.compared);
			const at = (name: "mean" | "low" | "high") =>
				of.map((row) => (row === undefined ? Number.NaN : row.compared ? row.compared[name] : 0));
			return {
				title: baseline ? `${column}: difference to ${baseline.label}` : column,
				curves: [{ name: "ours", x: x.values, y: at("mean"), low: at("low"), high: at("high") }],
			};
		}),
	});
}
