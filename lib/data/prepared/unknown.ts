import { join } from "node:path";
import { type DuckDb, sqlName, sqlText } from "../duckdb";
import { type PerPart, parts } from "./card";
import { isThere, PART, type Staged, type StagedFeature } from "./staged";

/**
 * Field → share of the values that are there but have no code, by part (0 where nothing is there): of lists, of their
 * elements; of lists of the common side, as often as rows of the part use them.
 *
 * @param folder holds the finished files
 */
export async function unknownShares(
	db: DuckDb,
	folder: string,
	{ features }: Staged,
	types: Readonly<Record<string, string>>,
): Promise<Record<string, PerPart>> {
	const shares: Record<string, PerPart> = {};
	const sides = { row: [] as [string, StagedFeature][], common: [] as [string, StagedFeature][] };
	for (const [name, feature] of Object.entries(features))
		if (feature.kind !== "number") sides[feature.of].push([name, feature]);
		// Every value that is there has its bucket.
		else if (feature.quantiles) shares[name] = { train: 0, valid: 0, test: 0 };
	const there = (of: [string, StagedFeature][]) => of.map(([name, { kind }]) => counted(name, kind, types[name]));
	const known = (of: [string, StagedFeature][]) => of.map(([name, { kind }]) => counted(name, kind, "INTEGER"));
	const set = (of: [string, StagedFeature][], part: (typeof parts)[number], all: number[], coded: number[]) => {
		for (const [at, [name]] of of.entries()) {
			shares[name] ??= { train: 0, valid: 0, test: 0 };
			shares[name][part] = all[at] > 0 ? 1 - coded[at] / all[at] : 0;
		}
	};
	for (const part of parts) {
		if (sides.row.length > 0)
			set(
				sides.row,
				part,
				await sums(db, there(sides.row), `staged WHERE part = ${PART[part]}`),
				await sums(db, known(sides.row), sqlText(join(folder, `${part}.parquet`))),
			);
		if (sides.common.length === 0) continue;
		const uses = `(SELECT common, count(*) AS n FROM staged WHERE part = ${PART[part]} GROUP BY common)`;
		const weighted = (terms: string[]) => terms.map((term) => `n * ${term}`);
		const codes = `(SELECT row_number() OVER () - 1 AS common, * FROM ${sqlText(join(folder, "common.parquet"))})`;
		set(
			sides.common,
			part,
			await sums(db, weighted(there(sides.common)), `staged_common JOIN ${uses} USING (common)`),
			await sums(db, weighted(known(sides.common)), `${codes} JOIN ${uses} USING (common)`),
		);
	}
	return shares;
}

/** SQL for how many ids of a row's column are there. */
function counted(name: string, kind: StagedFeature["kind"], type: string): string {
	const column = sqlName(name);
	return kind === "id"
		? `CAST(${isThere(column, type)} AS INTEGER)`
		: `len(list_filter(${column}, lambda x: ${isThere("x", type)}))`;
}

async function sums(db: DuckDb, terms: readonly string[], from: string): Promise<number[]> {
	const [row] = await db.rows(`SELECT ${terms.map((term, at) => `sum(${term}) AS s${at}`).join(", ")} FROM ${from}`);
	return terms.map((_, at) => Number(row[`s${at}`] ?? 0));
}
