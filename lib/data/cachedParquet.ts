import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../core/root";
import type { Log } from "./log";
import { type ParquetColumn, writeParquet } from "./parquet";

/**
 * Writes the columns of a log to data/cache/NAME.parquet and answers that name, relative to the project's folder, as
 * `sql` takes it: ``await sql`select count(*) from ${file}` ``. A file of before is replaced.
 */
export async function cachedParquet({ columns }: Log, name: string): Promise<string> {
	const file = `data/cache/${name}.parquet`;
	await mkdir(join(projectRoot(), "data/cache"), { recursive: true });
	await writeParquet(join(projectRoot(), file), flat(columns));
	return file;
}

/** Columns as Parquet's: a list with weights is two columns. */
function flat(columns: Log["columns"]): Record<string, ParquetColumn> {
	return Object.fromEntries(
		Object.entries(columns).flatMap(([name, column]): [string, ParquetColumn][] =>
			"offsets" in column && column.weights
				? [
						[name, column],
						[`${name}.weights`, { offsets: column.offsets, values: column.weights }],
					]
				: [[name, column]],
		),
	);
}
