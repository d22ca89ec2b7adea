import { basename } from "node:path";
import { InputError } from "../../core/problem";
import type { DuckDb } from "../duckdb";
import { drawSql, type RowSql } from "./rows";
import type { FileSplit } from "./schemaFileSplit";

/**
 * An SQL expression that gives a row of the table `raw` its part: 0 train, 1 test, 2 validation.
 *
 * By time: the cuts lie where `split` puts them; they are rounded where all times are whole numbers. Drawn rows: by MD5 of the
 * seed and the user, the group, or the row's number, so the same rows are drawn on every machine.
 *
 * @param files names of the files, in order
 * @throws InputError no file is of the test part
 */
export async function partSql(
	db: DuckDb,
	split: FileSplit,
	rows: RowSql,
	user: string | undefined,
	files: readonly string[],
): Promise<string> {
	const cut = (value: string, testFrom: number | string, validFrom: number) =>
		`CASE WHEN ${value} >= ${testFrom}::DOUBLE THEN 1 WHEN ${value} >= ${validFrom}::DOUBLE THEN 2 ELSE 0 END`;
	/** Without an own column, rows are drawn by their file and their line, or row, in it. */
	const drawn = (key: string | undefined, seed: number): string => {
		const row = "concat(file, ':', place)";
		return drawSql(seed, key === undefined ? row : `coalesce(CAST(${key} AS VARCHAR), ${row})`);
	};
	if (split.by === "column") return rows.part as string;
	if (split.by === "time") {
		const [{ first, last, whole }] = await db.rows(
			`SELECT min(t) AS first, max(t) AS last, bool_and(t = round(t)) AS whole FROM (SELECT (${rows.time}) AS t FROM raw)`,
		);
		const from = first as number;
		const span = (last as number) - from + (whole ? 1 : 0);
		const round = whole ? Math.round : (value: number) => value;
		const testFrom = split.test === 0 ? "'infinity'" : from + round(span * (1 - split.test));
		return cut(`(${rows.time})`, testFrom, from + round(span * (1 - split.test - split.valid)));
	}
	if (split.by === "file") {
		const isTest = files.map((file) => split.test.some((pattern) => matches(pattern, file)));
		if (!isTest.includes(true))
			throw new InputError(
				`"split" puts files named ${split.test.join(", ")} into the test part, but none is among ${files.join(", ")}`,
			);
		const group = split.group === undefined ? undefined : rows.raw(split.group, "id");
		const tests = isTest.flatMap((test, at) => (test ? [at] : [])).join(", ");
		return `CASE WHEN file IN (${tests}) THEN 1 WHEN ${drawn(group, split.seed)} < ${split.valid} THEN 2 ELSE 0 END`;
	}
	const share = drawn(split.by === "user" ? user : undefined, split.seed);
	return cut(`(${share})`, 1 - split.test, 1 - split.test - split.valid);
}

/** Whether a file's name is what a pattern with `*` says. */
function matches(pattern: string, file: string): boolean {
	const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
	return new RegExp(`^${parts.join(".*")}$`).test(basename(file));
}
