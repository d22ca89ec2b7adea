import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../core/random";
import { openDuckDb, sqlText } from "../duckdb";

/** For tests: a row of a log of one's own. */
export interface SampleRow {
	uid: number;
	ts: number;
	click: number;
	buy: number;
	cat: number;
	price: number;
	tags: number[];
	w: number[];
}

/** For tests: the schema of these rows' files. */
export const schemaFor = {
	user: "uid",
	time: "ts",
	events: { click: "is_click", conversion: "is_buy" },
	implies: { conversion: "click" },
	features: { cat: { kind: "id" }, price: { kind: "number" }, tags: { kind: "ids", weights: "w" } },
	split: { by: "time", valid: 0.1, test: 0.2 },
};

/** For tests: good rows in the order of time, with absent ids (0) and empty lists among them. */
export function rowsFor(n: number, random: Random): SampleRow[] {
	return Array.from({ length: n }, (_, i) => {
		const click = random.uniform() < 0.4 ? 1 : 0;
		const tags = Array.from({ length: random.int(4) }, () => random.int(30));
		return {
			uid: 1 + random.int(40),
			ts: 1_700_000_000 + i * 60 + random.int(50),
			click,
			buy: click === 1 && random.uniform() < 0.3 ? 1 : 0,
			cat: Math.floor(random.uniform() ** 3 * 60),
			price: Math.round(random.uniform() * 1e5) / 100,
			tags,
			w: tags.map(() => 1 + random.int(8) / 8),
		};
	});
}

/** For tests: the rows as files in several formats, and in two halves. */
export async function filesFor(folder: string, rows: readonly SampleRow[]) {
	const text = (delimiter: string, some: readonly SampleRow[]) =>
		[
			["uid", "ts", "is_click", "is_buy", "cat", "price", "tags", "w"],
			...some.map((row) => [
				row.uid,
				row.ts,
				row.click,
				row.buy,
				row.cat,
				row.price,
				row.tags.join("|"),
				row.w.join("|"),
			]),
			[],
		]
			.map((cells) => cells.join(delimiter))
			.join("\n");
	const at = (name: string) => join(folder, name);
	const half = Math.floor(rows.length / 2);
	writeFileSync(at("log.csv"), text(",", rows));
	writeFileSync(at("log.tsv"), text("\t", rows));
	writeFileSync(at("a.csv"), text(",", rows.slice(0, half)));
	writeFileSync(at("b.csv"), text(",", rows.slice(half)));
	const db = await openDuckDb();
	const csv = `read_csv(${sqlText(at("log.csv"))}, all_varchar = true)`;
	const list = (column: string, type: string) =>
		`CASE WHEN ${column} IS NULL THEN [] ELSE string_split(${column}, '|') END::${type}[] AS ${column}`;
	await db.run(`COPY (SELECT uid::INTEGER AS uid, ts::BIGINT AS ts, is_click::BOOLEAN AS is_click, is_buy::TINYINT AS is_buy,
		cat::UINTEGER AS cat, price::DOUBLE AS price, ${list("tags", "SMALLINT")}, ${list("w", "DOUBLE")} FROM ${csv})
		TO ${sqlText(at("log.parquet"))} (FORMAT parquet)`);
	await db.run(`COPY (SELECT * FROM ${csv}) TO ${sqlText(at("text.parquet"))} (FORMAT parquet)`);
	db.close();
	return {
		csv: at("log.csv"),
		tsv: at("log.tsv"),
		parquet: at("log.parquet"),
		textParquet: at("text.parquet"),
		halves: [at("a.csv"), at("b.csv")],
	};
}
