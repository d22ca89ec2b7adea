import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { prepareAliCcp } from "../../data/aliccp/prepare";
import { importFiles } from "../../data/files/importFiles";
import { parseSchemaFile } from "../../data/files/schemaFile";
import { prepare } from "../../data/prepare";
import { readPrepared } from "../../data/prepared/read";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { splits } from "../../data/split";
import { type Simulated, simulate } from "../../simulator/simulate";
import { writeSimulatedAliCcp } from "./aliCcp";
import { findingsOf, writeSimulated } from "./files";

const folders = temporaryFolders();

describe("what is written of a simulated log is read by the readers of files", () => {
	let log: Simulated;
	beforeAll(() => {
		log = simulate({ preset: "tiny", seed: 1, rows: 4000, knobs: { randomLog: 0, replayRequests: 5, ctr: 0.2 } });
	});
	const sum = (flags: ArrayLike<number>) => Array.from(flags).reduce((a, b) => a + b, 0);

	test("imported by its own schema it is the data set that the log itself gives", async () => {
		const folder = folders();
		const path = join(folder, "log.parquet");
		await writeSimulated(log, findingsOf(log), path);
		const schema = parseSchemaFile(readFileSync(join(folder, "log.schema.json"), "utf8"), "log.schema.json");
		const out = join(folder, "prepared");
		const card = await importFiles({ files: [path], schema, out, minFrequency: 10 });
		expect(card.dropped).toEqual([]);
		const ours = await readPrepared(out);
		const own = prepare(log, { split: splits.esmm, encoding: { minFrequency: 10 } });
		for (const part of ["train", "valid", "test"] as const)
			expect(ours.split[part].length, part).toBe(own.split[part].length);
		const sizes = (fields: typeof own.fields) =>
			fields.map((field) => [field.name, field.kind, field.kind === "number" ? 0 : field.size]);
		expect(sizes(ours.fields)).toEqual(sizes(own.fields));
		for (const [event, flags] of Object.entries(own.events)) expect(sum(ours.events[event]), event).toBe(sum(flags));
		expect(sum(ours.truth["conversion|click"])).toBeCloseTo(sum(own.truth["conversion|click"]), 6);
	});

	test("prepared as Ali-CCP with all fields it loses no row, and its lists are there", async () => {
		const folder = folders();
		const { train, test } = await writeSimulatedAliCcp(log, join(folder, "raw"));
		const { card } = await prepareAliCcp({ raw: join(folder, "raw"), out: join(folder, "out"), protocol: "esmm" });
		expect(card.dropped).toEqual([]);
		expect(card.rows.train + card.rows.valid).toBe(train.rows);
		expect(card.rows.test).toBe(test.rows);
		expect(card.events.click.train + card.events.click.valid).toBe(train.clicks);
		expect(card.events.conversion.test).toBe(test.conversions);
		expect(card.fields.filter(({ name }) => name.endsWith("_14")).map(({ kind }) => kind)).toEqual(
			Array(4).fill("ids"),
		);
	});
});
