import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { Dataset, Field } from "../dataset";
import { openDuckDb } from "../duckdb";
import { temporaryFolders } from "../readers/temporaryFolders";
import { readPrepared } from "./read";
import type { Staged } from "./staged";
import { streamPrepared } from "./stream";
import { beginWork } from "./workplace";
import { writePrepared } from "./write";

const folder = temporaryFolders();
const staged: Staged = {
	events: ["click"],
	features: {
		item: { kind: "id", of: "row" },
		price: { kind: "number", of: "row" },
		tags: { kind: "ids", of: "row", weights: true },
		past: { kind: "ids", of: "common" },
	},
	user: "uid",
	truth: ["truth"],
};
const schema = {
	...{ user: "uid", events: { click: "click" }, implies: {}, truth: { "click|impression": "truth" } },
	features: Object.fromEntries(Object.entries(staged.features).map(([name, { kind }]) => [name, { kind }])),
};
let made: string;

/** A folder of 50 000 rows: 5000 to train, 5000 to validate, 40 000 to test, with lists on both sides. */
beforeAll(async () => {
	made = folder();
	const place = await beginWork(made);
	const db = await openDuckDb({ file: join(place.folder, "log.duckdb"), memory: "200MB" });
	await db.run(`CREATE TABLE staged AS SELECT
		CAST(CASE WHEN i % 10 = 0 THEN 0 WHEN i % 10 = 1 THEN 2 ELSE 1 END AS UTINYINT) AS part, CAST(i % 7 = 0 AS UTINYINT) AS click,
		CAST(hash(i) % 900 AS INTEGER) AS item, CAST(i AS DOUBLE) AS price, CAST(range(i % 4) AS INTEGER[]) AS tags,
		CAST(list_transform(range(i % 4), lambda k: k + 0.5) AS FLOAT[]) AS "tags.weights",
		CAST(hash(i) % 40 AS INTEGER) AS common, CAST(i % 300 AS INTEGER) AS uid, CAST(i % 100 AS FLOAT) / 100 AS truth FROM range(50000) r(i)`);
	await db.run(
		"CREATE TABLE staged_common AS SELECT c::INT AS common, range(c % 5)::INT[] AS past FROM range(40) t(c)",
	);
	const about = { name: "made", reader: { name: "made", version: 1 }, files: {}, read: 50_000 };
	const rest = { dropped: [], remarks: [], split: { by: "source" }, schema };
	await writePrepared({ db, place, staged, about: { ...about, ...rest }, minFrequency: 2 } as never).finally(db.close);
});

/** What a field says of a row, as plain numbers. */
function cell(field: Field, row: number): number[] {
	if (field.kind === "id") return [field.ids[row]];
	if (field.kind === "number") return [field.values[row]];
	const list = field.list?.[row] ?? row;
	const [from, to] = [field.offsets[list], field.offsets[list + 1]];
	return [...field.ids.subarray(from, to), ...(field.weights?.subarray(from, to) ?? [])];
}

const told = (data: Dataset, row: number) => [
	...data.fields.flatMap((field) => [field.name, field.kind === "number" ? 0 : field.size, ...cell(field, row)]),
	...[data.events.click[row], data.user?.[row], data.truth["click|impression"][row]],
];

it("pieces hold, one after another, what reading the whole folder gives", async () => {
	const whole = await readPrepared(made);
	for (const part of ["train", "test"] as const) {
		const rows: unknown[] = [];
		const sizes: number[] = [];
		for await (const piece of streamPrepared(made, part)) {
			sizes.push(piece.rows);
			expect(piece.split[part].length).toBe(piece.rows);
			for (const row of piece.split[part]) rows.push(told(piece, row));
		}
		expect(rows.length).toBe(whole.split[part].length);
		const expected = [...whole.split[part]].map((row) => told(whole, row));
		const other = rows.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(expected[i]));
		expect(rows[other]).toEqual(expected[other]);
		expect(Math.max(...sizes)).toBeLessThanOrEqual(16_384);
		expect(sizes.length).toBe(part === "test" ? 3 : 1);
	}
});

it("rows that the card does not have, and files that are not there, are refused", async () => {
	const all = async (part: "train" | "valid") => {
		for await (const _ of streamPrepared(made, part));
	};
	const card = join(made, "card.json");
	const text = readFileSync(card, "utf8");
	writeFileSync(card, text.replace('"train": 5000', '"train": 4999').replace('"train":5000', '"train":4999'));
	await expect(all("train")).rejects.toThrow("train.parquet does not hold the rows that its card says");
	truncateSync(card, 0);
	await expect(all("train")).rejects.toThrow("card.json is not JSON");
	writeFileSync(card, text);
	await expect(all("valid")).resolves.toBeUndefined();
	await expect(streamPrepared(folder(), "test").next()).rejects.toThrow("is no prepared log");
});
