import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { cachedParquet } from "./cachedParquet";
import { openDuckDb } from "./duckdb";
import { toyLog } from "./toyLog";

const name = `toy-${process.pid}`;
afterAll(() => rmSync(join(projectRoot(), `data/cache/${name}.parquet`), { force: true }));

it("a log's columns lie in a file of the cache, lists with their weights beside them", async () => {
	const file = await cachedParquet(toyLog(), name);
	expect(file).toBe(`data/cache/${name}.parquet`);
	const db = await openDuckDb();
	try {
		const from = `from '${join(projectRoot(), file)}'`;
		expect(await db.rows(`select count(*) n, sum(is_click) clicks, min(uid) lowest ${from}`)).toEqual([
			{ n: 20, clicks: 10, lowest: 100 },
		]);
		expect(await db.rows(`select tags[1] tag, "tags.weights"[2] weight ${from} limit 1`)).toEqual([
			{ tag: 31, weight: 0.5 },
		]);
	} finally {
		db.close();
	}
});
