import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { stream } from "../../core/random";
import type { Dataset } from "../dataset";
import { openDuckDb } from "../duckdb";
import { openRawFiles } from "../encoded/rawFiles";
import { importFiles } from "../files/importFiles";
import { parseSchemaFile } from "../files/schemaFile";
import type { Log } from "../log";
import { prepare } from "../prepare";
import { temporaryFolders } from "../readers/temporaryFolders";
import { type Card, readCard } from "./card";
import { readPrepared } from "./read";
import { streamPrepared } from "./stream";

const folder = temporaryFolders();
const ROWS = 800;
const schema = {
	time: "ts",
	events: { click: "click" },
	features: {
		cat: { kind: "id", group: "item" },
		price: { kind: "number", group: "item" },
		age: { kind: "number" },
		tags: { kind: "ids", group: "cross" },
	},
	numbers: "quantiles",
	split: { by: "time", valid: 0.1, test: 0.2 },
};
const random = stream(1, "timed");
/** Eight days from 2021-03-04 on, 100 rows a day; a tenth of the prices is missing, ages are few. */
const rows = Array.from({ length: ROWS }, (_, row) => ({
	ts: 1_614_816_000 + row * 864,
	click: random.int(2),
	cat: 1 + random.int(9),
	price: random.int(10) === 0 ? undefined : Math.round(1000 * random.normal()) / 8,
	age: random.int(3) * 10,
	tags: [1 + random.int(5), 1 + random.int(5)],
}));
const csvOf = (date: (ts: number) => string | number) =>
	[
		"ts,click,cat,price,age,tags",
		...rows.map(({ ts, click, cat, price, age, tags }) =>
			[date(ts), click, cat, price ?? "", age, tags.join("|")].join(","),
		),
	].join("\n");

async function imported(text: string, change: object = {}): Promise<{ out: string; file: string; card: Card }> {
	const [out, file] = [folder(), join(folder(), "log.csv")];
	writeFileSync(file, text);
	const parsed = parseSchemaFile(JSON.stringify({ ...schema, ...change }), "S.json");
	const card = await importFiles({ files: [file], schema: parsed, out, memory: "300MB", minFrequency: 2 });
	return { out, file, card };
}
let one: Awaited<ReturnType<typeof imported>>;
let data: Dataset;
beforeAll(async () => {
	one = await imported(csvOf((ts) => ts));
	data = await readPrepared(one.out);
});

describe("a prepared folder of a log with times", () => {
	it("tells the time of each row, in memory and streamed", async () => {
		expect([...(data.time ?? [])]).toEqual(rows.map(({ ts }) => ts));
		const streamed: number[] = [];
		for (const part of ["train", "valid", "test"] as const)
			for await (const piece of streamPrepared(one.out, part, { rows: 90 })) streamed.push(...(piece.time ?? []));
		expect(streamed).toEqual(rows.map(({ ts }) => ts));
	});
	it("tells dates as seconds, and nothing where the schema names no time", async () => {
		const dated = await imported(csvOf((ts) => new Date(1000 * ts).toISOString()));
		expect([...((await readPrepared(dated.out)).time ?? [])]).toEqual(rows.map(({ ts }) => ts));
		const split = { by: "time", column: "ts", valid: 0.1, test: 0.2 };
		const untimed = await imported(
			csvOf((ts) => ts),
			{ time: undefined, split },
		);
		expect((await readPrepared(untimed.out)).time).toBeUndefined();
		expect(untimed.card).not.toHaveProperty("timed");
	});
});

describe("numbers in quantile buckets, and groups", () => {
	it("are those of the same log in memory", () => {
		const log: Log = {
			...{ name: "x", rows: ROWS, read: ROWS, dropped: [], fingerprint: "x" },
			schema: parseSchemaFile(JSON.stringify(schema), "S.json").schema,
			columns: {
				ts: Float64Array.from(rows, ({ ts }) => ts),
				click: Uint8Array.from(rows, ({ click }) => click),
				cat: Int32Array.from(rows, ({ cat }) => cat),
				price: Float64Array.from(rows, ({ price }) => price ?? Number.NaN),
				age: Float64Array.from(rows, ({ age }) => age),
				tags: {
					offsets: Int32Array.from({ length: ROWS + 1 }, (_, row) => 2 * row),
					values: Int32Array.from(rows.flatMap(({ tags }) => tags)),
				},
			},
		};
		const plain = prepare(log, { split: { by: "time", valid: 0.1, test: 0.2 }, encoding: { minFrequency: 2 } });
		expect(data.split).toEqual(plain.split);
		expect(data.fields).toEqual(plain.fields);
		expect(data.fields.map(({ kind, group }) => [kind, group])).toEqual([
			["id", "item"],
			["id", "item"],
			["id", undefined],
			["ids", "cross"],
		]);
		const sizes = data.fields.map((field) => (field.kind === "number" ? 0 : field.size));
		expect(sizes).toEqual([10, 33, 4, 6]);
	});
	it("give a missing value the id 0, and say so", async () => {
		const missing = rows.filter(({ price }) => price === undefined).length;
		const price = data.fields[1];
		if (price.kind !== "id") throw new Error(price.kind);
		expect(price.ids.filter((id) => id === 0).length).toBe(missing);
		const { remarks, unknown, fields } = await readCard(one.out);
		expect(Object.keys(unknown).sort()).toEqual(fields.map(({ name }) => name).sort());
		expect(unknown.price).toEqual({ train: 0, valid: 0, test: 0 });
		expect(remarks).toMatchObject([
			{ reason: 'missing values of "price": they have a code of their own, 0', count: missing },
		]);
	});
	it("keep their edges in the card, by which raw rows are encoded later", async () => {
		const card = await readCard(one.out);
		expect(card.fields[2]).toMatchObject({ kind: "id", edges: [10, 20] });
		const at = folder();
		const db = await openDuckDb({ file: join(at, "log.duckdb"), memory: "300MB" });
		const raw = await openRawFiles(db, at, [one.file], card, join(one.out, "vocabulary.parquet"));
		expect(raw.remarks.map(({ reason }) => reason)).toEqual([
			'missing values of "price": they have a code of their own, 0',
		]);
		const found = [];
		for await (const { fields } of raw.pieces()) found.push(...fields);
		db.close();
		expect(found).toEqual(data.fields);
	});
	it("are another data set than scaled numbers", async () => {
		const scaled = await imported(
			csvOf((ts) => ts),
			{ numbers: undefined },
		);
		expect(scaled.card.fingerprint).not.toBe(one.card.fingerprint);
		expect(scaled.card.fields.map(({ kind }) => kind)).toEqual(["id", "number", "number", "ids"]);
	});
	it("are refused under another name", async () => {
		const parse = (change: object) => parseSchemaFile(JSON.stringify({ ...schema, ...change }), "S.json");
		expect(() => parse({ numbers: "deciles" })).toThrow(
			'S.json: "numbers" is "deciles": it is "quantiles", or left out',
		);
		const features = { cat: { kind: "id", group: "items" } };
		expect(() => parse({ features })).toThrow('S.json: unknown group in "features.cat" "items": did you mean "item"?');
	});
});
