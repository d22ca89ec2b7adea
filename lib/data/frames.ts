import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../core/root";

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
 * An arquero table of plain records or of typed columns, for `groupby`, `rollup` and joins in a notebook.
 * Typed columns are taken as they are, without a copy.
 */
export function frame(data: readonly object[] | Readonly<Record<string, ArrayLike<unknown>>>): Frame {
	return Array.isArray(data) ? arquero().from(data) : arquero().table(data as Record<string, ArrayLike<unknown>>);
}
