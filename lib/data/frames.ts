import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../core/root";
import { type Columns, columnsOf, isLists, lengthOf } from "./columns";
import type { Dataset } from "./dataset";
import type { Log } from "./log";

/**
 * The part of an arquero table that notebooks use most. The object is a whole arquero table: its own types take the
 * kernel seconds to check at the first import, so `import * as aq from "arquero"` is for the cell that wants them all.
 */
export interface Frame {
	numRows(): number;
	columnNames(): string[];
	get(column: string, row: number): unknown;
	objects(): object[];
	select(...columns: string[]): Frame;
	filter(where: unknown): Frame;
	derive(columns: Readonly<Record<string, unknown>>): Frame;
	groupby(...columns: unknown[]): Frame;
	rollup(columns: Readonly<Record<string, unknown>>): Frame;
	orderby(...columns: unknown[]): Frame;
	join(other: Frame, on?: string | string[]): Frame;
	print(): void;
}

/** The part of arquero that goes with it: aggregates (`op.mean("auc")`), falling order, expressions, more tables. */
export interface Arquero {
	readonly op: Readonly<Record<string, (...columns: unknown[]) => unknown>>;
	desc(column: unknown): unknown;
	escape(expression: (row: never) => unknown): unknown;
	from(records: readonly object[]): Frame;
	table(columns: Readonly<Record<string, ArrayLike<unknown>>>): Frame;
}

/** The part of a danfo frame that notebooks use most; the object is a whole danfo frame. */
export interface DanfoFrame {
	readonly shape: number[];
	column(name: string): { readonly values: unknown[]; mean(): number; std(): number; sum(): number };
	head(rows?: number): DanfoFrame;
	describe(): DanfoFrame;
	sortValues(column: string, options?: { ascending?: boolean }): DanfoFrame;
	print(): void;
}

/** The part of danfo that goes with it. */
export interface Danfo {
	readonly DataFrame: new (data: object) => DanfoFrame;
	/** The TensorFlow it runs on: the project's. */
	readonly tensorflow: object;
}

const load = (name: string): unknown => createRequire(join(projectRoot(), "package.json"))(name);

/** Arquero, loaded at the first call. */
export const arquero = (): Arquero => load("arquero") as Arquero;

/** Danfo, loaded at the first call. For result tables and samples: it is slow above some 100,000 rows. */
export const danfo = (): Danfo => load("danfojs-node") as Danfo;

/**
 * An arquero table of plain records, of columns, or of a log's or a data set's columns, for `groupby`, `rollup` and joins in a
 * notebook; `frame(…).objects()` gives records back, for `tableOf` and `show`. Typed columns are taken as they are, without a
 * copy; a column of lists becomes one view a row into its values.
 *
 * Danfo has no such way: `new (danfo().DataFrame)(columns)` refuses typed arrays; `Array.from` of each is taken and copied, at
 * some 150 bytes a value (measured with two columns of 200,000). Give it results and samples.
 *
 * @throws InputError columns of different lengths
 */
export function frame(data: readonly object[] | Log | Dataset | Columns): Frame {
	if (Array.isArray(data)) return arquero().from(data);
	const columns = Object.entries(columnsOf(data as Log | Dataset | Columns));
	return arquero().table(Object.fromEntries(columns.map(([name, column]) => [name, arrayOf(column)])));
}

const arrayOf = (column: Columns[string]): ArrayLike<unknown> =>
	isLists(column)
		? Array.from({ length: lengthOf(column) }, (_, row) =>
				column.values.subarray(column.offsets[row], column.offsets[row + 1]),
			)
		: column;
