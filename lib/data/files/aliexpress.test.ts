import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPrepared } from "../prepared/read";
import { temporaryFolders } from "../readers/temporaryFolders";
import { aliExpress, importAliExpress } from "./aliexpress";
import { writeAliExpress } from "./aliexpressWriter";

const folder = temporaryFolders();

describe("importAliExpress", () => {
	it("reads train.csv and test.csv: the official test, validation by search, contradictions dropped", async () => {
		const [at, out] = [folder(), folder()];
		const written = await writeAliExpress(at, { rows: 400, seed: 3 });
		const card = await importAliExpress({ files: written.files, out, minFrequency: 1 });
		expect(card.read).toBe(600);
		expect(card.reader).toMatchObject({ name: "aliexpress", version: 1 });
		expect(written.contradictions).toBeGreaterThan(2);
		expect(card.dropped).toMatchObject([{ reason: "conversion=1 and click=0", count: written.contradictions }]);
		const lines = written.files.map((file) => readFileSync(file, "utf8").trimEnd().split("\n").slice(1));
		const isKept = (line: string) => !line.endsWith(",0,1");
		expect(card.rows.test).toBe(lines[1].filter(isKept).length);
		expect(card.rows.train + card.rows.valid).toBe(lines[0].filter(isKept).length);
		expect(card.rows.valid).toBeGreaterThan(10);
		expect(card.schema.events).toEqual({ click: "click", conversion: "conversion" });
		expect(card.fields.map(({ kind }) => kind)).toEqual([...Array(16).fill("id"), ...Array(63).fill("number")]);

		const data = await readPrepared(out);
		const searches = (part: "train" | "valid") => new Set(Array.from(data.split[part], (row) => data.user![row]));
		expect([...searches("valid")].filter((search) => searches("train").has(search))).toEqual([]);
		expect(data.events.conversion.reduce((n, c) => n + c, 0)).toBe(
			lines.flat().filter((line) => line.endsWith(",1,1")).length,
		);
	});

	it("counts the category 0 as a category", async () => {
		const [at, out] = [folder(), folder()];
		const { files } = await writeAliExpress(at, { rows: 300, seed: 4 });
		const card = await importAliExpress({ files, out, minFrequency: 1 });
		for (const field of card.fields) if (field.kind === "id") expect(field.size, field.name).toBe(7);
		expect(Object.values(card.unknown).every(({ train, valid, test }) => train + valid + test === 0)).toBe(true);
	});

	it("knows files by other names, and says so where none is a test file", async () => {
		const at = folder();
		const { files } = await writeAliExpress(at, { rows: 200, seed: 5 });
		const [train, test] = ["train", "test"].map((part) => join(at, `aliexpress_${part}_sample.csv`));
		writeFileSync(train, readFileSync(files[0]));
		writeFileSync(test, readFileSync(files[1]));
		expect(
			(await importAliExpress({ files: [train, test], out: folder(), minFrequency: 1 })).rows.test,
		).toBeGreaterThan(80);
		await expect(importAliExpress({ files: [train], out: folder(), minFrequency: 1 })).rejects.toThrow(
			"none is among aliexpress_train_sample.csv",
		);
	});

	it("never shows an event to a model", () => {
		const { events, features } = aliExpress.schema;
		expect(Object.values(events).filter((column) => column in features)).toEqual([]);
		expect(Object.keys(features)).not.toContain("search_id");
	});
});
