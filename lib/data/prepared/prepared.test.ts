import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type DuckDb, openDuckDb } from "../duckdb";
import { encode } from "../encode";
import type { Column, Log } from "../log";
import { folderHashes } from "../readers/folderHashes";
import { temporaryFolders } from "../readers/temporaryFolders";
import type { Schema } from "../schema";
import { split } from "../split";
import { type Card, cardText, readCard } from "./card";
import { readPrepared } from "./read";
import type { Staged } from "./staged";
import { beginWork } from "./workplace";
import { writePrepared } from "./write";

const folder = temporaryFolders();
const ROWS = 5000;

/** Raw columns by arithmetic: ids with a long tail, some of them absent or only outside the training part. */
const stage = async (db: DuckDb) => {
	const draw = (salt: number, n: number) => `CAST(hash(i * 31 + ${salt}) % ${n} AS BIGINT)`;
	await db.run(`CREATE TABLE staged AS SELECT
		CAST(CASE WHEN ${draw(1, 10)} < 2 THEN 1 WHEN ${draw(1, 10)} < 3 THEN 2 ELSE 0 END AS UTINYINT) AS part,
		CAST(${draw(2, 3)} = 0 AS UTINYINT) AS click, CAST(${draw(2, 6)} = 0 AS UTINYINT) AS conversion,
		CAST(sqrt(${draw(3, 40000)}) AS INTEGER) AS item, CAST(${draw(4, 5)} AS INTEGER) AS absent0,
		CAST(${draw(5, 70)} * 3000000000 AS BIGINT) AS shop, CASE WHEN ${draw(6, 9)} = 0 THEN NULL ELSE 'city ' || ${draw(6, 9)} END AS city,
		CAST(${draw(7, 1000)} AS DOUBLE) / 7 AS price, CAST(5 AS DOUBLE) AS same,
		CAST(list_transform(range(${draw(8, 4)}), lambda k: hash(i * 7 + k) % 90) AS INTEGER[]) AS tags,
		CAST(list_transform(range(${draw(8, 4)}), lambda k: 0.5 + k) AS FLOAT[]) AS "tags.weights",
		CAST(${draw(9, 40)} AS INTEGER) AS common, CAST(${draw(10, 300)} AS INTEGER) AS uid, CAST(${draw(11, 100)} AS FLOAT) / 100 AS truth
		FROM range(${ROWS}) r(i)`);
	await db.run(`CREATE TABLE staged_common AS SELECT CAST(c AS INTEGER) AS common,
		CAST(list_transform(range(c % 5), lambda k: (c * 13 + k * k) % 60) AS INTEGER[]) AS past FROM range(40) t(c)`);
};

const staged: Staged = {
	events: ["click", "conversion"],
	features: {
		item: { kind: "id", of: "row" },
		absent0: { kind: "id", of: "row" },
		shop: { kind: "id", of: "row" },
		city: { kind: "id", of: "row" },
		price: { kind: "number", of: "row" },
		same: { kind: "number", of: "row" },
		tags: { kind: "ids", of: "row", weights: true },
		past: { kind: "ids", of: "common" },
	},
	user: "uid",
	truth: ["truth"],
};
const schema: Schema = {
	user: "uid",
	events: { click: "click", conversion: "conversion" },
	implies: { conversion: "click" },
	features: Object.fromEntries(Object.entries(staged.features).map(([name, { kind }]) => [name, { kind }])),
	truth: { "conversion|click": "truth" },
};
const about = {
	...{ name: "made", reader: { name: "made", version: 1 }, files: { "a.csv": "00" }, read: ROWS + 1 },
	dropped: [{ reason: "empty line", count: 1, first: "a.csv:3" }],
	...{ remarks: [], split: { by: "source" }, schema },
};

async function made(out: string, memory = "200MB"): Promise<Card> {
	const place = await beginWork(out);
	const db = await openDuckDb({ file: join(place.folder, "log.duckdb"), memory });
	await stage(db);
	return writePrepared({ db, place, staged, about, minFrequency: 20 }).finally(() => db.close());
}

/** The same log held in memory, text and lists as whole numbers, in the order of the prepared one. */
async function inMemory(): Promise<Log> {
	const db = await openDuckDb({ memory: "200MB" });
	await stage(db);
	const rows = await db.rows(`SELECT *, (SELECT past FROM staged_common c WHERE c.common = s.common) AS past,
		FROM staged s ORDER BY CASE part WHEN 0 THEN 0 WHEN 2 THEN 1 ELSE 2 END, rowid`);
	db.close();
	const cities = [...new Set(rows.map(({ city }) => city as string))].sort();
	const lists = (name: string) => {
		const values = rows.map((row) => row[name] as number[]);
		const offsets = Int32Array.from([
			0,
			...values.map(
				(
					(sum) => (list: number[]) =>
						(sum += list.length)
				)(0),
			),
		]);
		return { offsets, values: Int32Array.from(values.flat()) };
	};
	const numbers = (name: string) => Float64Array.from(rows, (row) => row[name] as number);
	const columns: Record<string, Column> = {
		...Object.fromEntries(
			["click", "conversion", "item", "absent0", "shop", "price", "same", "uid"].map((n) => [n, numbers(n)]),
		),
		city: Int32Array.from(rows, ({ city }) => (city === null ? 0 : 1 + cities.indexOf(city as string))),
		tags: { ...lists("tags"), weights: Float32Array.from(rows.flatMap((row) => row["tags.weights"] as number[])) },
		past: lists("past"),
		truth: Float32Array.from(rows, ({ truth }) => truth as number),
	};
	const part = Uint8Array.from(rows, (row) => row.part as number);
	return { name: "made", rows: ROWS, schema, columns, part, read: ROWS, dropped: [], fingerprint: "" };
}

describe("a prepared folder", () => {
	it("holds what encode gives for the same log in memory: every field, event, truth and user", async () => {
		const out = folder();
		const card = await made(out);
		const data = await readPrepared(out);
		const log = await inMemory();
		const expected = encode(log, split(log, { by: "source", valid: 0.1, seed: 0 }), { minFrequency: 20 });
		expect(data.split).toEqual(expected.split);
		expect(data.events).toEqual(expected.events);
		expect(data.truth).toEqual(expected.truth);
		for (const [at, field] of expected.fields.entries()) {
			const got = data.fields[at];
			if (field.name !== "past") expect(got, field.name).toEqual(field);
			else {
				if (got.kind !== "ids" || field.kind !== "ids" || !got.list) throw new Error("past is shared lists");
				const of = (row: number) => {
					const list = (got.list as Int32Array)[row];
					return [...got.ids.subarray(got.offsets[list], got.offsets[list + 1])];
				};
				const own = (row: number) => [...field.ids.subarray(field.offsets[row], field.offsets[row + 1])];
				for (let row = 0; row < ROWS; row++) expect(of(row)).toEqual(own(row));
				expect(got.size).toBe(field.size);
			}
		}
		const same = (a: Int32Array, b: Int32Array) =>
			new Set(a).size === new Set([...a].map((v, i) => `${v} ${b[i]}`)).size;
		expect(same(data.user as Int32Array, expected.user as Int32Array)).toBe(true);
		expect(card.read).toBe(card.rows.train + card.rows.valid + card.rows.test + 1);
		expect(card.events.click.train).toBe(data.split.train.reduce((sum, row) => sum + data.events.click[row], 0));
	});

	it("tells the share of unknown values of each part", async () => {
		const out = folder();
		const card = await made(out);
		const log = await inMemory();
		const parts = split(log, { by: "source", valid: 0.1, seed: 0 });
		const { fields } = encode(log, parts, { minFrequency: 20 });
		for (const part of ["train", "valid", "test"] as const)
			for (const field of fields) {
				if (field.kind === "number") continue;
				const column = log.columns[field.name];
				let [there, known] = [0, 0];
				for (const row of parts[part]) {
					const [from, to] = field.kind === "id" ? [row, row + 1] : [field.offsets[row], field.offsets[row + 1]];
					for (let k = from; k < to; k++) {
						const raw = "offsets" in column ? column.values[k] : column[k];
						if (raw > 0) there++;
						if (field.ids[k] > 0) known++;
					}
				}
				expect(card.unknown[field.name][part], `${field.name} ${part}`).toBeCloseTo(1 - known / there, 12);
			}
		expect(card.unknown.item.test).toBeGreaterThan(0.1);
	});

	it("has the same bytes on every run, with little memory and with much", async () => {
		const [one, two] = [folder(), folder()];
		await made(one, "100MB");
		await made(two, "2GB");
		expect(folderHashes(one)).toEqual(folderHashes(two));
		expect(Object.keys(folderHashes(one)).sort()).toEqual(
			["card.json", "common.parquet", "test.parquet", "train.parquet", "valid.parquet", "vocabulary.parquet"].sort(),
		);
		expect(cardText(await readCard(one))).toContain("dropped of 5001 read: 1 empty line");
	});

	it("is refused, in one line, when it is none, was never finished, or has lost a file or rows", async () => {
		const out = folder();
		await expect(readPrepared(out)).rejects.toThrow(/is no prepared log: it has no card\.json/);
		await expect(readPrepared(join(out, "nowhere"))).rejects.toThrow(/is no prepared log/);
		writeFileSync(join(out, "card.json"), "{");
		await expect(readPrepared(out)).rejects.toThrow(/card\.json is not JSON: prepare the log again/);
		await made(out);
		const card = readFileSync(join(out, "card.json"), "utf8");
		writeFileSync(join(out, "card.json"), card.replace(/"valid": \d+/, '"valid": 7'));
		await expect(readPrepared(out)).rejects.toThrow(/does not hold the rows that its card says/);
		writeFileSync(join(out, "card.json"), card);
		truncateSync(join(out, "test.parquet"), 2000);
		await expect(readPrepared(out)).rejects.toThrow(/test\.parquet/);
	});

	it("takes the place of an earlier one only when it is whole, and clears up after a killed process", async () => {
		const out = folder();
		await made(out);
		const before = folderHashes(out);
		mkdirSync(join(out, ".preparing-999999999"));
		writeFileSync(join(out, ".preparing-999999999", "log.duckdb"), "half");
		const place = await beginWork(out);
		expect(readdirSync(out).filter((name) => name.startsWith("."))).toEqual([`.preparing-${process.pid}`]);
		expect(readdirSync(place.folder)).toEqual([]);
		await place.abandon();
		expect(folderHashes(out)).toEqual(before);
	});

	it("is not begun in a folder whose files it would replace, or that holds what is read", async () => {
		const out = folder();
		writeFileSync(join(out, "train.parquet"), "somebody's rows");
		await expect(beginWork(out)).rejects.toThrow(
			/holds a train\.parquet that is no prepared log's, and would replace it/,
		);
		expect(readFileSync(join(out, "train.parquet"), "utf8")).toBe("somebody's rows");
		await expect(beginWork(out, [join(out, "log.csv")])).rejects.toThrow(/holds log\.csv, which is read: give another/);
		expect(readdirSync(out)).toEqual(["train.parquet"]);
		const ours = folder();
		await made(ours);
		await (await beginWork(ours)).abandon();
		// A process that was killed between the removal of the card and the writing of the next one.
		rmSync(join(ours, "card.json"));
		mkdirSync(join(ours, ".preparing-999999999"));
		await made(ours);
		expect((await readCard(ours)).format).toBe(1);
	});

	it("is not begun where another process is at work", async () => {
		const out = folder();
		mkdirSync(join(out, `.preparing-${process.ppid}`));
		await expect(beginWork(out)).rejects.toThrow(new RegExp(`process ${process.ppid} is preparing .* already`));
		const file = join(folder(), "file");
		writeFileSync(file, "");
		await expect(beginWork(file)).rejects.toThrow(/is a file: give a folder/);
	});
});
