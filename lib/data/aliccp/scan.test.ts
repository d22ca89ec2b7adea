import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../readers/temporaryFolders";
import { collectAliCcp, firstDifference } from "./collect";
import { CSTWA_FIELDS, FAULTS } from "./elements";
import { plainAliCcp } from "./plain";
import { scanAliCcp } from "./scan";
import { writeAliCcp } from "./writer";

const folder = temporaryFolders();
const idOf = ({ ids }: { ids: number[] }, field: (typeof CSTWA_FIELDS)[number]) => ids[CSTWA_FIELDS.indexOf(field)];
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
const byReason = <T extends { reason: string }>(list: readonly T[]) =>
	[...list].sort((a, b) => (a.reason < b.reason ? -1 : 1));
const total = (list: readonly { count: number }[]) => sum(list.map(({ count }) => count));

describe("writer and reader", () => {
	it("give back what was written, more than one piece of a file long", async () => {
		const at = folder();
		const options = { rows: 20000, testRows: 3000, seed: 5, clickRate: 0.2, conversionRate: 0.1 };
		const written = await writeAliCcp(at, options);
		const scan = await collectAliCcp(at);
		const plain = plainAliCcp(at);

		expect(written.rows).toEqual({ train: 20000, test: 3000 });
		expect(scan.rows).toBe(23000);
		expect(scan.read).toBe(23000);
		expect(scan.dropped).toEqual([]);
		expect(scan.droppedCommon).toEqual([]);
		expect(firstDifference(scan.kept, plain.rows)).toBeUndefined();
		for (const [part, name] of ["train", "test"].entries()) {
			const rows = scan.kept.filter((row) => row.part === part);
			expect(rows.length).toBe(written.rows[name as "train"]);
			expect(sum(rows.map((row) => row.click))).toBe(written.clicks[name as "train"]);
			expect(sum(rows.map((row) => row.conversion))).toBe(written.conversions[name as "train"]);
		}
		const vocabulary = Object.fromEntries(
			CSTWA_FIELDS.map((field) => [
				field,
				new Set(scan.kept.map((row) => idOf(row, field)).filter((id) => id !== 0)).size,
			]),
		);
		expect(vocabulary).toEqual(written.vocabulary);
	});

	it("numbers the common rows, test after train, one user each", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 600, testRows: 200, commonRows: 30, seed: 2 });
		const scan = await collectAliCcp(at);
		expect(scan.readCommon).toBe(40);
		expect(scan.commonRows).toBe(40);
		const byCommon = new Map<number, Set<string>>();
		for (const row of scan.kept) {
			expect(row.common >= 30).toBe(row.part === 1);
			const of = byCommon.get(row.common) ?? new Set();
			byCommon.set(row.common, of.add(`${idOf(row, "101")} ${idOf(row, "121")}`));
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
		const [first, second, third] = await Promise.all([a, b, c].map((at) => collectAliCcp(at)));
		expect(second.files).toEqual(first.files);
		expect(third.files).not.toEqual(first.files);
		const names = ["common_features_train.csv", "sample_skeleton_train.csv"];
		expect(first.files).toEqual(Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(a, name)))])));
	});

	it("take CRLF line ends and a last line without an end", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 200, seed: 1 });
		const clean = await collectAliCcp(at);
		for (const name of ["sample_skeleton_train.csv", "common_features_train.csv"]) {
			const text = readFileSync(join(at, name), "latin1");
			writeFileSync(join(at, name), text.trimEnd().replaceAll("\n", "\r\n"), "latin1");
		}
		const scan = await collectAliCcp(at);
		expect(firstDifference(scan.kept, clean.kept)).toBeUndefined();
		expect(scan.dropped).toEqual([]);
		expect(scan.files).not.toEqual(clean.files);
	});

	it("tell how far they are", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 200, seed: 1 });
		const calls: [number, number][] = [];
		const lists = { rowLists: [], commonLists: [] };
		const sink = { common: () => undefined, row: () => undefined };
		await scanAliCcp({ folder: at, lists, sink, progress: (...call) => calls.push(call) });
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
		const scan = await collectAliCcp(at);

		expect(byReason(scan.dropped)).toEqual(byReason(written.dropped));
		expect(byReason(scan.droppedCommon)).toEqual(byReason(written.droppedCommon));
		for (const [name, count] of Object.entries(faults)) {
			const found = scan.dropped.find(({ reason }) => reason === FAULTS[name as keyof typeof FAULTS]);
			if (name === "unknownMd5") expect(found?.count).toBeGreaterThan(count + 100);
			else expect(found?.count).toBe(count);
		}
		for (const [name, count] of Object.entries(commonFaults))
			expect(scan.droppedCommon.find(({ reason }) => reason === FAULTS[name as keyof typeof FAULTS])?.count).toBe(
				count,
			);
		expect(scan.rows).toBe(written.rows.train + written.rows.test);
		expect(scan.read).toBe(6500);
		expect(scan.read).toBe(scan.rows + total(scan.dropped));
		expect(scan.readCommon).toBe(scan.commonRows + total(scan.droppedCommon));
		const plain = plainAliCcp(at);
		expect(firstDifference(scan.kept, plain.rows)).toBeUndefined();
	});

	it("are found where the file was cut", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 100, seed: 4 });
		const path = join(at, "sample_skeleton_train.csv");
		const text = readFileSync(path, "latin1");
		const last = text.lastIndexOf("\x01");
		truncateSync(path, last);
		const atElement = await collectAliCcp(at);
		expect(atElement.dropped).toEqual([{ reason: FAULTS.count, count: 1, first: "sample_skeleton_train.csv:100" }]);
		const line = text.lastIndexOf("\n", text.length - 2) + 1;
		for (const [mark, reason] of [
			[".", FAULTS.value],
			["\x03", FAULTS.value],
			["\x02", FAULTS.element],
			[",", FAULTS.commas],
		]) {
			truncateSync(path, text.indexOf(mark, line) + 1);
			const { rows, dropped } = await collectAliCcp(at);
			expect(dropped).toEqual([{ reason, count: 1, first: "sample_skeleton_train.csv:100" }]);
			expect(rows).toBe(99);
		}
	});

	it("count a reason of the test part together with the train part's", async () => {
		const at = folder();
		await writeAliCcp(at, { rows: 100, testRows: 50, seed: 4, faults: { contradiction: 2 } });
		appendFileSync(join(at, "sample_skeleton_test.csv"), "999,0,1,a,0,\nx\n");
		const scan = await collectAliCcp(at);
		expect(scan.dropped).toEqual([
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
		const scan = await collectAliCcp(at);
		const [first, second] = scan.kept.map(({ ids }) => Object.fromEntries(CSTWA_FIELDS.map((f, i) => [f, ids[i]])));
		expect(first).toMatchObject({ "101": 7, "121": 8, "205": 1, "853": 2147483647, "206": 0 });
		expect(second).toMatchObject({ "101": 7, "121": 8, "205": 0, "853": 0 });
		expect(scan.kept.map(({ part }) => part)).toEqual([0, 0]);
		expect(scan.kept[0].lists).toEqual({
			"853": [
				[5, 1],
				[2147483647, 1],
			],
			"210": [[3, 1]],
		});
	});
});
