import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCard } from "../../data/prepared/card";
import { folderHashes } from "../../data/readers/folderHashes";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { serveFolder } from "../../data/serveFolder";
import { toyFolder } from "../../train/toyFolder";
import { jobFor } from "../job";
import { findData, shareData } from "./data";
import { findShared, LIST, share } from "./sharedFolder";

const folder = temporaryFolders();
let prepared: string;
let fingerprint: string;
let before: string | undefined;
beforeAll(async () => {
	prepared = join(folder(), "toy");
	await toyFolder(folder(), prepared);
	({ fingerprint } = await readCard(prepared));
	before = process.env.CACHE;
});
afterAll(() => {
	if (before === undefined) delete process.env.CACHE;
	else process.env.CACHE = before;
});
const jobOn = (path: string) =>
	jobFor({ model: "esmm", source: { source: "folder", folder: path }, fingerprint, seed: 1 });

describe("a shared folder", () => {
	it("gets a prepared folder once, with a list of its files, and gives it by fingerprint", async () => {
		const shared = folder();
		expect(await findShared(shared, fingerprint)).toBeUndefined();
		await Promise.all([share(prepared, shared), share(prepared, shared)]);
		expect(readdirSync(shared)).toEqual([fingerprint]);
		const found = await findShared(shared, fingerprint);
		expect(found).toBe(join(shared, fingerprint));
		const { [LIST]: list, ...files } = folderHashes(found as string);
		expect(list).toBeDefined();
		expect(files).toEqual(folderHashes(prepared));
	});
	it("refuses files that are damaged or missing, by name", async () => {
		for (const harm of [(file: string) => appendFileSync(file, "x"), (file: string) => rmSync(file)]) {
			const shared = folder();
			await share(prepared, shared);
			harm(join(shared, fingerprint, "valid.parquet"));
			await expect(findShared(shared, fingerprint)).rejects.toThrow(/valid\.parquet (has not the hash|is missing)/);
		}
	});
});

describe.each([
	["http", (url: string) => url],
	["s3", () => "s3://bucket"],
])("a place that is reached by %s", (_, placeOf) => {
	it("is fetched whole into the cache, once; damaged files are refused and leave nothing", async () => {
		const [shared, cache] = [folder(), folder()];
		process.env.CACHE = cache;
		await share(prepared, shared);
		const served = await serveFolder(shared);
		const aws = {
			AWS_ACCESS_KEY_ID: "a",
			AWS_SECRET_ACCESS_KEY: "b",
			AWS_REGION: "here",
			AWS_ENDPOINT_URL: served.url,
		};
		Object.assign(process.env, aws);
		try {
			const place = placeOf(served.url);
			expect(await findShared(place, "f".repeat(64))).toBeUndefined();
			const file = join(shared, fingerprint, "train.parquet");
			const whole = readFileSync(file);
			writeFileSync(file, whole.subarray(0, -1));
			await expect(findShared(place, fingerprint)).rejects.toThrow(/train\.parquet has not the hash/);
			expect(readdirSync(cache)).toEqual([]);
			writeFileSync(file, whole);
			const found = (await findShared(`${place}/`, fingerprint)) as string;
			expect(found.startsWith(cache)).toBe(true);
			const { [LIST]: list, ...files } = folderHashes(found);
			expect([list !== undefined, files]).toEqual([true, folderHashes(prepared)]);
			const asked = served.requests.length;
			expect(await findShared(place, fingerprint)).toBe(found);
			expect(served.requests.length).toBe(asked);
		} finally {
			for (const name of Object.keys(aws)) delete process.env[name];
			served.close();
		}
	});
});

describe("a job's data", () => {
	it("come out of the shared folder, into which the driver has put them", async () => {
		const shared = folder();
		await shareData({ source: "folder", folder: prepared }, shared);
		const data = await findData(await jobOn("/not/on/this/machine"), shared);
		expect([data.fingerprint, data.folder]).toEqual([fingerprint, join(shared, fingerprint)]);
	});
	it("else from where the sweep has them, if they are the same here", async () => {
		const data = await findData(await jobOn(prepared), folder());
		expect([data.fingerprint, data.folder]).toEqual([fingerprint, prepared]);
	});
	it("that are nowhere, or others, are an error that says what to do", async () => {
		const nowhere = /^the data with fingerprint \w+ are not .*no --shared.*not in \/not\/here\. Give sweep and worker/;
		await expect(findData(await jobOn("/not/here"))).rejects.toThrow(nowhere);
		const other = join(folder(), "other");
		mkdirSync(other);
		const card = JSON.parse(readFileSync(join(prepared, "card.json"), "utf8"));
		writeFileSync(join(other, "card.json"), JSON.stringify({ ...card, fingerprint: "another" }));
		await expect(findData(await jobOn(other))).rejects.toThrow(/where other data lie \(fingerprint another\)/);
		expect(existsSync(other)).toBe(true);
	});
});
