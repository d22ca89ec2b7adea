import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openDuckDb, sqlText } from "./duckdb";
import { writeParquet } from "./parquet";
import { temporaryFolders } from "./readers/temporaryFolders";

const folder = temporaryFolders();
const N = 5000;
const offsets = Int32Array.from({ length: N + 1 }, (_, row) => Math.floor(row / 2) * 3);
const columns = {
	id: Int32Array.from({ length: N }, (_, row) => row - 7),
	share: Float32Array.from({ length: N }, (_, row) => 1 / (row + 1)),
	time: Float64Array.from({ length: N }, (_, row) => row * 1.1),
	'a "flag"': Uint8Array.from({ length: N }, (_, row) => row % 2),
	tags: { offsets, values: Int32Array.from({ length: offsets[N] }, (_, at) => at) },
	"tags.weights": { offsets, values: Float32Array.from({ length: offsets[N] }, (_, at) => at / 2) },
};
const sha = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("writeParquet", () => {
	test("writes every value of every type, in order", async () => {
		const path = join(folder(), "it's.parquet");
		await writeParquet(path, columns, { oracle: 'a, "b"' });
		const db = await openDuckDb();
		try {
			const types = await db.rows(`SELECT column_name, column_type FROM (DESCRIBE FROM ${sqlText(path)})`);
			expect(types.map(({ column_name, column_type }) => [column_name, column_type])).toEqual([
				["id", "INTEGER"],
				["share", "FLOAT"],
				["time", "DOUBLE"],
				['a "flag"', "UTINYINT"],
				["tags", "INTEGER[]"],
				["tags.weights", "FLOAT[]"],
			]);
			const rows = await db.rows(`FROM ${sqlText(path)}`);
			expect(rows.length).toBe(N);
			rows.forEach((row, i) => {
				const list = (values: Int32Array | Float32Array) => Array.from(values.subarray(offsets[i], offsets[i + 1]));
				const expected = {
					...{ id: columns.id[i], share: columns.share[i], time: columns.time[i], 'a "flag"': i % 2 },
					...{ tags: list(columns.tags.values), "tags.weights": list(columns["tags.weights"].values) },
				};
				if (JSON.stringify(row) !== JSON.stringify(expected)) expect(row).toEqual(expected);
			});
			const [metadata] = await db.rows(
				`SELECT decode(key) AS k, decode(value) AS v FROM parquet_kv_metadata(${sqlText(path)})`,
			);
			expect(metadata).toEqual({ k: "oracle", v: 'a, "b"' });
		} finally {
			db.close();
		}
	});

	test("gives the same bytes for the same columns, and leaves nothing beside the file", async () => {
		const [a, b] = [folder(), folder()];
		await writeParquet(join(a, "x.parquet"), columns);
		await writeParquet(join(b, "x.parquet"), columns);
		expect(sha(join(a, "x.parquet"))).toBe(sha(join(b, "x.parquet")));
		expect(readdirSync(a)).toEqual(["x.parquet"]);
	});

	test("writes a table without rows", async () => {
		const path = join(folder(), "empty.parquet");
		await writeParquet(path, { id: new Int32Array(0), tags: { offsets: Int32Array.of(0), values: new Int32Array(0) } });
		const db = await openDuckDb();
		expect(await db.rows(`SELECT count(*) AS n FROM ${sqlText(path)}`)).toEqual([{ n: 0 }]);
		db.close();
	});

	test("refuses columns of different lengths", async () => {
		const path = join(folder(), "x.parquet");
		await expect(writeParquet(path, { a: new Int32Array(2), b: new Int32Array(3) })).rejects.toThrow(
			'"b" has 3 rows and "a" 2',
		);
		await expect(writeParquet(path, {})).rejects.toThrow("no columns");
	});
});
