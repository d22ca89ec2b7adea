import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { InputError } from "../../core/problem";
import { stream } from "../../core/random";
import type { Dataset, Field } from "../dataset";
import { openDuckDb, sqlText } from "../duckdb";
import type { Log } from "../log";
import { prepare } from "../prepare";
import type { Card } from "../prepared/card";
import { readPrepared } from "../prepared/read";
import { temporaryFolders } from "../readers/temporaryFolders";
import { importFiles } from "./importFiles";
import { filesFor, rowsFor, schemaFor } from "./samples";
import { parseSchemaFile } from "./schemaFile";

const folder = temporaryFolders();

const load = (
	files: string | readonly string[],
	schema: object = {},
	out = folder(),
	minFrequency = 3,
): Promise<Card> =>
	importFiles({
		files: typeof files === "string" ? [files] : files,
		schema: parseSchemaFile(JSON.stringify({ ...schemaFor, ...schema }), "S.json"),
		out,
		minFrequency,
	});
const written = (name: string, text: string | Buffer): string => {
	const path = join(folder(), name);
	writeFileSync(path, text);
	return path;
};
const bytesOf = (out: string): Record<string, string> =>
	Object.fromEntries(
		["train.parquet", "valid.parquet", "test.parquet", "vocabulary.parquet"].map((name) => [
			name,
			readFileSync(join(out, name)).toString("base64"),
		]),
	);
const refusal = async (work: Promise<unknown>): Promise<string> => {
	const problem = await work.then(
		() => new Error("nothing was refused"),
		(error: Error) => error,
	);
	expect(problem, problem.stack).toBeInstanceOf(InputError);
	expect(problem.message).not.toContain("\n");
	return problem.message;
};
/** A small log with the columns that a test needs; every row has a click column. */
const little = (header: string, lines: readonly string[]): string =>
	written("log.csv", `${header}\n${lines.join("\n")}\n`);
const plain = (features: object, split: object = { by: "column", column: "part" }): object => ({
	...{ user: undefined, time: undefined, events: { click: "c" }, implies: {}, features, split },
});
/** The raw ids that the codes of a field stand for, row by row. */
async function decoded(out: string, field: string): Promise<(string | (string | undefined)[] | undefined)[]> {
	const data = await readPrepared(out);
	const db = await openDuckDb();
	const known = new Map(
		(
			await db.rows(
				`SELECT * FROM read_parquet(${sqlText(join(out, "vocabulary.parquet"))}) WHERE field = ${sqlText(field)}`,
			)
		).map((row) => [row.code as number, row.id as string]),
	);
	db.close();
	const found = data.fields.find(({ name }) => name === field) as Field;
	if (found.kind === "number") throw new Error("a number has no ids");
	if (found.kind === "id") return Array.from(found.ids, (code) => known.get(code));
	return Array.from({ length: data.rows }, (_, row) => {
		const ids = found.ids.subarray(found.offsets[row], found.offsets[row + 1]);
		return Array.from(ids, (code) => known.get(code));
	});
}
/** A field's values of the rows of a part, in order. */
function valuesOf(data: Pick<Dataset, "split">, field: Field, part: "train" | "valid" | "test"): unknown[] {
	return Array.from(data.split[part], (row) => {
		if (field.kind === "number") return field.values[row];
		if (field.kind === "id") return field.ids[row];
		const [from, to] = [field.offsets[row], field.offsets[row + 1]];
		return [[...field.ids.subarray(from, to)], [...(field.weights?.subarray(from, to) ?? [])]];
	});
}

describe("importFiles", () => {
	it("prepares what the readers in memory prepare of the same rows", async () => {
		const rows = rowsFor(600, stream(3, "rows"));
		const out = folder();
		const card = await load((await filesFor(folder(), rows)).csv, {}, out);
		const offsets = Int32Array.from([
			0,
			...rows.map((_, i) => rows.slice(0, i + 1).reduce((n, { tags }) => n + tags.length, 0)),
		]);
		const log: Log = {
			...{ name: "x", rows: rows.length, read: rows.length, dropped: [], fingerprint: "x" },
			schema: parseSchemaFile(JSON.stringify(schemaFor), "S.json").schema,
			columns: {
				uid: Int32Array.from(rows, ({ uid }) => uid),
				ts: Float64Array.from(rows, ({ ts }) => ts),
				is_click: Uint8Array.from(rows, ({ click }) => click),
				is_buy: Uint8Array.from(rows, ({ buy }) => buy),
				cat: Int32Array.from(rows, ({ cat }) => cat),
				price: Float64Array.from(rows, ({ price }) => price),
				tags: {
					offsets,
					values: Int32Array.from(rows.flatMap(({ tags }) => tags)),
					weights: Float32Array.from(rows.flatMap(({ w }) => w)),
				},
				w: new Uint8Array(0),
			},
		};
		const plain = prepare(log, { split: { by: "time", valid: 0.1, test: 0.2 }, encoding: { minFrequency: 3 } });
		const ours = await readPrepared(out);
		expect(card.read).toBe(600);
		for (const part of ["train", "valid", "test"] as const) {
			expect(card.rows[part]).toBe(plain.split[part].length);
			for (const event of ["click", "conversion"])
				expect(Array.from(ours.split[part], (row) => ours.events[event][row])).toEqual(
					Array.from(plain.split[part], (row) => plain.events[event][row]),
				);
			for (const [at, field] of plain.fields.entries()) {
				expect(ours.fields[at].name).toBe(field.name);
				expect(valuesOf(ours, ours.fields[at], part)).toEqual(valuesOf(plain, field, part));
			}
		}
		const users = (data: Dataset) =>
			(["train", "valid", "test"] as const).flatMap((part) => Array.from(data.split[part], (row) => data.user![row]));
		const pairs = new Set(users(ours).map((user, i) => `${user}/${users(plain)[i]}`));
		expect(pairs.size).toBe(new Set(users(plain)).size);
		expect(new Set(users(ours)).size).toBe(pairs.size);
	});

	it("gives the same bytes from CSV, gzipped CSV, TSV, Parquet with types and Parquet with text, whole or in pieces", async () => {
		const rows = rowsFor(300, stream(4, "rows"));
		const at = folder();
		const { csv, tsv, parquet, textParquet, halves } = await filesFor(at, rows);
		const gz = written("log.csv.gz", gzipSync(readFileSync(csv)));
		const crlf = written("crlf.csv", `\ufeff${readFileSync(csv, "utf8").replaceAll("\n", "\r\n")}`);
		const quoted = written(
			"quoted.csv",
			readFileSync(tsv, "utf8")
				.split("\n")
				.map((line) =>
					line === ""
						? ""
						: line
								.split("\t")
								.map((cell) => `"${cell}"`)
								.join(","),
				)
				.join("\n"),
		);
		const outs: Record<string, string>[] = [];
		for (const files of [[csv], [tsv], [gz], [crlf], [quoted], [parquet], [textParquet], halves]) {
			const out = folder();
			await load(files, {}, out);
			outs.push(bytesOf(out));
		}
		for (const bytes of outs) expect(bytes).toEqual(outs[0]);
	});

	it("gives the same bytes from CSV and Parquet of more rows than a group of Parquet holds", async () => {
		const at = folder();
		const db = await openDuckDb();
		const rows =
			"SELECT i % 3 // 2 AS c, hash(i) % 9000 AS x, CASE WHEN i < 150000 THEN 'train' WHEN i < 160000 THEN 'valid' ELSE 'test' END AS part FROM range(300000) t(i)";
		await db.run(
			`COPY (${rows}) TO ${sqlText(join(at, "log.csv"))}; COPY (${rows}) TO ${sqlText(join(at, "log.parquet"))}`,
		);
		db.close();
		const outs = [folder(), folder()];
		for (const [i, name] of ["log.csv", "log.parquet"].entries())
			expect((await load(join(at, name), plain({ x: { kind: "id" } }), outs[i])).rows.test).toBe(140_000);
		for (const [name, bytes] of Object.entries(bytesOf(outs[0])))
			expect(bytes === bytesOf(outs[1])[name], name).toBe(true);
	});

	it("gives the same bytes again, leaves nothing else, and goes by the order of the files", async () => {
		const { halves } = await filesFor(folder(), rowsFor(200, stream(5, "rows")));
		const [one, two, turned] = [folder(), folder(), folder()];
		const card = await load(halves, {}, one);
		await load(halves, {}, two);
		expect({ ...bytesOf(one), card: readFileSync(join(one, "card.json"), "utf8") }).toEqual({
			...bytesOf(two),
			card: readFileSync(join(two, "card.json"), "utf8"),
		});
		expect(readdirSync(one).sort()).toEqual(
			["card.json", "test.parquet", "train.parquet", "valid.parquet", "vocabulary.parquet"].sort(),
		);
		expect((await load([...halves].reverse(), {}, turned)).fingerprint).not.toBe(card.fingerprint);
		expect(readFileSync(join(one, "card.json"), "utf8")).not.toContain(one.slice(0, 8));
	});

	it("drops and counts what cannot be used, and names the first place", async () => {
		const header = "uid,ts,is_click,is_buy,cat,price,tags,w";
		const good = (ts: number) => `7,${ts},1,0,3,${ts < 11 ? 1.5 : 9},1|2,0.5|1`;
		const lines = [
			...Array.from({ length: 20 }, (_, i) => good(i)),
			"7,3,,0,3,1.5,1|2,0.5|1",
			"7,3,2,0,3,1.5,1|2,0.5|1",
			"7,3,0,1,3,1.5,1|2,0.5|1",
			"7,,1,0,3,1.5,1|2,0.5|1",
			"7,soon,1,0,3,1.5,1|2,0.5|1",
			"7,3,1,0,3,cheap,1|2,0.5|1",
			"7,3,1,0,3,inf,1|2,0.5|1",
			"7,3,1,0,3,1.5,1|2,0.5",
			'7,3,1,0,3,1.5,"[1,[",0.5',
			"7,3,1,0,3,1.5,1|2,0.5|x",
			"7,3,1,0,3,1.5,1|2",
			'7,3,1,0,"3,1.5,1|2,0.5|1',
			"7,3,1,0,\xff,1.5,1|2,0.5|1",
			"",
			"7,19.5,true,False,3,,,",
			'7,19.5,1.0,0.0,3,nan,[],"[]"',
		];
		const csv = written("log.csv", Buffer.from(`${header}\n${lines.join("\n")}\n`, "latin1"));
		const out = folder();
		const card = await load(csv, { split: { by: "time", valid: 0.2, test: 0.2 } }, out);
		expect(card.read).toBe(35);
		expect(card.rows.train + card.rows.valid + card.rows.test).toBe(22);
		expect(Object.fromEntries(card.dropped.map(({ reason, count, first }) => [reason, `${count} ${first}`]))).toEqual({
			"a line has another number of fields than the header": "1 log.csv:32",
			"a quoted value is never closed, or text follows it": "1 log.csv:33",
			"a line is not UTF-8": "1 log.csv:34",
			'event click ("is_click") is not 0 or 1': "2 log.csv:22",
			"conversion=1 and click=0": "1 log.csv:24",
			'time "ts" is missing or cannot be read': "2 log.csv:25",
			'number "price" cannot be read': "2 log.csv:27",
			'list "tags" cannot be read': "1 log.csv:30",
			'list "tags" and its weights "w" differ in length': "1 log.csv:29",
			'a weight of "tags" in "w" is not a number': "1 log.csv:31",
		});
		expect(card.remarks).toEqual([
			{ reason: 'missing values of "price": the mean of the training part stands in', count: 2, first: "log.csv:36" },
		]);
		const data = await readPrepared(out);
		const price = data.fields.find(({ name }) => name === "price");
		if (price?.kind !== "number") throw new Error("price is no number");
		const { mean, deviation } = card.fields.find(({ name }) => name === "price") as { mean: number; deviation: number };
		const lost = (value: number) => Math.fround(Math.tanh((value - mean) / deviation));
		expect([...data.split.test].map((row) => price.values[row])).toEqual([9, 9, 9, 9, mean, mean].map(lost));
	});

	it("names the row of a Parquet file, and drops a conversion without click there too", async () => {
		const at = folder();
		const db = await openDuckDb();
		const path = join(at, "log.parquet");
		await db.run(`COPY (SELECT i AS ts, i % 2 AS is_click, CASE WHEN i IN (41, 50, 60) THEN 1 ELSE 0 END AS is_buy, i % 3 AS cat
			FROM range(100) t(i)) TO ${sqlText(path)} (FORMAT parquet)`);
		db.close();
		const card = await load(path, { user: undefined, features: { cat: { kind: "id" } } });
		expect(card.dropped).toEqual([{ reason: "conversion=1 and click=0", count: 2, first: "log.parquet:51" }]);
	});

	it("takes ids that are all whole numbers as numbers, 0 and below being absent, and any others as they stand", async () => {
		const parts = ["train", "train", "train", "train", "valid", "test"];
		const ids = {
			whole: ["9", "10", "0", "-1", "9", "10"],
			zeros: ["007", "7", "0", "", "07", "0"],
			huge: ["9223372036854775808", "9223372036854775807", "0", "1", "1", "2"],
			big: ["9223372036854775807", "5", "0", "", "5", "5"],
			mixed: ["x7", "7", "0", "7", "7", "0"],
			texts: ["0", "1", "0", "1", "0", "2"],
		};
		const names = Object.keys(ids) as (keyof typeof ids)[];
		const csv = little(
			["c", "part", ...names].join(","),
			parts.map((part, i) => ["0", part, ...names.map((name) => ids[name][i])].join(",")),
		);
		const features = Object.fromEntries(
			names.map((name) => [name, { kind: "id", ...(name === "texts" ? { text: true } : {}) }]),
		);
		const out = folder();
		await load(csv, plain(features), out, 1);
		expect(await decoded(out, "whole")).toEqual(["9", "10", undefined, undefined, "9", "10"]);
		expect(await decoded(out, "zeros")).toEqual(["007", "7", "0", undefined, undefined, "0"]);
		expect(await decoded(out, "huge")).toEqual([...ids.huge.slice(0, 4), "1", undefined]);
		expect(await decoded(out, "big")).toEqual(["9223372036854775807", "5", undefined, undefined, "5", "5"]);
		expect(await decoded(out, "mixed")).toEqual(ids.mixed);
		expect(await decoded(out, "texts")).toEqual(["0", "1", "0", "1", "0", undefined]);
	});

	it("counts ids that are 0 or below, of lists too, and says what to do if 0 is one; not ids that are text or missing", async () => {
		const csv = little("c,part,a,b,t,u,l", [
			"0,train,1,1,0,x,1|2",
			"0,train,0,1,0,0,0|3|-1",
			"0,train,,2,1,0,",
			"0,valid,-1,2,1,x,2||2",
			"0,test,0,1,0,0,0",
		]);
		const id = { kind: "id" };
		const features = { a: id, b: id, t: { ...id, text: true }, u: id, l: { kind: "ids" } };
		const { remarks } = await load(csv, plain(features), folder(), 1);
		const reason = (name: string) =>
			`values of "${name}" are 0 or below: taken as absent; say "text": true if 0 is an id`;
		expect(remarks).toEqual([
			{ reason: reason("a"), count: 3, first: "log.csv:3" },
			{ reason: reason("l"), count: 3, first: "log.csv:3" },
		]);
	});

	it("reads lists with bars and with brackets, of numbers and of text", async () => {
		const csv = little("c,part,a,b", [
			'0,train,1|2,"[""x"", ""y z""]"',
			'0,train,"[2, 1]",x|y z',
			"0,train,,",
			'0,valid,[],"[x,NULL,w]"',
			"0,test,0|1|3,x||x",
		]);
		const out = folder();
		await load(csv, plain({ a: { kind: "ids" }, b: { kind: "ids" } }), out, 1);
		expect(await decoded(out, "a")).toEqual([["1", "2"], ["2", "1"], [], [], [undefined, "1", undefined]]);
		expect(await decoded(out, "b")).toEqual([
			["x", "y z"],
			["x", "y z"],
			[],
			["x", undefined, undefined],
			["x", undefined, "x"],
		]);
	});

	it("reads time as numbers, dates or timestamps, in UTC where no zone is named", async () => {
		const split = { by: "time", valid: 0.2, test: 0.2 };
		const rowsBy = async (times: readonly string[]) => {
			const csv = little(
				"c,x,t",
				times.map((time) => `0,1,${time}`),
			);
			const { rows, dropped } = await load(csv, { ...plain({ x: { kind: "id" } }, split), time: "t" }, folder(), 1);
			return [rows.train, rows.valid, rows.test, ...dropped.map(({ count }) => count)];
		};
		const days = Array.from({ length: 10 }, (_, i) => `2024-02-${String(20 + i).padStart(2, "0")}`);
		expect(await rowsBy(days.map((_, i) => String(i)))).toEqual([6, 2, 2]);
		expect(await rowsBy(days.map((_, i) => String(i / 100)))).toEqual([6, 2, 2]);
		expect(await rowsBy(days)).toEqual([6, 2, 2]);
		expect(await rowsBy(days.map((day) => `${day} 23:30:00`))).toEqual([6, 2, 2]);
		expect(await rowsBy(days.map((day) => `${day}T23:30:00-05:00`))).toEqual([6, 2, 2]);
		expect(await rowsBy([...days, "17", "soon", "infinity"])).toEqual([6, 2, 2, 3]);
	});

	it("divides by user, by row, by a column and by file, alike on every run", async () => {
		const rows = rowsFor(2000, stream(6, "rows"));
		const { csv, halves } = await filesFor(folder(), rows);
		const out = folder();
		const seed = { valid: 0.2, test: 0.3, seed: 1 };
		const byUser = await load(csv, { split: { by: "user", ...seed } }, out);
		const data = await readPrepared(out);
		const users = (["train", "valid", "test"] as const).map(
			(part) => new Set(Array.from(data.split[part], (row) => data.user![row])),
		);
		for (const [a, b] of [
			[0, 1],
			[0, 2],
			[1, 2],
		])
			expect([...users[a]].filter((user) => users[b].has(user))).toEqual([]);
		expect(byUser.rows).toEqual((await load(csv, { split: { by: "user", ...seed } })).rows);
		expect(byUser.rows).not.toEqual((await load(csv, { split: { by: "user", ...seed, seed: 2 } })).rows);
		const byRow = await load(csv, { split: { by: "row", ...seed } });
		expect(Math.abs(byRow.rows.test / 2000 - 0.3)).toBeLessThan(0.04);
		expect(Math.abs(byRow.rows.valid / 2000 - 0.2)).toBeLessThan(0.04);
		const byFile = await load(halves, {
			split: { by: "file", test: [`*${basename(halves[1])}`], valid: 0.1, group: "uid" },
		});
		expect(byFile.rows.test).toBe(1000);
		expect(byFile.rows.train).toBeGreaterThan(700);
		const part = little("c,x,p", ["0,1,train", "0,1,VALID", "0,1,test", "0,1,later", "0,1,"]);
		const byColumn = await load(part, plain({ x: { kind: "id" } }, { by: "column", column: "p" }), folder(), 1);
		expect(byColumn.rows).toEqual({ train: 1, valid: 1, test: 1 });
		expect(byColumn.dropped).toEqual([{ reason: '"p" is not train, valid or test', count: 2, first: "log.csv:5" }]);
	});

	it("carries the truth of a simulated log, and no oracle column", async () => {
		const csv = little("c,x,p,latent,part", ["0,1,0.25,9,train", "1,1,0.5,9,valid", "1,1,1.5,9,train", "1,1,,9,train"]);
		const out = folder();
		const card = await load(
			csv,
			{ ...plain({ x: { kind: "id" } }), oracle: ["latent"], truth: { "click|impression": "p" } },
			out,
			1,
		);
		expect(card.dropped).toEqual([{ reason: 'truth "p" is not a number from 0 to 1', count: 2, first: "log.csv:4" }]);
		const typo = { ...plain({ x: { kind: "id" } }), oracle: ["latnet"] };
		expect(await refusal(load(csv, typo))).toContain('did you mean "latent"?');
		const data = await readPrepared(out);
		expect([...data.truth["click|impression"]]).toEqual([0.25, 0.5]);
		expect(readFileSync(join(out, "train.parquet")).toString("latin1")).not.toContain("latent");
	});

	it("stopped at any step it leaves no log, and the next run is as the first", async () => {
		const { csv } = await filesFor(folder(), rowsFor(100, stream(7, "rows")));
		const schema = parseSchemaFile(JSON.stringify(schemaFor), "S.json");
		const [whole, out] = [folder(), folder()];
		await load(csv, {}, whole);
		for (const stopAt of [1, 3, 5, 8]) {
			const stop = new AbortController();
			let calls = 0;
			const progress = () => {
				if (++calls === stopAt) stop.abort();
			};
			const work = importFiles({ files: [csv], schema, out, minFrequency: 3, progress, signal: stop.signal });
			await expect(work).rejects.toThrow("stopped; nothing was written");
			expect(readdirSync(out)).toEqual([]);
		}
		await load(csv, {}, out);
		expect(bytesOf(out)).toEqual(bytesOf(whole));
	});

	const refused: [
		what: string,
		log: () => string | string[] | Promise<string | string[]>,
		schema: object,
		says: string,
	][] = [
		[
			"a column that is not there",
			() => little("c,part,price", ["0,train,1"]),
			plain({ prize: { kind: "id" } }),
			'did you mean "price"? Known: c, part, price (S.json names it in "features, user or split"; its header line is read with "," between names)',
		],
		["a file that is not there", () => "/nowhere/log.csv", {}, "/nowhere/log.csv cannot be read (ENOENT)"],
		["an empty file", () => written("log.csv", ""), {}, "is empty"],
		["a header without rows", () => little("c,part,x", []), plain({ x: { kind: "id" } }), "no rows besides the header"],
		[
			"rows that are all bad",
			() => little("c,part,x", ["2,train,1"]),
			plain({ x: { kind: "id" } }),
			'none of 1 rows can be used: 1 × event click ("c") is not 0 or 1 (first: log.csv:2)',
		],
		[
			"a part that would be empty",
			() => little("c,part,x", ["0,train,1"]),
			plain({ x: { kind: "id" } }),
			'the valid part of "split"',
		],
		[
			"a column named twice",
			() => little("c,part,x,x", ["0,train,1,1"]),
			plain({ x: { kind: "id" } }),
			'names the column "x" twice',
		],
		[
			"files with different columns",
			() => [little("c,part,x", ["0,train,1"]), written("b.csv", "c,part,x,y\n")],
			plain({ x: { kind: "id" } }),
			'has no column "y"',
		],
		[
			"a file named twice",
			() => Array(2).fill(little("c,part,x", ["0,train,1"])) as string[],
			plain({ x: { kind: "id" } }),
			"is named twice",
		],
		[
			"a damaged gzip",
			() => written("a.csv.gz", gzipSync("c,part,x\n0,train,1\n".repeat(99)).subarray(0, 40)),
			plain({ x: { kind: "id" } }),
			"is cut off or damaged",
		],
		[
			"a damaged Parquet file",
			() => written("a.parquet", "PAR1 is how it begins"),
			plain({ x: { kind: "id" } }),
			"cannot be read as Parquet",
		],
		[
			"decimals as ids",
			() => parquetOf("1.5::DOUBLE AS x"),
			plain({ x: { kind: "id" } }),
			'column "x" is DOUBLE, but the schema takes it for kind "id"',
		],
		["lists as ids", () => parquetOf("[1] AS x"), plain({ x: { kind: "id" } }), 'column "x" is INTEGER[]'],
		["single ids as lists", () => parquetOf("1 AS x"), plain({ x: { kind: "ids" } }), 'kind "ids": lists of'],
		[
			"dates as numbers",
			() => parquetOf("DATE '2024-01-01' AS x"),
			plain({ x: { kind: "number" } }),
			'column "x" is DATE',
		],
		[
			"text that is no number",
			() => parquetOf("'a' AS x"),
			plain({ x: { kind: "number" } }),
			'number "x" cannot be read',
		],
		["structures", () => parquetOf("{'a': 1} AS x"), plain({ x: { kind: "id" } }), "STRUCT"],
	];
	async function parquetOf(column: string): Promise<string> {
		const path = join(folder(), "log.parquet");
		const db = await openDuckDb();
		await db.run(`COPY (SELECT 0 AS c, 'train' AS part, ${column}) TO ${sqlText(path)} (FORMAT parquet)`);
		db.close();
		return path;
	}
	for (const [what, log, schema, says] of refused)
		it(`refuses ${what}`, async () => {
			const out = folder();
			expect(await refusal(load(await log(), schema, out))).toContain(says);
			expect(readdirSync(out)).toEqual([]);
		});
});
