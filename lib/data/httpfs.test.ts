import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDuckDb } from "./duckdb";
import { loadHttpfs, s3Secret } from "./httpfs";
import { writeParquet } from "./parquet";
import { temporaryFolders } from "./readers/temporaryFolders";
import { serveFolder } from "./serveFolder";
import { sql } from "./sql";

const folder = temporaryFolders();
let files: string;
let served: Awaited<ReturnType<typeof serveFolder>>;
beforeAll(async () => {
	files = folder();
	await writeParquet(join(files, "log.parquet"), { click: Uint8Array.of(1, 0, 1, 1) });
	served = await serveFolder(files);
});
afterAll(() => served.close());

it("reads a Parquet file of another machine over http, as the first thing a database does", async () => {
	const db = await openDuckDb();
	expect(await db.rows(`SELECT sum(click)::INT AS n FROM '${served.url}/log.parquet'`)).toEqual([{ n: 3 }]);
	db.close();
	const url = `${served.url}/log.parquet`;
	expect((await sql`select count(*) n from ${url}`).objects()).toEqual([{ n: 4 }]);
});

it("reads an object store with the key, the place and the region that the usual variables name", async () => {
	const before = { ...process.env };
	Object.assign(process.env, {
		AWS_ACCESS_KEY_ID: "who",
		AWS_SECRET_ACCESS_KEY: "secret",
		AWS_REGION: "eu-west-1",
		AWS_ENDPOINT_URL: served.url,
	});
	try {
		const db = await openDuckDb();
		expect(await db.rows("SELECT sum(click)::INT AS n FROM 's3://bucket/log.parquet'")).toEqual([{ n: 3 }]);
		db.close();
	} finally {
		process.env = before;
	}
	const asked = served.requests.filter(({ path }) => path === "/bucket/log.parquet");
	expect(asked.length).toBeGreaterThan(0);
	expect(asked[0].authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=who\/\d+\/eu-west-1\/s3\//);
});

it("says in one line what is wrong: no extension, a file that is none, a place that is no URL, no such file", async () => {
	const db = await openDuckDb();
	await expect(loadHttpfs(db.connection, join(files, "none"))).rejects.toThrow(/^s3:\/\/.*npm run setup" tells why/);
	await expect(loadHttpfs(db.connection, join(files, "log.parquet"))).rejects.toThrow(/httpfs cannot be loaded/);
	expect(() => s3Secret({ AWS_ENDPOINT_URL: "minio:9000" })).toThrow(/AWS_ENDPOINT_URL must be a URL/);
	await expect(db.rows(`SELECT * FROM '${served.url}/none.parquet'`)).rejects.toThrow(/404/);
	db.close();
	const closed = createServer().listen(0);
	const { port } = closed.address() as AddressInfo;
	closed.close();
	const other = await openDuckDb();
	await expect(other.rows(`SELECT * FROM 'http://127.0.0.1:${port}/a.parquet'`)).rejects.toThrow(/connect/i);
	other.close();
});

it("a key alone is a secret; no variable is none; quotes stay text", () => {
	expect(s3Secret({})).toBeUndefined();
	expect(s3Secret({ AWS_ACCESS_KEY_ID: "a'b", AWS_SECRET_ACCESS_KEY: "s" })).toBe(
		"CREATE OR REPLACE SECRET s3 (TYPE s3, KEY_ID 'a''b', SECRET 's')",
	);
	expect(s3Secret({ AWS_ENDPOINT_URL: "https://minio:9000" })).toContain("ENDPOINT 'minio:9000', USE_SSL 'true'");
});
