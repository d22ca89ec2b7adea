import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type DuckDb, openDuckDb, sqlText } from "../../data/duckdb";
import { parseSchemaFile } from "../../data/files/schemaFile";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { checkSchema, type Schema } from "../../data/schema";
import { randomExposure } from "../../simulator/randomExposure";
import { replayTable } from "../../simulator/replay";
import { type Simulated, simulate } from "../../simulator/simulate";
import { findingsOf, writeSimulated } from "./files";

const folders = temporaryFolders();
const knobs = { randomLog: 3000, replayRequests: 40, delay: 5 };
const make = () => simulate({ preset: "tiny", seed: 1, rows: 5000, knobs });
const sha = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("the files of a simulated log", () => {
	let log: Simulated;
	let folder: string;
	let db: DuckDb;
	let names: string[];
	const file = (end: string) => sqlText(join(folder, `log.${end}`));
	const columnsOf = async (end: string) =>
		(await db.rows(`SELECT column_name AS name FROM (DESCRIBE FROM ${file(end)})`)).map(({ name }) => name as string);
	const column = async (end: string, name: string) =>
		(await db.rows(`SELECT "${name}" AS v FROM ${file(end)}`)).map(({ v }) => v as number);
	beforeAll(async () => {
		log = make();
		folder = folders();
		names = await writeSimulated(log, findingsOf(log), join(folder, "log.parquet"));
		db = await openDuckDb();
	});

	test("are those that were told, and none else", () => {
		expect(readdirSync(folder).sort()).toEqual([...names].sort());
		expect(names.length).toBe(9);
	});

	test("hold every column of the log, value by value", async () => {
		const columns = await columnsOf("parquet");
		const more = ["impression", "is_random", "sequence_start", "sequence_length"];
		expect([...columns].sort()).toEqual([...Object.keys(log.columns), ...more].sort());
		for (const [name, values] of Object.entries(log.columns))
			expect(await column("parquet", name), name).toEqual(Array.from(values as Int32Array));
		expect(await column("parquet", "impression")).toEqual(Array.from({ length: 5000 }, (_, row) => row));
		expect(new Set(await column("parquet", "is_random"))).toEqual(new Set([0]));
	});

	test("lead from a row to its sequence in the event log", async () => {
		const late = await db.rows(
			`SELECT count(*) AS n FROM (SELECT *, row_number() OVER () - 1 AS at FROM ${file("events.parquet")}) e JOIN ${file("parquet")} i
			ON e.at >= i.sequence_start AND e.at < i.sequence_start + i.sequence_length
			WHERE e.user <> i.user OR e.time > i.time OR e.impression >= i.impression`,
		);
		expect(late).toEqual([{ n: 0 }]);
		const [{ longest }] = await db.rows(`SELECT max(sequence_length) AS longest FROM ${file("parquet")}`);
		expect(longest).toBeGreaterThan(5);
		expect(await column("events.parquet", "type")).toEqual(Array.from(log.sequences.events.type));
	});

	test("have the random log and the replay table as they are made", async () => {
		const random = randomExposure(log);
		expect(await columnsOf("random.parquet")).toEqual(await columnsOf("parquet"));
		for (const name of ["item", "pctr", "itemCtr", "is_random", "conversion"])
			expect(await column("random.parquet", name), name).toEqual(Array.from(random.columns[name] as Int32Array));
		expect(await column("random.parquet", "sequence_length")).toEqual(Array.from(random.sequences.length));
		const replay = replayTable(log);
		for (const name of ["item", "logged_position", "pctcvr1", "userShopClicksAll"])
			expect(await column("replay.parquet", name), name).toEqual(Array.from(replay.columns[name] as Int32Array));
	});

	test("name the latents of users and items as oracle, and keep them out of the log's files", async () => {
		const marked = async (end: string) => {
			const [row] = await db.rows(
				`SELECT decode(value) AS v FROM parquet_kv_metadata(${file(end)}) WHERE decode(key) = 'oracle'`,
			);
			return (row.v as string).split(",");
		};
		expect(await marked("users.parquet")).toEqual(["z_click", "z_buy", "clicker", "buyer", "sensitivity", "activity"]);
		expect(await marked("items.parquet")).toContain("quality");
		expect(await marked("parquet")).toEqual(expect.arrayContaining(["pctr", "h", "is_random", "dwell"]));
		const [user] = await db.rows(`SELECT z_click FROM ${file("users.parquet")} WHERE "user" = 3`);
		expect((user.z_click as number[]).length).toBe(log.knobs.d);
		expect(await column("calendar.parquet", "day")).toEqual(Array.from({ length: 76 }, (_, day) => day));
	});

	test("have a schema that the importer reads, with the truth, and that refuses each event and oracle column", async () => {
		const text = readFileSync(join(folder, "log.schema.json"), "utf8");
		const { schema, split } = parseSchemaFile(text, "log.schema.json");
		expect(split).toEqual({ by: "time", column: "day", valid: 0.05, test: 0.5 });
		const { "conversion|oAction": _, "dAction|oMicro": __, ...truth } = log.schema.truth ?? {};
		expect(schema.truth).toEqual(truth);
		const columns = await columnsOf("parquet");
		expect(() => checkSchema(schema, columns)).not.toThrow();
		const later = [...Object.values(schema.events), ...(schema.oracle ?? [])];
		expect(later).toEqual(expect.arrayContaining(["is_random", "sequence_start", "sequence_length", "conversionTime"]));
		for (const name of later) {
			const features: Schema["features"] = { ...schema.features, [name]: { kind: "number" } };
			expect(() => checkSchema({ ...schema, features }, columns), name).toThrow("cannot be a feature");
		}
		const free = columns.filter((name) => !later.includes(name) && !(name in schema.features));
		expect(free.sort()).toEqual(["day", "impression", "request", "time"]);
	});

	test("tell in the meta file what was made of what", () => {
		const meta = JSON.parse(readFileSync(join(folder, "log.meta.json"), "utf8"));
		expect(meta.knobs).toEqual(log.knobs);
		expect([meta.seed, meta.fingerprint, meta.simulatorVersion]).toEqual([1, log.fingerprint, 1]);
		expect(meta.intercepts.conversion).toBe(log.intercepts.conversion);
		expect(meta.realised.clicks).toBe(log.realised.clicks);
		expect(meta.realisedRandom.clicks).toBe(randomExposure(log).realised.clicks);
		expect(meta.files["log.parquet"].rows).toBe(5000);
		expect(Object.keys(meta.ceilings).length).toBe(3);
		expect(meta.codes.type).toEqual(["click", "cart", "wish", "buy"]);
	});

	test("are the same bytes for the same options", async () => {
		const other = folders();
		const again = make();
		await writeSimulated(again, findingsOf(again), join(other, "log.parquet"));
		for (const name of names) expect(sha(join(other, name)), name).toBe(sha(join(folder, name)));
	});
});

test("without a random log none is written, and one of before goes", async () => {
	const folder = folders();
	const log = simulate({ preset: "tiny", seed: 1, rows: 1000, knobs: { randomLog: 0, replayRequests: 2 } });
	writeFileSync(join(folder, "a.random.parquet"), "of before");
	await writeSimulated(log, findingsOf(log), join(folder, "a.parquet"));
	expect(existsSync(join(folder, "a.random.parquet"))).toBe(false);
	expect(existsSync(join(folder, "a.meta.json"))).toBe(true);
});

test("a request to stop leaves no meta file", async () => {
	const folder = folders();
	const log = simulate({ preset: "tiny", seed: 1, rows: 1000, knobs: { randomLog: 0, replayRequests: 2 } });
	writeFileSync(join(folder, "a.meta.json"), "of before");
	const signal = AbortSignal.abort();
	await expect(writeSimulated(log, findingsOf(log), join(folder, "a.parquet"), { signal })).rejects.toThrow(/stopped/);
	expect(readdirSync(folder)).toEqual([]);
});
