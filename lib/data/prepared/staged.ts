import type { DuckDb } from "../duckdb";
import type { Group } from "../schema";

/** A raw feature column of the table `staged`, or of `staged_common`. */
export interface StagedFeature {
	/**
	 * `id`: INTEGER or BIGINT (absent: NULL or below 1), or VARCHAR (absent: NULL or ''). `ids`: lists of them, never NULL.
	 * `number`: DOUBLE, never NULL.
	 */
	kind: "id" | "ids" | "number";
	/** The table it lies in: one value an impression, or one a common row that many impressions share (lists only). */
	of: "row" | "common";
	/** Of a number: it becomes an id, its quantile bucket; NaN where it is missing. */
	quantiles?: true;
	/** What it tells of. */
	group?: Group;
	/** A list has a FLOAT[] column "<name>.weights" of the same lengths. */
	weights?: boolean;
}

/**
 * A log as a reader leaves it in the database: raw, one row an impression, in the source's order.
 *
 * Table `staged`: `part` UTINYINT (0 train, 1 test, 2 validation), each event UTINYINT under its name, each feature of a row
 * under its name, FLOAT truth columns, and `common` INTEGER where lists belong to common rows. Those lie in the table
 * `staged_common` with a column `common` 0, 1, … in order.
 */
export interface Staged {
	events: readonly string[];
	features: Readonly<Record<string, StagedFeature>>;
	/** Column of the user, of any type. */
	user?: string;
	/** Column of the time, DOUBLE and never NULL. */
	time?: string;
	/** Columns of the truth. */
	truth?: readonly string[];
}

/** Name of a part → its number in the column `part`. */
export const PART = { train: 0, valid: 2, test: 1 } as const;

/** Column → its type in a table, as DuckDB writes it: "INTEGER", "VARCHAR[]". */
export async function typesOf(db: DuckDb, table: string): Promise<Record<string, string>> {
	const columns = await db.rows(`SELECT column_name, column_type FROM (DESCRIBE ${table})`);
	return Object.fromEntries(columns.map(({ column_name, column_type }) => [column_name, column_type as string]));
}

/** The table a feature lies in. */
export const tableOf = ({ of }: StagedFeature): string => (of === "common" ? "staged_common" : "staged");

/** An SQL condition: whether a raw id of a type is there at all. */
export const isThere = (id: string, type: string): string => (type.startsWith("VARCHAR") ? `${id} <> ''` : `${id} > 0`);
