import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { openDuckDb } from "./duckdb";
import { temporaryFolders } from "./readers/temporaryFolders";
import { sql } from "./sql";
import { toyDataset } from "./toyDataset";
import { toyLog } from "./toyLog";

const folder = temporaryFolders();
/** A column of a table, whole. */
const column = (table: object, name: string): unknown => (table as { data(): Record<string, unknown> }).data()[name];

describe("columns of a result", () => {
	it("numbers are typed arrays, longer than a piece of the engine too", async () => {
		const table =
			await sql`select i::int a, i::float b, i::double c, i::utinyint d, i::smallint e from range(200) r(i)`;
		const kinds = [Int32Array, Float32Array, Float64Array, Uint8Array, Int16Array];
		for (const [i, name] of ["a", "b", "c", "d", "e"].entries()) {
			expect(column(table, name)).toBeInstanceOf(kinds[i]);
			expect([...(column(table, name) as Int32Array)]).toEqual([...Array(200).keys()]);
		}
		const long = await sql`select i::int a, (i * 3)::bigint b from range(10000) r(i) order by i`;
		expect(column(long, "a")).toEqual(Int32Array.from({ length: 10_000 }, (_, i) => i));
		expect(column(long, "b")).toEqual(Float64Array.from({ length: 10_000 }, (_, i) => 3 * i));
	});
	it("counts, sums and decimals are numbers; a column beyond 2^53 is BigInts", async () => {
		const table = await sql`select count(*) n, sum(i::int) s, 0.1 + 0.2 d from range(10) r(i)`;
		for (const name of ["n", "s", "d"]) expect(column(table, name)).toBeInstanceOf(Float64Array);
		expect(table.objects()).toEqual([{ n: 10, s: 45, d: 0.3 }]);
		const safe = await sql`select unnest([9007199254740991, -9007199254740991]) v`;
		expect(column(safe, "v")).toEqual(Float64Array.of(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER));
		const huge = await sql`select unnest([1, 9007199254740993]) v`;
		expect(column(huge, "v")).toEqual([1n, 9007199254740993n]);
	});
	it("text, booleans, times, NULL and lists are what JavaScript has for them", async () => {
		const table = await sql`select * from (values
			(1, 'it''s', true, date '2026-11-22', timestamp '2026-11-22 01:02:03.004', [1, 2]::int[], ['a']),
			(null, null, null, null, null, null, null), (3, '', false, date '1969-12-31', null, []::int[], [null])) t(n, s, b, d, t, l, w)`;
		expect(table.objects()).toEqual([
			{
				...{ n: 1, s: "it's", b: true, d: new Date("2026-11-22"), t: new Date("2026-11-22T01:02:03.004Z") },
				...{ l: Int32Array.of(1, 2), w: ["a"] },
			},
			{ n: null, s: null, b: null, d: null, t: null, l: null, w: null },
			{ n: 3, s: "", b: false, d: new Date("1969-12-31"), t: null, l: new Int32Array(0), w: [null] },
		]);
		expect((await sql`select 1::bigint a where false`).numRows()).toBe(0);
		expect((await sql`select unnest([null, 5]::bigint[]) v`).objects()).toEqual([{ v: null }, { v: 5 }]);
	});
});

describe("what is interpolated", () => {
	it("is a value, never text of the query", async () => {
		const evil = "x' or 1=1 --";
		expect((await sql`select ${evil} v, ${3} n, ${0.1} f, ${true} b, ${null} z`).objects()).toEqual([
			{ v: evil, n: 3, f: 0.1, b: true, z: null },
		]);
		expect((await sql`select count(*) n from range(5) r(i) where 'a' = ${evil}`).get("n", 0)).toBe(0);
		await expect(sql`select '${evil}'`).rejects.toThrow(/^sql: /);
	});
	it("an array is a list for IN; an empty one holds nothing", async () => {
		const count = async (query: ReturnType<typeof sql>) => (await query).get("n", 0);
		expect(await count(sql`select count(*) n from range(9) r(i) where i in ${[1, 2, 70]}`)).toBe(2);
		expect(await count(sql`select count(*) n from (values ('a'), ('b')) t(s) where s in ${["b"]}`)).toBe(1);
		expect(await count(sql`select count(*) n from (values ('a'), ('b')) t(s) where s in ${[]}`)).toBe(0);
		expect(await count(sql`select count(*) n from (values ('a'), ('b')) t(s) where s not in ${[]}`)).toBe(2);
	});
	it("a log, a data set or columns are tables that are read where they lie", async () => {
		const log = toyLog();
		const [click] = Object.values(log.schema.events);
		const expected = (log.columns[click] as Uint8Array).reduce((a, b) => a + b, 0);
		const sums = await sql`select count(*) n, sum(${"x"} = 'x') same from ${log}`;
		expect(sums.get("n", 0)).toBe(log.rows);
		const clicks = await sql`select sum("click") s from ${{ click: log.columns[click] }}`;
		expect(clicks.get("s", 0)).toBe(expected);
		const data = toyDataset();
		const byCode = await sql`select a, count(*) n, avg(click) ctr from ${data} group by a order by a`;
		const codes = (data.fields[0] as { ids: Int32Array }).ids;
		expect(byCode.get("n", 0)).toBe(codes.filter((id) => id === codes.reduce((x, y) => Math.min(x, y))).length);
		const values = Int32Array.of(1, 2);
		expect((await sql`select sum(v) s from ${{ v: values }}`).get("s", 0)).toBe(3);
		values[0] = 40;
		const twice = await sql`select sum(x.v + y.v) s from ${{ v: values }} x join ${{ v: values }} y on x.v = y.v`;
		expect(twice.get("s", 0)).toBe(84);
	});
	it("lists and long columns come through whole, in order, with text beside", async () => {
		const n = 5000;
		const offsets = Int32Array.from({ length: n + 1 }, (_, i) => 2 * i);
		const values = Int32Array.from({ length: 2 * n }, (_, i) => i);
		const names = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? null : `n${i}`));
		const table = await sql`select l, t from ${{ l: { offsets, values }, t: names, x: new Float64Array(n) }}`;
		expect(table.get("l", 4999)).toEqual(Int32Array.of(9998, 9999));
		expect(column(table, "t")).toEqual(names);
		await expect(sql`select * from ${{ a: new Int32Array(2), b: new Int32Array(3) }}`).rejects.toThrow(
			'column "b" has 3 rows, column "a" has 2',
		);
		await expect(sql`select ${{ a: new Int32Array(2) }}`).rejects.toThrow("only stand after FROM or JOIN");
		await expect(sql`select ${undefined as never}`).rejects.toThrow("not undefined");
		await expect(sql`select ${[[1]] as never}`).rejects.toThrow("not object");
	});
});

describe("files", () => {
	it("are named relative to the project's folder, wherever the process works, or absolutely", async () => {
		const path = join(folder(), "log.parquet");
		const db = await openDuckDb();
		await db.run(`copy (select i % 2 click from range(10) r(i)) to '${path}'`);
		db.close();
		expect((await sql`select sum(click) s from ${path}`).get("s", 0)).toBe(5);
		expect((await sql`select sum(click) s from read_parquet(${path})`).get("s", 0)).toBe(5);
		const code = `require("./lib/data/sql").sql\`select count(*) n from read_text('package.json')\`.then((t) => console.log("rows", t.get("n", 0)))`;
		const run = `process.chdir("lib");${code.replace("./lib", `${projectRoot()}/lib`)}`;
		const { stdout, stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "--eval", run], {
			cwd: projectRoot(),
			encoding: "utf8",
		});
		expect(stdout, stderr).toContain("rows 1");
	});
});

describe("mistakes", () => {
	it("are told in one line, with the place", async () => {
		await expect(sql`select 1
			frm x y`).rejects.toThrow(/^sql: line 2 of 2, at "frm x y": Parser Error: syntax error at or near "x"$/);
		await expect(sql`select nope from range(3)`).rejects.toThrow(
			/^sql: line 1 of 1, at "nope": Binder Error: .*nope.*$/,
		);
		await expect(sql`select * from ${"nope.parquet"}`).rejects.toThrow(
			/^sql: IO Error: No files found.*looked up in .*$/,
		);
		await expect(sql`select ${1} from a b c d`).rejects.toThrow(/^sql: [^\n]*$/);
	});
	it("leave the next query as it is, and queries asked at once wait for each other", async () => {
		const queries = [sql`select error('boom')`, sql`select 1 a`, sql`select i from range(30000) r(i)`, sql`select 2 a`];
		const [bad, one, long, two] = await Promise.allSettled(queries);
		expect(bad).toMatchObject({ status: "rejected", reason: { message: "sql: Invalid Input Error: boom" } });
		expect(one.status === "fulfilled" && one.value.get("a", 0)).toBe(1);
		expect(long.status === "fulfilled" && long.value.numRows()).toBe(30_000);
		expect(two.status === "fulfilled" && two.value.get("a", 0)).toBe(2);
	});
	it("tables of a query stay, and memory is bounded", async () => {
		await sql`create table kept as select 7 a`;
		expect((await sql`select a from kept`).get("a", 0)).toBe(7);
		const limit = (await sql`select current_setting('memory_limit') m`).get("m", 0);
		expect(limit).toMatch(/^95\d\.\d MiB$/);
	});
});
