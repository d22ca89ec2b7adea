import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { writeAliExpress } from "../data/files/aliexpressWriter";
import { filesFor, rowsFor, schemaFor } from "../data/files/samples";
import { cardText, readCard } from "../data/prepared/card";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { importJob } from "./dataImport";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();
const schemaFile = (schema: object = {}): string => {
	const path = join(folder(), "S.json");
	writeFileSync(path, JSON.stringify({ ...schemaFor, ...schema }));
	return path;
};
const work = (options: { schema: string; out: string; memory?: string; minFrequency?: number }, files: string[]) =>
	importJob.work({ minFrequency: 10, ...options }, new AbortController().signal, files);

describe("npm run data -- import", () => {
	it("prints one JSON object with what was read, kept and found, and prepares the folder", async () => {
		const { halves } = await filesFor(folder(), rowsFor(400, stream(1, "rows")));
		const out = folder();
		const args = [
			"import",
			"--schema",
			schemaFile(),
			"--out",
			out,
			"--min-frequency",
			"5",
			"--memory",
			"200MB",
			"--json",
		];
		const { code, stdout, stderr } = await runCommand("data", [...args, ...halves]);
		expect(code, stderr).toBe(0);
		const json = JSON.parse(stdout);
		const card = await readCard(out);
		expect(json).toMatchObject({
			rows: card.rows,
			clicks: card.events.click,
			conversions: card.events.conversion,
			events: card.events,
			...{ read: 400, dropped: {}, files: card.files, fingerprint: card.fingerprint, unknown: card.unknown },
		});
		expect(Object.keys(json.files)).toEqual(["a.csv", "b.csv"]);
		expect(json.rows.train + json.rows.valid + json.rows.test).toBe(400);
		expect(json.clicks.train).toBeGreaterThan(50);
		expect(Object.keys(json.vocabulary)).toEqual(["cat", "tags"]);
		expect(json.vocabulary.cat).toBeGreaterThan(5);
		expect(json.seconds).toBeGreaterThan(0);
		expect(json.peakMemoryMB).toBeGreaterThan(50);
	}, 60_000);

	it("ends with 2 and one line that names the file, the key and the nearest name", async () => {
		const { csv } = await filesFor(folder(), rowsFor(20, stream(1, "rows")));
		const out = folder();
		const schema = schemaFile({ features: { prize: { kind: "number" } } });
		const wrong = await runCommand("data", ["import", "--schema", schema, "--out", out, csv]);
		expect(wrong.code).toBe(2);
		expect(
			wrong.stderr
				.trim()
				.split("\n")
				.filter((line) => !line.startsWith("npm ")),
		).toHaveLength(1);
		expect(wrong.last).toContain('"prize": did you mean "price"?');
		expect(readdirSync(out)).toEqual([]);
		const none = await runCommand("data", ["import", "--schema", schema, "--out", out]);
		expect(none.code).toBe(2);
		expect(none.last).toContain("FILE");
	}, 60_000);

	it("explains the schema file in its help", async () => {
		const { code, stdout } = await runCommand("data", ["import", "--help"]);
		expect(code).toBe(0);
		for (const words of ['"implies"', "--schema aliexpress", "openBandit", "weights", "--memory"])
			expect(stdout).toContain(words);
	}, 60_000);

	it("has no clicks and conversions to count where the schema has no such events", async () => {
		const csv = join(folder(), "log.csv");
		writeFileSync(csv, "v,x,p\n1,1,train\n0,1,valid\n0,2,test\n");
		const schema = schemaFile({
			...{ user: undefined, time: undefined, events: { view: "v" }, implies: {} },
			...{ features: { x: { kind: "id" } }, split: { by: "column", column: "p" } },
		});
		const { json } = await work({ schema, out: folder(), minFrequency: 1 }, [csv]);
		expect(json).toMatchObject({ clicks: null, conversions: null, events: { view: { train: 1, valid: 0, test: 0 } } });
	});

	it("tells people what was read, left out and found, in tables", async () => {
		const [at, out] = [folder(), folder()];
		const { files, contradictions } = await writeAliExpress(at, { rows: 300, seed: 1 });
		const { text, json } = await work({ schema: "aliexpress", out }, files);
		expect(text).toContain("train.csv, test.csv: 450 rows read");
		expect(text).toMatch(new RegExp(`dropped \\| +${contradictions} \\| conversion=1 and click=0`));
		expect(text).toContain("conversion|click");
		expect(text).toContain("categorical_16");
		expect(json).toMatchObject({ dropped: { "conversion=1 and click=0": contradictions } });
		expect(JSON.parse(readFileSync(join(out, "card.json"), "utf8")).reader.name).toBe("aliexpress");
	});

	it("shows numbers in buckets as such, with missing values counted and no unknown ids", async () => {
		const csv = join(folder(), "log.csv");
		const lines = Array.from(
			{ length: 60 },
			(_, i) => `${i % 2},${i === 7 ? "" : i % 10},${["train", "valid", "test"][i % 3]}`,
		);
		writeFileSync(csv, `v,x,p\n${lines.join("\n")}\n`);
		const schema = schemaFile({
			...{ user: undefined, time: undefined, events: { click: "v" }, implies: {}, numbers: "quantiles" },
			...{ features: { x: { kind: "number" } }, split: { by: "column", column: "p" } },
		});
		const out = folder();
		const { text } = await work({ schema, out, minFrequency: 1 }, [csv]);
		expect(text).toMatch(/\| x +\| number, 10 buckets \| +[^ |\d]? *\|/);
		expect(text).toMatch(/remark \| +1 \| missing values of "x": they have a code of their own, 0/);
		expect(cardText(await readCard(out))).toContain("x (number, 10 buckets)");
	});

	it("refuses a schema file that is not there, and a memory size that is none", async () => {
		await expect(work({ schema: "openbandit", out: folder() }, ["a.csv"])).rejects.toThrow(
			"--schema openbandit cannot be read (ENOENT): give a schema file, or aliexpress or openBandit",
		);
		await expect(work({ schema: schemaFile(), out: folder(), memory: "lots" }, ["a.csv"])).rejects.toThrow("--memory");
	});
});
