import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDuckDb, sqlText } from "../duckdb";
import type { Card } from "../prepared/card";
import { readPrepared } from "../prepared/read";
import { temporaryFolders } from "../readers/temporaryFolders";
import { importFiles } from "./importFiles";
import { parseSchemaFile } from "./schemaFile";

/** Logs that are easily read wrong without a word. */

const folder = temporaryFolders();

async function load(lines: readonly string[], schema: object): Promise<{ out: string; card: Card }> {
	const file = join(folder(), "log.csv");
	writeFileSync(file, `${lines.join("\n")}\n`);
	return loadFile(file, schema);
}

async function loadFile(file: string, schema: object): Promise<{ out: string; card: Card }> {
	const out = folder();
	const whole = { events: { click: "c" }, implies: {}, split: { by: "row", valid: 0.2, test: 0, seed: 1 }, ...schema };
	const parsed = parseSchemaFile(JSON.stringify(whole), "S.json");
	return { out, card: await importFiles({ files: [file], schema: parsed, out, minFrequency: 1 }) };
}

const times = (n: number, line: (i: number) => string): string[] => Array.from({ length: n }, (_, i) => line(i));

describe("a log of one's own", () => {
	it("a text id that begins with a byte order mark is an id of its own, and shifts no other's code", async () => {
		const cycle = ["\ufeffq", "\ufeffq", "\ufeffq", "q", "q", "r", "r", "s", "z", "y"];
		const lines = ["c,x,l", ...times(1000, (i) => `${i % 2},${cycle[i % 10]},${cycle[i % 10]}|z`)];
		const features = { x: { kind: "id" }, l: { kind: "ids" } };
		const { out } = await load(lines, { features });
		const data = await readPrepared(out);
		const db = await openDuckDb();
		const vocabulary = await db.rows(`FROM read_parquet(${sqlText(join(out, "vocabulary.parquet"))})`);
		db.close();
		for (const field of data.fields) {
			if (field.kind === "number") throw new Error("no number here");
			const known = vocabulary.filter((row) => row.field === field.name);
			const seen = new Map<number, number>();
			for (const row of data.split.train) {
				const [from, to] = field.kind === "id" ? [row, row + 1] : [field.offsets[row], field.offsets[row + 1]];
				for (let k = from; k < to; k++) seen.set(field.ids[k], (seen.get(field.ids[k]) ?? 0) + 1);
			}
			expect(seen.get(0)).toBeUndefined();
			for (const { code, count } of known) expect(seen.get(code as number), `${field.name} ${code}`).toBe(count);
			expect(known.length).toBe(6);
		}
	});

	it("offsets in text times count: the same rows as Parquet with zones fall into the same parts", async () => {
		const stamp = (i: number) => `2023-01-01T${String(i % 24).padStart(2, "0")}:30:00${i % 2 ? "+12:00" : "+00:00"}`;
		const split = { by: "time", valid: 0.25, test: 0.25 };
		const schema = { time: "t", split, features: { x: { kind: "id" } } };
		const csv = await load(["t,c,x", ...times(40, (i) => `${stamp(i)},${i % 2},${i % 3}`)], schema);
		const file = join(folder(), "log.parquet");
		const db = await openDuckDb();
		await db.run(`COPY (SELECT CAST(concat('2023-01-01T', lpad(CAST(i % 24 AS VARCHAR), 2, '0'), ':30:00',
			CASE WHEN i % 2 = 1 THEN '+12:00' ELSE '+00:00' END) AS TIMESTAMPTZ) AS t, i % 2 AS c, i % 3 AS x FROM range(40) r(i))
			TO ${sqlText(file)} (FORMAT parquet)`);
		db.close();
		expect(csv.card.dropped).toEqual([]);
		expect(csv.card.rows).toEqual((await loadFile(file, schema)).card.rows);
	});

	it("a column may be called id", async () => {
		const lines = ["t,c,id,x", ...times(60, (i) => `${i},${i % 2},${i % 4},${i % 5}`)];
		const { card } = await load(lines, { features: { id: { kind: "id" }, x: { kind: "id" } } });
		expect(card.fields.map(({ name }) => name)).toEqual(["id", "x"]);
		const asEvent = { events: { id: "c" }, features: { x: { kind: "id" } } };
		expect((await load(lines, asEvent)).card.fields).toMatchObject([{ name: "x", size: 5 }]);
	});

	it("a number that is no measurement is told, and does not spoil its feature", async () => {
		const lines = ["c,x", ...times(100, (i) => `${i % 2},${i % 10 === 0 ? "1.797e308" : i}`)];
		const { card, out } = await load(lines, { features: { x: { kind: "number" } } });
		expect(card.dropped).toMatchObject([{ count: 10, first: "log.csv:2" }]);
		const [field] = (await readPrepared(out)).fields;
		expect(field.kind === "number" && field.values.every(Number.isFinite)).toBe(true);
	});

	it("without a test part there is none, in nanoseconds too", async () => {
		const lines = ["t,c,x", ...times(100, (i) => `1700000${String(i).padStart(3, "0")}000000000,${i % 2},${i % 3}`)];
		const split = { by: "time", valid: 0.2, test: 0 };
		const { card } = await load(lines, { time: "t", split, features: { x: { kind: "id" } } });
		expect(card.rows.test).toBe(0);
	});

	it("user 0 is a user", async () => {
		const lines = ["u,c,x", ...times(60, (i) => `${i % 6},${i % 2},${1 + (i % 5)}`)];
		const { card } = await load(lines, { user: "u", features: { x: { kind: "id" } } });
		expect(card).toMatchObject({ users: 6, remarks: [] });
	});
});
