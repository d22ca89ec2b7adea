import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InputError } from "../core/problem";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { fingerprintOf } from "../simulator/simulate";
import { simulateJob } from "./dataSimulate";

const folders = temporaryFolders();
type Options = Parameters<typeof simulateJob.work>[0];
const run = (options: Partial<Options>) =>
	simulateJob.work(
		{ preset: "tiny", seed: 1, rows: 3000, format: "parquet", out: "", ...options },
		new AbortController().signal,
		[],
	);

describe("npm run data -- simulate", () => {
	test("writes Parquet with its companions and says what came out", async () => {
		const folder = folders();
		const out = join(folder, "log.parquet");
		const set = { randomLog: 500, replayRequests: 10, rho: 0 };
		const { json, text } = await run({ out, set });
		const told = json as Record<string, never> & { assertions: { holds: boolean }[]; files: string[] };
		expect(told).toMatchObject({ rows: 3000, file: out, format: "parquet", knobs: { rho: 0, N: 3000 } });
		expect(told.fingerprint).toBe(fingerprintOf({ preset: "tiny", seed: 1, rows: 3000, knobs: { rho: 0 } }));
		expect(told.clicks).toBeGreaterThan(100);
		expect(told.conversions).toBeGreaterThan(0);
		expect(Object.keys(told.ceilings)).toEqual([
			"auc(click|impression)",
			"auc(conversion|click)",
			"auc(conversion|impression)",
		]);
		expect(told.assertions.length).toBeGreaterThan(10);
		expect(told.assertions.filter(({ holds }) => !holds)).toEqual([]);
		expect(told.seconds).toBeGreaterThan(0);
		expect(readdirSync(folder).sort()).toEqual([...told.files].sort());
		expect(text).toContain("assertions hold");
		expect(text).toContain("| DP ");
	});

	test("writes Ali-CCP's raw files", async () => {
		const out = join(folders(), "raw");
		const { json } = await run({ out, format: "aliccp" });
		const told = json as { files: string[]; parts: Record<string, { rows: number }>; clicks: number };
		expect(readdirSync(out).sort()).toEqual([...told.files].sort());
		expect(told.files.length).toBe(4);
		expect(told.parts.train.rows + told.parts.test.rows).toBe(3000);
	});

	test.each<[string, Partial<Options>, RegExp]>([
		["an unknown preset", { preset: "demos" }, /unknown preset "demos": did you mean "demo"/],
		["an unknown knob", { set: { roh: 1 } }, /unknown knob "roh": did you mean "rho"/],
		["a knob out of range", { set: { rho: 2 } }, /knob "rho"/],
		["an unknown format", { format: "csv" }, /unknown format "csv"/],
		[
			"a name that is no Parquet file's",
			{ out: "log.csv" },
			/--out "log.csv" must be the name of a file that ends in .parquet/,
		],
	])("refuses %s before it works", async (_, options, words) => {
		const out = join(folders(), "log.parquet");
		await expect(run({ out, ...options })).rejects.toThrow(words);
		await expect(run({ out, ...options })).rejects.toThrow(InputError);
		expect(existsSync(out)).toBe(false);
	});

	test("stops when asked to, and leaves nothing", async () => {
		const folder = folders();
		const stop = new AbortController();
		stop.abort();
		const options = { preset: "tiny", seed: 1, format: "parquet", out: join(folder, "log.parquet") };
		await expect(simulateJob.work(options, stop.signal, [])).rejects.toThrow("stopped while simulating");
		expect(readdirSync(folder)).toEqual([]);
	});
});
