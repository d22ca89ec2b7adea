import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../core/problem";
import { stream } from "../../core/random";
import { checkSchema } from "../schema";
import { readEncodedCsv, readerVersion } from "./encodedCsv";
import { temporaryFolders } from "./temporaryFolders";

const folder = temporaryFolders();
const IDS = [
	...["101", "121", "122", "124", "125", "126", "127", "128", "129", "205", "206", "207", "210", "216", "508", "509"],
	...["702", "853", "301", "109_14", "110_14", "127_14", "150_14"],
];
const NUMBERS = ["D109_14", "D110_14", "D127_14", "D150_14", "D508", "D509", "D702", "D853"];
const HEADER = ["click", "purchase", ...IDS, ...NUMBERS].join(",");

/** Writes the three files as the preparation writes them, with this many rows each. */
function written(rows: { train: number; val: number; test: number } = { train: 100, val: 50, test: 50 }): string {
	const at = folder();
	const random = stream(1, "encoded");
	for (const [part, count] of Object.entries(rows)) {
		const lines = Array.from({ length: count }, (_, row) => {
			const labels = row === 0 ? ["1", "1"] : [row % 20 === 0 ? "1" : "0", "0"];
			const ids = IDS.map(() => String(random.int(90)));
			return [...labels, ...ids, ...NUMBERS.map(() => String(random.int(10001) / 10000))].join(",");
		});
		writeFileSync(join(at, `ali_ccp_${part}_sample.csv`), `${[HEADER, ...lines].join("\n")}\n`);
	}
	return at;
}

const samples = process.env.SAMPLES;
const source = () => (samples ? join(samples, "aliccp-encoded") : written());

describe("encoded Ali-CCP", () => {
	it("is read as it stands", async () => {
		const at = source();
		console.log(samples ? `real rows of ${at}` : "SAMPLES is not set: rows written by the test");
		const log = await readEncodedCsv({ folder: at });
		expect([log.rows, log.read, log.dropped]).toEqual([200, 200, []]);
		checkSchema(log.schema, Object.keys(log.columns));
		expect(log.schema.user).toBe("101");
		expect(Object.keys(log.schema.features).sort()).toEqual([...IDS, ...NUMBERS].sort());
		expect(log.schema.features["109_14"]).toEqual({ kind: "id" });
		expect(log.schema.features.D109_14).toEqual({ kind: "number" });

		const lines = (["train", "val", "test"] as const).flatMap((part) =>
			readFileSync(join(at, `ali_ccp_${part}_sample.csv`), "utf8")
				.trim()
				.split("\n")
				.slice(1)
				.map((line) => ({ part: { train: 0, test: 1, val: 2 }[part], cells: line.split(",").map(Number) })),
		);
		expect(Array.from(log.part!)).toEqual(lines.map(({ part }) => part));
		for (const [index, name] of HEADER.split(",").entries()) {
			const column = log.columns[name === "purchase" ? "conversion" : name] as Int32Array;
			const cells = lines.map(({ cells }) => cells[index]);
			expect(Array.from(column), name).toEqual(name.startsWith("D") ? Array.from(Float32Array.from(cells)) : cells);
		}
		expect(log.columns.conversion).toBeInstanceOf(Uint8Array);
		expect(log.columns["205"]).toBeInstanceOf(Int32Array);
		expect(Array.from(log.columns.conversion as Uint8Array).reduce((a, b) => a + b, 0)).toBe(3);
	});

	it("leaves rows with a fault out, and counts them", async () => {
		const at = written();
		const path = join(at, "ali_ccp_train_sample.csv");
		const lines = readFileSync(path, "utf8").trim().split("\n");
		const change = (line: number, column: string, value: string) => {
			const cells = lines[line - 1].split(",");
			cells[HEADER.split(",").indexOf(column)] = value;
			lines[line - 1] = cells.join(",");
		};
		change(3, "purchase", "1");
		change(4, "purchase", "1");
		change(5, "click", "");
		for (const [line, value] of [
			[6, "-1"],
			[7, "1.0"],
			[8, ""],
			[9, "2147483648"],
			[10, "1e3"],
		] as const)
			change(line, "205", value);
		for (const [line, value] of [
			[11, "1.1"],
			[12, "nan"],
			[13, ""],
		] as const)
			change(line, "D508", value);
		lines[13] = lines[13].slice(0, 20);
		lines.push("", `${"9".repeat(2 << 20)}`);
		change(15, "205", "2147483647");
		writeFileSync(path, lines.join("\r\n"));
		const log = await readEncodedCsv({ folder: at });
		expect(log.read).toBe(202);
		expect(log.rows).toBe(188);
		const first = (line: number) => `ali_ccp_train_sample.csv:${line}`;
		expect(log.dropped).toEqual([
			{ reason: "click=0 and purchase=1", count: 2, first: first(3) },
			{ reason: "click or purchase is not 0 or 1", count: 1, first: first(5) },
			{ reason: "id is not a whole number from 0 to 2147483647", count: 5, first: first(6) },
			{ reason: "number is not in [0, 1]", count: 3, first: first(11) },
			{ reason: "wrong number of comma-separated fields", count: 2, first: first(14) },
			{ reason: "line longer than 1 MiB", count: 1, first: first(103) },
		]);
		expect((log.columns["205"] as Int32Array)[1]).toBe(2147483647);
		expect(Array.from(log.part!).filter((part) => part === 0).length).toBe(88);
	});

	it("needs the train file only, and its fingerprint follows the bytes", async () => {
		const [a, b] = [written({ train: 30, val: 5, test: 5 }), folder()];
		writeFileSync(join(b, "ali_ccp_train.csv"), readFileSync(join(a, "ali_ccp_train_sample.csv")));
		const [all, only] = [await readEncodedCsv({ folder: a }), await readEncodedCsv({ folder: b })];
		expect([all.rows, only.rows]).toEqual([40, 30]);
		expect(only.fingerprint).not.toBe(all.fingerprint);
		expect(only.files["ali_ccp_train.csv"]).toBe(all.files["ali_ccp_train_sample.csv"]);
	});

	it("has a fingerprint of the reader's version and the bytes", async () => {
		const at = written({ train: 30, val: 5, test: 5 });
		const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
		const names = ["test", "train", "val"].map((part) => `ali_ccp_${part}_sample.csv`);
		const files = Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(at, name)))]));
		const { fingerprint } = await readEncodedCsv({ folder: at });
		expect(fingerprint).toBe(sha256(JSON.stringify({ reader: "encodedCsv", readerVersion, files })));
	});

	const file = "ali_ccp_train_sample.csv";
	const rewrite = (name: string, change: (text: string) => string) => (at: string) =>
		writeFileSync(join(at, name), change(readFileSync(join(at, name), "utf8")));
	it.each<[string, (at: string) => void, RegExp]>([
		["no header", rewrite(file, (text) => text.slice(text.indexOf("\n") + 1)), /_sample\.csv:1 must be a header line/],
		["semicolons", rewrite(file, (text) => text.replaceAll(",", ";")), /:1 must be a header line.*separated by commas/],
		["an empty file", rewrite(file, () => ""), /train_sample\.csv is empty/],
		["a header alone", rewrite(file, () => HEADER), /has a header and no rows/],
		["no feature", rewrite(file, () => "click,purchase\n0,0\n"), /:1 names no feature/],
		["a column twice", rewrite(file, (text) => text.replace("121", "101")), /:1 names the column "101" twice/],
		["an odd column", rewrite(file, (text) => text.replace("121", "a b")), /:1 has a column "a b"/],
		[
			"another header",
			rewrite("ali_ccp_test_sample.csv", (text) => text.replace("121", "120")),
			/test.*:1 the header differs/,
		],
		["two train files", (at) => writeFileSync(join(at, "ali_ccp_train.csv"), HEADER), /holds both/],
		[
			"no usable row, for a reason that train has too",
			(at) => {
				rewrite(file, (text) => `${text}1\n`)(at);
				rewrite("ali_ccp_val_sample.csv", () => `${HEADER}\n1\n2\n`)(at);
			},
			/val_sample\.csv: none of its 2 rows can be used \(first: ali_ccp_val_sample\.csv:2 wrong number/,
		],
		["one endless line", rewrite(file, () => "click,".repeat(1 << 20)), /:1 is longer than 1 MiB/],
	])("%s is refused", async (_, change, message) => {
		const at = written();
		change(at);
		const error = await readEncodedCsv({ folder: at }).catch((caught: Error) => caught);
		expect(error).toBeInstanceOf(InputError);
		expect((error as Error).message).toMatch(message);
	});

	it("needs a folder that holds it", async () => {
		const at = folder();
		await expect(readEncodedCsv({ folder: at })).rejects.toThrow(/neither ali_ccp_train\.csv nor .* is in/);
		await expect(readEncodedCsv({ folder: join(at, "none") })).rejects.toThrow(/no folder/);
		mkdirSync(join(at, "ali_ccp_train.csv"));
		await expect(readEncodedCsv({ folder: at })).rejects.toThrow(InputError);
	});
});
