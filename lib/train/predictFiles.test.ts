import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../data/dataset";
import { openDuckDb, sqlText } from "../data/duckdb";
import { importFiles } from "../data/files/importFiles";
import { readPrepared } from "../data/prepared/read";
import { streamed } from "../data/prepared/streamed";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { Schema } from "../data/schema";
import { esmm } from "../models/esmm";
import { fit } from "./fit";
import { type LoadedModel, loadModel } from "./loadModel";
import { type PredictFiles, predictFiles } from "./predictFiles";
import { saveModel } from "./saveModel";

const folder = temporaryFolders();
const [log, raw] = [join(folder(), "log"), folder()];
const events = { click: "is_click", conversion: "is_buy" };
const features: Schema["features"] = {
	city: { kind: "id" },
	item: { kind: "id" },
	price: { kind: "number" },
	tags: { kind: "ids", weights: "w" },
};
const header = ["city", "item", "price", "tags", "w", "is_click", "is_buy", "part"];
/** A row of the raw log: text ids with a rare one, whole ids with 0, weighted lists, some of them empty. */
function rawRow(i: number): (string | number)[] {
	const click = +(i % 3 === 0 || i % 7 === 0);
	const tags = Array.from({ length: i % 4 }, (_, k) => (i * 5 + k * 3) % 11);
	const part = ["train", "train", "valid", "test"][(i >> 2) % 4];
	return [
		`c${i % 97 === 0 ? `rare${i}` : (i * 7) % 5}`,
		(i * i) % 9,
		((i * 37) % 100) / 8,
		tags.join("|"),
		tags.map((tag) => 1 / (1 + tag)).join("|"),
		click,
		+(click && i % 2 === 0),
		part,
	];
}
const csv = (names: string[], rows: (string | number)[][]) =>
	`${[names, ...rows].map((row) => row.join(",")).join("\n")}\n`;
const rows = Array.from({ length: 1200 }, (_, i) => rawRow(i));

const importTo = async (out: string, lines: (string | number)[][], minFrequency = 4) => {
	const file = join(raw, "log.csv");
	writeFileSync(file, csv(header, lines));
	const schema = { events, implies: { conversion: "click" }, features };
	const split = { by: "column", column: "part" } as const;
	await importFiles({ files: [file], schema: { name: "S.json", schema, split, text: new Set() }, out, minFrequency });
};
const table = async (file: string) => {
	const db = await openDuckDb();
	try {
		return await db.rows(`FROM ${sqlText(file)}`);
	} finally {
		db.close();
	}
};
const PROBS = ["click|impression", "conversion|click", "conversion|impression"];

const hyper = { embedding: 4, mlp: [8], epochs: 3, batch: 64, lr: 0.02 };
let [model, saved, data, expected]: [LoadedModel, string, Dataset, Record<string, Float32Array>] = [
	undefined as never,
	"",
	undefined as never,
	{},
];
const allRows = ({ rows }: Dataset) => Int32Array.from({ length: rows }, (_, row) => row);
beforeAll(async () => {
	await importTo(log, rows);
	data = await readPrepared(log);
	const fitted = await fit(esmm, { data, seed: 1, hyper });
	saved = join(folder(), "model");
	await saveModel(fitted, saved);
	expected = fitted.predict(allRows(data));
	fitted.dispose();
	model = await loadModel(saved);
});
afterAll(() => model.dispose());
const predict = (files: string[], out: string, encoded = false) => predictFiles({ model, files, out, encoded });

/** The columns of a prediction agree: the last bit may depend on which rows are computed together. */
function agree(got: Record<string, unknown>[], wanted: (prob: string) => ArrayLike<number>): void {
	for (const prob of PROBS) {
		const all = Array.from(wanted(prob));
		expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(0.01);
		expect(got).toHaveLength(all.length);
		for (const [at, p] of all.entries())
			expect(Math.abs((got[at][prob] as number) - p), `${prob} ${at}`).toBeLessThan(1e-6);
	}
}

describe("predictFiles", () => {
	it("a prepared folder: every row, in order, with the probabilities of the model", async () => {
		const out = join(folder(), "new", "p.parquet");
		const said = await predict([log], out);
		expect(said).toEqual({ rows: 1200, columns: ["file", "row", ...PROBS], dropped: [], remarks: [], unknown: {} });
		const got = await table(out);
		expect(got.map(({ row }) => row)).toEqual(Array.from({ length: 1200 }, (_, row) => row + 1));
		agree(got, (prob) => expected[prob]);
		expect(readdirSync(join(out, ".."))).toEqual(["p.parquet"]);
	});
	const ofTest = (prob: string) => Array.from(data.split.test, (row) => expected[prob][row]);
	it("raw rows, as CSV and as Parquet: what they are in the log, without events; dropped and unknown ones are counted", async () => {
		const tests = rows.filter((row) => row[7] === "test");
		const lines = tests.map((row) => row.slice(0, 5));
		const at = folder();
		const [file, columns, out] = ["new.csv", "new.parquet", "out.parquet"].map((name) => join(at, name));
		writeFileSync(file, csv(header.slice(0, 5), [...lines, ["c1", 3, "cheap", "", ""], ["nowhere", 3, "", "", ""]]));
		const said = await predict([file], out);
		const rare = tests.filter((row) => String(row[0]).startsWith("crare")).length;
		expect(rare).toBeGreaterThan(0);
		expect(said).toMatchObject({
			rows: tests.length + 1,
			dropped: [{ reason: 'number "price" cannot be read', count: 1, first: `${file}:${tests.length + 2}` }],
			remarks: [{ reason: 'missing values of "price": the mean of the training part stands in', count: 1 }],
		});
		expect(said.unknown.city).toBe(rare + 1);
		const got = await table(out);
		agree(got.slice(0, -1), ofTest);
		expect(got.at(-1)).toMatchObject({ file: 0, row: tests.length + 3 });

		const db = await openDuckDb();
		const list = (name: string, type: string) =>
			`CASE WHEN coalesce(${name}, '') = '' THEN []::${type} ELSE string_split(${name}, '|')::${type} END AS ${name}`;
		await db.run(`COPY (SELECT city, item::BIGINT AS item, price::DOUBLE AS price, ${list("tags", "INTEGER[]")}, ${list("w", "DOUBLE[]")}
			FROM read_csv(${sqlText(file)}, all_varchar = true) WHERE price IS DISTINCT FROM 'cheap') TO ${sqlText(columns)} (FORMAT parquet)`);
		db.close();
		await predict([columns, columns], out);
		const both = await table(out);
		expect(both.map(({ file }) => file)).toEqual([0, 1].flatMap((file) => [...tests.map(() => file), file]));
		agree(both.slice(0, tests.length), ofTest);
		agree(both.slice(tests.length + 1, -1), ofTest);
		expect(both[tests.length + 1]).toMatchObject({ file: 1, row: 1 });
	});
	it("encoded rows, as CSV and as Parquet; and one part of a prepared folder", async () => {
		const at = folder();
		const [file, columns, out] = ["codes.csv", "codes.parquet", "out.parquet"].map((name) => join(at, name));
		const db = await openDuckDb();
		const test = sqlText(join(log, "test.parquet"));
		const texts = `tags::VARCHAR AS tags, "tags.weights"::VARCHAR AS "tags.weights"`;
		await db.run(`COPY (SELECT * REPLACE (${texts}) FROM ${test}) TO ${sqlText(file)}`);
		await db.run(`COPY (FROM ${test}) TO ${sqlText(columns)} (FORMAT parquet)`);
		db.close();
		for (const [path, encoded] of [
			[file, true],
			[columns, true],
			[join(log, "test.parquet"), false],
		] as const) {
			await predict([path], out, encoded);
			agree(await table(out), ofTest);
		}
	});
	it("a model whose training rows were streamed has the vocabulary too", async () => {
		const fitted = await fit(esmm, { data: streamed(log), seed: 1, hyper });
		const to = join(folder(), "model");
		await saveModel(fitted, to);
		const test = fitted.predictOn(data, data.split.test);
		fitted.dispose();
		const loaded = await loadModel(to);
		expect(loaded.about.data).toEqual(model.about.data);
		const out = join(folder(), "p.parquet");
		const file = join(folder(), "new.csv");
		writeFileSync(
			file,
			csv(
				header,
				rows.filter((row) => row[7] === "test"),
			),
		);
		await predictFiles({ model: loaded, files: [file], out });
		agree(await table(out), (prob) => test[prob]);
		loaded.dispose();
	});
	it("a log that was prepared otherwise, with the same vocabulary", async () => {
		const again = join(folder(), "again");
		const more = [...rows, ...rows.filter((row) => row[7] === "test").slice(0, 5)];
		await importTo(again, more);
		expect((await readPrepared(again)).fingerprint).not.toBe(data.fingerprint);
		expect((await predict([again], join(folder(), "p.parquet"))).rows).toBe(more.length);
	});
	it("memory does not hold the rows: more pieces than one, in order", async () => {
		const many = join(folder(), "many.csv");
		const count = 40_000;
		writeFileSync(
			many,
			csv(
				header.slice(0, 5),
				Array.from({ length: count }, (_, i) => rawRow(i).slice(0, 5)),
			),
		);
		const out = join(folder(), "p.parquet");
		const heard: number[] = [];
		const { rows } = await predictFiles({ model, files: [many], out, progress: (done) => heard.push(done) });
		expect([rows, heard.length, heard.at(-1)]).toEqual([count, 3, count]);
		const got = await table(out);
		expect(got.every(({ row }, i) => row === i + 2)).toBe(true);
		const last = join(folder(), "last.csv");
		writeFileSync(
			last,
			csv(
				header.slice(0, 5),
				Array.from({ length: 50 }, (_, i) => rawRow(count - 50 + i).slice(0, 5)),
			),
		);
		await predict([last], out);
		const alone = await table(out);
		agree(got.slice(-50), (prob) => alone.map((row) => row[prob] as number));
	});
	it("stopped: nothing is written", async () => {
		const out = join(folder(), "p.parquet");
		const options: PredictFiles = { model, files: [log], out, signal: AbortSignal.abort() };
		await expect(predictFiles(options)).rejects.toThrow("stopped; nothing was written");
		expect(readdirSync(join(out, ".."))).toEqual([]);
	});
});

describe("refused by name, and nothing is written", () => {
	const refused = async (files: string[], message: string, encoded = false) => {
		const out = join(folder(), "p.parquet");
		await expect(predict(files, out, encoded)).rejects.toThrow(message);
		expect(readdirSync(join(out, ".."))).toEqual([]);
	};
	const file = (name: string, text: string) => {
		const path = join(folder(), name);
		writeFileSync(path, text);
		return path;
	};
	it("a prepared folder with another vocabulary, though its fields are the same", async () => {
		const other = join(folder(), "other");
		// Other names that are as frequent: the same sizes, and codes that mean something else.
		await importTo(
			other,
			rows.map(([city, ...rest]) => [`new ${city}`, ...rest]),
		);
		const sizes = ({ fields }: Dataset) => fields.map((field) => (field.kind === "number" ? 0 : field.size));
		expect(sizes(await readPrepared(other))).toEqual(sizes(data));
		await refused([other], "was encoded with another vocabulary than import log.csv");
		await refused([join(other, "test.parquet")], "was encoded with another vocabulary");
	});
	const codes = "city,item,price,tags,tags.weights\n1,2,0.5,[1],[0.5]\n";
	it.each([
		["a code beyond the vocabulary", "99,2,0.5,[1],[0.5]", 'x.csv:3: "city" is 99, but the model'],
		["a code in a list beyond it", '1,2,0.5,"[1, 77]","[1, 1]"', 'x.csv:3: "tags" is 77'],
		["no code", ",2,0.5,[1],[0.5]", 'x.csv:3: "city" is -1'],
		["no number", "1,2,,[1],[0.5]", 'x.csv:3: "price" is NaN'],
		["a code that is not whole", "2.6,2,0.5,[1],[0.5]", 'a code of "city" is no whole number: 2.6'],
		["one in a list", '1,2,0.5,"[1, 1.5]","[1, 1]"', 'a code of "tags" is no whole number: 1.5'],
		["text for a code", "x,2,0.5,[1],[0.5]", "x.csv does not hold encoded rows"],
	])("encoded rows with %s", async (_, line, message) => {
		await refused([file("x.csv", `${codes}${line}\n`)], message, true);
	});
	it("columns that are missing, rows that cannot be used, files that are not there", async () => {
		await refused([file("a.csv", "city,item,price,tag,w\nc1,1,1,1,1\n")], 'unknown column "tags": did you mean "tag"?');
		await refused([file("b.csv", "city,item,price,tags,tags.weight\n1,1,1,[1],[1]\n")], '"tags.weights"', true);
		await refused(
			[file("c.csv", "city,item,price,tags,w\nc1,1,x,1,1\n")],
			'none of 1 rows can be used: 1 × number "price"',
		);
		await refused([], "name the files to predict");
		await refused(["no/such.csv"], "no/such.csv is not there");
		await refused([log, file("d.csv", codes)], "predict them one by one");
		await refused([folder()], "is no prepared log");
	});
	it("the output in place of an input, or of a folder", async () => {
		const path = file("a.csv", codes);
		await expect(predict([path], path)).rejects.toThrow("is one of the files to predict");
		expect(readFileSync(path, "utf8")).toBe(codes);
		const place = folder();
		await expect(predict([log], place)).rejects.toThrow("is a folder: give the name of a Parquet file");
	});
	it("raw files, for a model of a log that is no prepared folder", async () => {
		const { folder: _, card: __, ...inMemory } = data;
		const fitted = await fit(esmm, { data: inMemory, seed: 1, hyper });
		const to = join(folder(), "model");
		await saveModel(fitted, to);
		fitted.dispose();
		const other = await loadModel(to);
		const out = join(folder(), "p.parquet");
		const files = [file("a.csv", "city\n1\n")];
		await expect(predictFiles({ model: other, files, out })).rejects.toThrow("has no vocabulary to encode");
		other.dispose();
	});
	it("a model whose vocabulary is not the one that it was saved with", async () => {
		const copy = join(folder(), "copy");
		cpSync(saved, copy, { recursive: true });
		writeFileSync(join(copy, "vocabulary.parquet"), "other");
		await expect(loadModel(copy)).rejects.toThrow("is damaged: vocabulary.parquet is not the one");
	});
});
