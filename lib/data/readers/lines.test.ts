import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keys } from "./keys";
import { MAX_LINE_BYTES, readLines } from "./lines";
import { numberSet } from "./numberSet";
import { temporaryFolders } from "./temporaryFolders";

const folder = temporaryFolders();

async function read(content: string | Buffer) {
	const path = join(folder(), "file");
	writeFileSync(path, content);
	const seen: string[] = [];
	let bytesSeen = 0;
	const result = await readLines(path, {
		line: (bytes, start, end, number) =>
			seen.push(`${number}:${Buffer.from(bytes.subarray(start, end)).toString("latin1")}`),
		tooLong: (_bytes, _start, _end, number) => seen.push(`${number} too long`),
		progress: (bytes) => {
			bytesSeen += bytes;
		},
	});
	expect(result.sha256).toBe(createHash("sha256").update(content).digest("hex"));
	expect(bytesSeen).toBe(Buffer.byteLength(content));
	expect(result.lines).toBe(seen.length);
	return seen;
}

describe("lines", () => {
	it("end at LF or CRLF; the last one may lack its end", async () => {
		expect(await read("")).toEqual([]);
		expect(await read("\n")).toEqual(["1:"]);
		expect(await read("a\nb")).toEqual(["1:a", "2:b"]);
		expect(await read("a\r\n\r\nb\rc\r\n")).toEqual(["1:a", "2:", "3:b\rc"]);
	});

	it("are whole across pieces of a file", async () => {
		const lines = Array.from({ length: 60 }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat(150000 + 997 * i));
		expect(await read(lines.join("\n"))).toEqual(lines.map((line, i) => `${i + 1}:${line}`));
	});

	it("of more than 1 MiB are passed over, wherever they stand", async () => {
		const [fits, long, longest] = [0, 1, 9 * MAX_LINE_BYTES].map((more) => "x".repeat(MAX_LINE_BYTES + more));
		expect(await read(fits)).toEqual([`1:${fits}`]);
		expect(await read(long)).toEqual(["1 too long"]);
		expect(await read(`a\n${longest}\nb\n${long}\n${fits}\n${longest}`)).toEqual([
			"1:a",
			"2 too long",
			"3:b",
			"4 too long",
			`5:${fits}`,
			"6 too long",
		]);
	});
});

describe("keys", () => {
	it("number byte strings in the order they come, and find them again", () => {
		// 200,000 keys: some of them share their 32-bit hash (birthday bound: 4.7 pairs on average)
		const table = keys();
		const bytes = Array.from({ length: 200001 }, (_, i) => Buffer.from(`,${(i * 7919).toString(16)},`));
		const last = bytes.pop()!;
		expect(bytes.filter((key, i) => table.add(key, 1, key.length - 1) !== i)).toEqual([]);
		expect(bytes.filter((key, i) => table.find(key, 1, key.length - 1) !== i)).toEqual([]);
		expect(bytes.filter((key) => table.add(key, 1, key.length - 1) !== -1)).toEqual([]);
		expect(table.find(last, 1, last.length - 1)).toBe(-1);
		expect(table.find(bytes[3], 1, 2)).toBe(-1);
	});
});

describe("a set of numbers", () => {
	it("knows which it has, up to 2^32", () => {
		const set = numberSet();
		const numbers = [0, 1, 7, 8, 65535, 65536, 1 << 30, 0xffffffff, 3];
		expect(numbers.map((n) => set.add(n))).toEqual(numbers.map(() => true));
		expect(numbers.map((n) => set.add(n))).toEqual(numbers.map(() => false));
		expect([set.add(2 ** 32), set.add(2 ** 32)]).toEqual([true, true]);
	});
});
