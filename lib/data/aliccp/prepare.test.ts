import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../core/problem";
import { openDuckDb, sqlText } from "../duckdb";
import { readCard } from "../prepared/card";
import { folderHashes } from "../readers/folderHashes";
import { temporaryFolders } from "../readers/temporaryFolders";
import { checkSchema } from "../schema";
import { firstDifference } from "./collect";
import { plainAliCcp } from "./plain";
import { plainPrepared } from "./plainPrepared";
import { type PrepareAliCcp, prepareAliCcp } from "./prepare";
import type { AliCcpProtocol } from "./protocol";
import { writeAliCcp } from "./writer";

const folder = temporaryFolders();
const failure = (promise: Promise<unknown>): Promise<Error> =>
	promise.then(
		() => new Error("it did not fail"),
		(error: Error) => error,
	);

/** Rows of a Parquet file as plain values. */
async function rowsOf(at: string, name: string): Promise<Record<string, unknown>[]> {
	const db = await openDuckDb();
	try {
		return await db.rows(`FROM ${sqlText(join(at, `${name}.parquet`))}`);
	} finally {
		db.close();
	}
}

let raw: string;
const prepare = (options: Partial<PrepareAliCcp> = {}) =>
	prepareAliCcp({ raw, out: folder(), protocol: "cstwa", minFrequency: 3, memory: "500MB", ...options });

beforeAll(async () => {
	raw = folder();
	const size = { rows: 5000, testRows: 1500, commonRows: 90, commonElements: 80, seed: 21 };
	const faults = { contradiction: 4, element: 3 };
	await writeAliCcp(raw, { ...size, clickRate: 0.2, conversionRate: 0.2, faults, commonFaults: { duplicateMd5: 2 } });
});

describe("a prepared Ali-CCP", () => {
	it.each<[AliCcpProtocol, number]>([
		["cstwa", 10],
		["esmm", 2],
	])("of the protocol %s holds what plain code makes of the same files", async (protocol, minFrequency) => {
		const out = folder();
		const { card, scan } = await prepare({ out, protocol, minFrequency, history: 6 });
		const plain = plainAliCcp(raw, 6);
		const expected = plainPrepared(plain, protocol, minFrequency);
		for (const part of ["train", "valid", "test"] as const) {
			expect(card.rows[part]).toBe(expected.rows[part].length);
			expect(firstDifference(await rowsOf(out, part), expected.rows[part])).toBeUndefined();
			for (const event of ["click", "conversion"] as const)
				expect(card.events[event][part]).toBe(expected.rows[part].filter((row) => row[event] === 1).length);
		}
		if (protocol === "esmm") expect(firstDifference(await rowsOf(out, "common"), expected.common)).toBeUndefined();
		expect(existsSync(join(out, "common.parquet"))).toBe(protocol === "esmm");
		const sizes = card.fields.map((field) => [field.name, field.kind === "number" ? 0 : field.size - 1]);
		expect(Object.fromEntries(sizes)).toEqual(expected.vocabulary);
		for (const [field, shares] of Object.entries(expected.unknown))
			for (const part of ["train", "valid", "test"] as const)
				expect(card.unknown[field][part]).toBeCloseTo(shares[part], 12);
		expect(card.read).toBe(6500);
		expect(card.dropped.map(({ reason, count }) => [reason, count]).sort()).toEqual([
			["click=0 and conversion=1", 4],
			["malformed element", 3],
		]);
		expect(card.remarks).toEqual([
			expect.objectContaining({ reason: expect.stringMatching(/^common row: duplicate/), count: 2 }),
		]);
		expect(scan.rows).toBe(plain.rows.length);
		checkSchema(card.schema, [
			"click",
			"conversion",
			...Object.keys(expected.rows.train[0]),
			...Object.keys(expected.common[0] ?? {}),
		]);
		expect(card.schema).toMatchObject({ user: "101", implies: { conversion: "click" } });
		expect(await readCard(out)).toEqual(JSON.parse(JSON.stringify(card)));
	});

	it.each<AliCcpProtocol>(["cstwa", "esmm"])(
		"has the same bytes each time, with much memory and with little: %s",
		async (protocol) => {
			const [first, again, little] = [folder(), folder(), folder()];
			await prepare({ out: first, protocol, memory: "2GB" });
			await prepare({ out: again, protocol, memory: "2GB" });
			await prepare({ out: little, protocol, memory: "200MB" });
			expect(Object.keys(folderHashes(first))).toContain("card.json");
			expect(folderHashes(again)).toEqual(folderHashes(first));
			expect(folderHashes(little)).toEqual(folderHashes(first));
			await prepare({ out: little, protocol });
			expect(folderHashes(little)).toEqual(folderHashes(first));
		},
	);

	it("replaces an earlier one whole, files that it does not make included", async () => {
		const [out, fresh] = [folder(), folder()];
		await prepare({ out, protocol: "esmm" });
		await prepare({ out });
		await prepare({ out: fresh });
		expect(folderHashes(out)).toEqual(folderHashes(fresh));
	});

	it("tells how far it is: bytes, then steps, each to its end", async () => {
		const calls: [string, number, number][] = [];
		await prepare({ progress: (...call) => calls.push(call) });
		for (const stage of ["reading", "encoding"]) {
			const of = calls.filter(([name]) => name === stage);
			expect(of.length).toBeGreaterThan(1);
			expect(of.at(-1)![1]).toBe(of.at(-1)![2]);
			expect(of.every(([, done], i) => i === 0 || done >= of[i - 1][1])).toBe(true);
		}
	});
});

describe("a preparation that fails", () => {
	it.each(["reading", "encoding"])("stops at a signal while %s and leaves nothing", async (stage) => {
		const out = folder();
		const stop = new AbortController();
		let after = -1;
		const progress = (at: string) => {
			if (stop.signal.aborted || at === stage) after++;
			if (at === stage) stop.abort();
		};
		const error = await failure(prepare({ out, signal: stop.signal, progress }));
		expect(error.message).toMatch(/^stopped; nothing was written/);
		expect(error).not.toBeInstanceOf(InputError);
		expect(after).toBe(0);
		expect(readdirSync(out)).toEqual([]);
	});

	it("leaves an earlier one as it was", async () => {
		const out = folder();
		await prepare({ out });
		const before = folderHashes(out);
		const error = await failure(prepare({ out, raw: folder() }));
		expect(error).toBeInstanceOf(InputError);
		expect(folderHashes(out)).toEqual(before);
	});

	it("says that the disk is full", async () => {
		const out = folder();
		const full = (stage: string) => {
			const file = join(out, `.preparing-${process.pid}`, "valid.parquet");
			if (stage === "encoding" && !existsSync(file)) symlinkSync("/dev/full", file);
		};
		const error = await failure(prepare({ out, progress: full }));
		expect(error.message).toMatch(/disk is full/);
		expect(error).not.toBeInstanceOf(InputError);
		expect(readdirSync(out)).toEqual([]);
	});

	it("says that there are too few rows to draw validation rows from", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 2, commonRows: 1, seed: 1 });
		const error = await failure(prepare({ raw: at }));
		expect(error).toBeInstanceOf(InputError);
		expect(error.message).toMatch(/no validation row was drawn from 2 rows/);
	});

	it("says that its --out is a file, and that one is at work there", async () => {
		const at = folder();
		writeFileSync(join(at, "file"), "");
		const error = await failure(prepare({ out: join(at, "file") }));
		expect(error.message).toMatch(/file is a file: give a folder/);
		mkdirSync(join(at, ".preparing-1"));
		expect((await failure(prepare({ out: at }))).message).toMatch(/process 1 is preparing/);
	});
});
