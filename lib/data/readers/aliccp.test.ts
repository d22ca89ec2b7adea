import { createHash } from "node:crypto";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../core/problem";
import type { Log } from "../log";
import { checkSchema } from "../schema";
import { readAliCcp, readerVersion } from "./aliccp";
import { CSTWA_FIELDS, FAULTS } from "./aliccpElements";
import { plainAliCcp, rowsOf } from "./aliccpPlain";
import { writeAliCcp } from "./aliccpWriter";
import { temporaryFolders } from "./temporaryFolders";

const folder = temporaryFolders();
const column = (log: Log, name: string) => log.columns[name] as Int32Array;
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
const byReason = <T extends { reason: string }>(list: readonly T[]) =>
	[...list].sort((a, b) => (a.reason < b.reason ? -1 : 1));
const total = (list: readonly { count: number }[]) => sum(list.map(({ count }) => count));

const failure = (promise: Promise<unknown>): Promise<Error> =>
	promise.then(
		() => new Error("it did not fail"),
		(error: Error) => error,
	);

describe("writer and reader", () => {
	it("give back what was written, more than one piece of a file long", async () => {
		const at = folder();
		const options = { rows: 20000, testRows: 3000, seed: 5, clickRate: 0.2, conversionRate: 0.1 };
		const written = await writeAliCcp(at, options);
		const log = await readAliCcp({ folder: at });
		const plain = plainAliCcp(at);

		expect(written.rows).toEqual({ train: 20000, test: 3000 });
		expect(log.rows).toBe(23000);
		expect(log.read).toBe(23000);
		expect(log.dropped).toEqual([]);
		expect(log.droppedCommon).toEqual([]);
		expect(rowsOf(log)).toEqual(plain.rows);
		for (const [part, name] of ["train", "test"].entries()) {
			const rows = rowsOf(log).filter((row) => row.part === part);
			expect(rows.length).toBe(written.rows[name as "train"]);
			expect(sum(rows.map((row) => row.click))).toBe(written.clicks[name as "train"]);
			expect(sum(rows.map((row) => row.conversion))).toBe(written.conversions[name as "train"]);
		}
		const vocabulary = Object.fromEntries(
			CSTWA_FIELDS.map((field) => [field, new Set(column(log, field).filter((id) => id !== 0)).size]),
		);
		expect(vocabulary).toEqual(written.vocabulary);
		checkSchema(log.schema, Object.keys(log.columns));
		expect(Object.keys(log.schema.features).sort()).toEqual([...CSTWA_FIELDS].sort());
		expect(log.schema).toMatchObject({
			user: "101",
			events: { click: "click", conversion: "conversion" },
			implies: { conversion: "click" },
		});
	});

	it("numbers the common rows, test after train, one user each", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 600, testRows: 200, commonRows: 30, seed: 2 });
		const log = await readAliCcp({ folder: at });
		expect(log.readCommon).toBe(40);
		expect(log.commonRows).toBe(40);
		const byCommon = new Map<number, Set<string>>();
		for (let row = 0; row < log.rows; row++) {
			const common = column(log, "common")[row];
			expect(common >= 30).toBe(log.part![row] === 1);
			const of = byCommon.get(common) ?? new Set();
			byCommon.set(common, of.add(`${column(log, "101")[row]} ${column(log, "121")[row]}`));
		}
		expect(byCommon.size).toBeGreaterThan(30);
		expect([...byCommon.values()].every((users) => users.size === 1)).toBe(true);
		const plain = plainAliCcp(at);
		const distinct = new Set(plain.lines.map((lines, row) => `${plain.rows[row].part} ${lines.common}`));
		expect(byCommon.size).toBe(distinct.size);
	});

	it("write the same bytes for the same options, others for another seed", async () => {
		const [a, b, c] = [folder(), folder(), folder()];
		await writeAliCcp(a, { rows: 300, seed: 1 });
		await writeAliCcp(b, { rows: 300, seed: 1 });
		await writeAliCcp(c, { rows: 300, seed: 2 });
		const [first, second, third] = await Promise.all([a, b, c].map((at) => readAliCcp({ folder: at })));
		expect(second.files).toEqual(first.files);
		expect(second.fingerprint).toBe(first.fingerprint);
		expect(third.fingerprint).not.toBe(first.fingerprint);
	});

	it("have a fingerprint of the reader's version, the protocol and the bytes", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 100, seed: 1 });
		const log = await readAliCcp({ folder: at });
		const names = ["common_features_train.csv", "sample_skeleton_train.csv"];
		const files = Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(at, name)))]));
		const content = { reader: "aliccp", readerVersion, protocol: "cstwa", files };
		expect(log.fingerprint).toBe(sha256(JSON.stringify(content)));
	});

	it("has the shape of the source: 13.5 elements a row, its click rate, labels that fields explain", async () => {
		const at = folder();
		const written = await writeAliCcp(at, { rows: 20000, seed: 3 });
		const lines = readFileSync(join(at, "sample_skeleton_train.csv"), "latin1").trimEnd().split("\n");
		const counts = lines.map((line) => Number(line.split(",")[4]));
		expect(Math.abs(sum(counts) / counts.length - 13.5)).toBeLessThan(0.5);
		expect(Math.max(...counts)).toBeLessThanOrEqual(50);
		expect(Math.abs(written.clicks.train / 20000 - 0.0389)).toBeLessThan(0.01);
		const common = readFileSync(join(at, "common_features_train.csv"), "latin1").trimEnd().split("\n");
		expect(Math.abs(sum(common.map((line) => Number(line.split(",")[1]))) / common.length - 40)).toBeLessThan(6);

		const log = await readAliCcp({ folder: at });
		const clicks = new Map<number, [clicked: number, seen: number]>();
		const categories = column(log, "206");
		for (let row = 0; row < log.rows; row += 2) {
			const [clicked, seen] = clicks.get(categories[row]) ?? [0, 0];
			clicks.set(categories[row], [clicked + column(log, "click")[row], seen + 1]);
		}
		const scored = Array.from({ length: log.rows / 2 }, (_, i) => 2 * i + 1).map((row) => {
			const [clicked, seen] = clicks.get(categories[row]) ?? [0, 0];
			return { score: (clicked + 0.4) / (seen + 10), label: column(log, "click")[row] };
		});
		const positives = scored.filter(({ label }) => label === 1);
		const negatives = scored.filter(({ label }) => label === 0);
		let wins = 0;
		for (const { score } of positives)
			for (const other of negatives) wins += score > other.score ? 1 : score === other.score ? 0.5 : 0;
		expect(wins / (positives.length * negatives.length)).toBeGreaterThan(0.65);
	});

	it("take CRLF line ends and a last line without an end", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 200, seed: 1 });
		const clean = await readAliCcp({ folder: at });
		for (const name of ["sample_skeleton_train.csv", "common_features_train.csv"]) {
			const text = readFileSync(join(at, name), "latin1");
			writeFileSync(join(at, name), text.trimEnd().replaceAll("\n", "\r\n"), "latin1");
		}
		const log = await readAliCcp({ folder: at });
		expect(rowsOf(log)).toEqual(rowsOf(clean));
		expect(log.dropped).toEqual([]);
		expect(log.fingerprint).not.toBe(clean.fingerprint);
	});

	it("tell how far they are", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 200, seed: 1 });
		const calls: [number, number][] = [];
		await readAliCcp({ folder: at, progress: (...call) => calls.push(call) });
		expect(calls.length).toBeGreaterThanOrEqual(2);
		expect(calls[calls.length - 1][0]).toBe(calls[0][1]);
	});
});

describe("rows with faults", () => {
	it("are each counted under their reason, with the first line", async () => {
		const at = folder();
		const names = Object.keys(FAULTS) as (keyof typeof FAULTS)[];
		const faults = Object.fromEntries(names.filter((n) => n !== "duplicateMd5").map((name, i) => [name, 1 + (i % 3)]));
		const { contradiction: _, unknownMd5: __, duplicateSample: ___, sample: ____, label: _____, ...inCommon } = faults;
		const commonFaults = { ...inCommon, duplicateMd5: 3 };
		const written = await writeAliCcp(at, {
			rows: 6000,
			testRows: 500,
			commonRows: 150,
			seed: 9,
			faults,
			commonFaults,
		});
		const log = await readAliCcp({ folder: at });

		expect(byReason(log.dropped)).toEqual(byReason(written.dropped));
		expect(byReason(log.droppedCommon)).toEqual(byReason(written.droppedCommon));
		for (const [name, count] of Object.entries(faults)) {
			const found = log.dropped.find(({ reason }) => reason === FAULTS[name as keyof typeof FAULTS]);
			if (name === "unknownMd5") expect(found?.count).toBeGreaterThan(count + 100);
			else expect(found?.count).toBe(count);
		}
		for (const [name, count] of Object.entries(commonFaults))
			expect(log.droppedCommon.find(({ reason }) => reason === FAULTS[name as keyof typeof FAULTS])?.count).toBe(count);
		expect(log.rows).toBe(written.rows.train + written.rows.test);
		expect(log.read).toBe(6500);
		expect(log.read).toBe(log.rows + total(log.dropped));
		expect(log.readCommon).toBe(log.commonRows + total(log.droppedCommon));
		const plain = plainAliCcp(at);
		expect(rowsOf(log)).toEqual(plain.rows);
	});

	it("are found where the file was cut", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 100, seed: 4 });
		const path = join(at, "sample_skeleton_train.csv");
		const text = readFileSync(path, "latin1");
		const last = text.lastIndexOf("\x01");
		truncateSync(path, last);
		const atElement = await readAliCcp({ folder: at });
		expect(atElement.dropped).toEqual([{ reason: FAULTS.count, count: 1, first: "sample_skeleton_train.csv:100" }]);
		const line = text.lastIndexOf("\n", text.length - 2) + 1;
		for (const [mark, reason] of [
			[".", FAULTS.value],
			["\x03", FAULTS.value],
			["\x02", FAULTS.element],
			[",", FAULTS.commas],
		]) {
			truncateSync(path, text.indexOf(mark, line) + 1);
			const { rows, dropped } = await readAliCcp({ folder: at });
			expect(dropped).toEqual([{ reason, count: 1, first: "sample_skeleton_train.csv:100" }]);
			expect(rows).toBe(99);
		}
	});

	it("count a reason of the test part together with the train part's", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 100, testRows: 50, seed: 4, faults: { contradiction: 2 } });
		appendFileSync(join(at, "sample_skeleton_test.csv"), "999,0,1,a,0,\nx\n");
		const log = await readAliCcp({ folder: at });
		expect(log.dropped).toEqual([
			{ reason: FAULTS.contradiction, count: 3, first: expect.stringMatching(/^sample_skeleton_train\.csv:\d+$/) },
			{ reason: FAULTS.commas, count: 1, first: "sample_skeleton_test.csv:52" },
		]);
	});

	it("let the common row's id of a field count, and the last of several", async () => {
		const at = folder();
		const element = (field: string, id: number) => `${field}\x02${id}\x031.0`;
		writeFileSync(join(at, "common_features_train.csv"), `ab,2,${element("101", 7)}\x01${element("121", 8)}\n`);
		const list = [
			element("205", 1),
			element("853", 5),
			element("121", 9),
			element("853", 2147483647),
			element("210", 3),
		];
		writeFileSync(join(at, "sample_skeleton_train.csv"), `1,1,1,ab,5,${list.join("\x01")}\n2,0,0,ab,0,\n`);
		const log = await readAliCcp({ folder: at });
		const [first, second] = rowsOf(log).map(({ ids }) => Object.fromEntries(CSTWA_FIELDS.map((f, i) => [f, ids[i]])));
		expect(first).toMatchObject({ "101": 7, "121": 8, "205": 1, "853": 2147483647, "206": 0 });
		expect(second).toMatchObject({ "101": 7, "121": 8, "205": 0, "853": 0 });
		expect(Array.from(log.part!)).toEqual([0, 0]);
	});
});

describe("files that are not Ali-CCP's", () => {
	const clean = folder;
	const broken = async (change: (at: string) => void): Promise<Error> => {
		const at = clean();
		await writeAliCcp(at, { rows: 60, testRows: 20, seed: 1 });
		change(at);
		return failure(readAliCcp({ folder: at }));
	};
	const rewrite = (name: string, change: (text: string) => string) => (at: string) =>
		writeFileSync(join(at, name), change(readFileSync(join(at, name), "latin1")), "latin1");
	const skeleton = "sample_skeleton_train.csv";
	const common = "common_features_train.csv";

	it.each<[string, (at: string) => void, RegExp]>([
		["no folder", (at) => rmSync(at, { recursive: true }), /^no folder .*: give the folder/],
		["no train skeleton", (at) => rmSync(join(at, skeleton)), /^sample_skeleton_train\.csv is not in .*: put/],
		["no common file", (at) => rmSync(join(at, common)), /^common_features_train\.csv is not in /],
		[
			"no test common file",
			(at) => rmSync(join(at, "common_features_test.csv")),
			/^common_features_test\.csv is not in/,
		],
		["no test skeleton", (at) => rmSync(join(at, "sample_skeleton_test.csv")), /^sample_skeleton_test\.csv is not in/],
		[
			"packed files",
			(at) => {
				rmSync(join(at, skeleton));
				writeFileSync(join(at, "sample_train.tar.gz"), "");
			},
			/sample_train\.tar\.gz is: unpack it/,
		],
		[
			"another name",
			(at) => cpSync(join(at, skeleton), join(at, "sample_skeleton_valid.csv")),
			/sample_skeleton_valid\.csv is neither train nor test: name it sample_skeleton_train/,
		],
		[
			"a folder of that name",
			(at) => {
				rmSync(join(at, common));
				mkdirSync(join(at, common));
			},
			/common_features_train\.csv cannot be read \(EISDIR\)/,
		],
		["empty skeleton", rewrite(skeleton, () => ""), /sample_skeleton_train\.csv is empty/],
		["empty common file", rewrite(common, () => ""), /common_features_train\.csv is empty/],
		["tabs", rewrite(skeleton, (text) => text.replaceAll(",", "\t")), /_train\.csv:1 wrong number.*separated by tabs/],
		["semicolons", rewrite(common, (text) => text.replaceAll(",", ";")), /:1 wrong number.*separated by semicolons/],
		[
			"lost marks",
			rewrite(skeleton, (t) => t.replaceAll("\x01", " ").replaceAll("\x02", " ")),
			/:1 malformed element; all 60 .*no 0x02/,
		],
		[
			"a header",
			rewrite(skeleton, (text) => `sample_id,click,conversion,md5,num,list\n${text}`),
			/:1 is a header line/,
		],
		[
			"a header in common",
			rewrite(common, (text) => `common_feature_index,feature_num,list\n${text}`),
			/:1 is a header/,
		],
		["gzip bytes", rewrite(skeleton, () => "\x1f\x8b\x08\0\0\n\0"), /is gzip: unpack it/],
		["UTF-16", rewrite(skeleton, (text) => Buffer.from(text, "utf16le").toString("latin1")), /NUL bytes/],
		["one endless line", rewrite(skeleton, () => "1,".repeat(3 << 20)), /:1 line longer than 1 MiB; its only line is/],
		[
			"other common file",
			rewrite(common, (text) => text.replace(/^/gm, "f")),
			/none of its 60 rows.*unknown md5\)\. Does/,
		],
		[
			"no usable test row, for a reason that train has too",
			(at) => {
				rewrite(skeleton, (text) => `${text}70,0,0,0,0,\n`)(at);
				rewrite("sample_skeleton_test.csv", () => "1,0,0,0,0,\n")(at);
			},
			/sample_skeleton_test\.csv: none of its 1 rows can be used \(first: sample_skeleton_test\.csv:1 unknown md5/,
		],
	])("%s", async (_, change, message) => {
		const error = await broken(change);
		expect(error.message).toMatch(message);
		expect(error).toBeInstanceOf(InputError);
		expect(error.message).not.toContain("\n");
	});

	it("are given up after 1000 malformed lines", async () => {
		const error = await broken(rewrite(skeleton, () => "a b c\n".repeat(5000)));
		expect(error.message).toMatch(/all 1000 lines read are unusable/);
	});

	it("refuse a protocol they do not know", async () => {
		const error = await failure(readAliCcp({ folder: ".", protocol: "esmn" as "cstwa" }));
		expect(error).toBeInstanceOf(InputError);
		expect(error.message).toMatch(/unknown protocol "esmn"/);
	});

	it("refuse more faults than there are rows", async () => {
		const error = await failure(writeAliCcp(folder(), { rows: 5, seed: 1, faults: { nul: 5 } }));
		expect(error).toBeInstanceOf(InputError);
	});
});
