import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../readers/temporaryFolders";
import { CSV_FAULTS, readRecords } from "./csvRecords";

const folder = temporaryFolders();

/** Records as "line: text" (as fields where they must be written anew) and bad lines as "line! reason". */
async function read(content: string | Buffer): Promise<string[]> {
	const path = join(folder(), "log.csv");
	writeFileSync(path, content);
	const seen: string[] = [];
	await readRecords(path, ",", (fields) => fields.length, {
		record: (bytes, start, end, line, fields) =>
			seen.push(`${line}: ${fields ? JSON.stringify(fields) : bytes.toString("utf8", start, end)}`),
		bad: (reason, line) => seen.push(`${line}! ${reason}`),
		piece: async () => {},
	});
	return seen;
}

describe("readRecords", () => {
	it("gives each record with its line, whatever ends the lines, packed or not", async () => {
		const text = "a,b\n1,2\n\n3,\n,4";
		for (const one of [text, text.replaceAll("\n", "\r\n"), `\ufeff${text}\n`, gzipSync(text)])
			expect(await read(one)).toEqual(["2: 1,2", "4: 3,", "5: ,4"]);
	});

	it("reads quotes: separators, line ends and doubled quotes within them, and those in the middle of a value", async () => {
		expect(await read('a,"b\nc"\n"1,2",3\n"x""y",z\n"two\nlines",4\n5" disc,6\n"7\r\n",8\n9,10\n')).toEqual([
			'3: "1,2",3',
			'4: "x""y",z',
			'5: ["two\\nlines","4"]',
			'7: ["5\\" disc","6"]',
			'8: ["7\\r\\n","8"]',
			"10: 9,10",
		]);
	});

	it("counts a bad line once and goes on at the next", async () => {
		const bad = Buffer.concat([
			Buffer.from('a,b\n1\n1,2,3\n"1"x,2\n'),
			Buffer.from([0xff, 44, 50, 10]),
			Buffer.from('3,4\n"open,5\n6,7\n'),
		]);
		expect(await read(bad)).toEqual([
			`2! ${CSV_FAULTS.fields}`,
			`3! ${CSV_FAULTS.fields}`,
			`4! ${CSV_FAULTS.quote}`,
			`5! ${CSV_FAULTS.encoding}`,
			"6: 3,4",
			`7! ${CSV_FAULTS.quote}`,
			"8: 6,7",
		]);
	});

	it("passes over lines of megabytes, and keeps the count of lines across pieces of the file", async () => {
		const long = (mega: number) => `${"x".repeat(mega * (1 << 20) + 1)},1`;
		const good = Array.from({ length: 300_000 }, (_, i) => `${i},${i}`);
		const seen = await read(`a,b\n1,2\n${long(1)}\n${long(9)}\n3,4\n${good.join("\n")}\n${long(5)}`);
		expect(seen.slice(0, 4)).toEqual(["2: 1,2", `3! ${CSV_FAULTS.long}`, `4! ${CSV_FAULTS.long}`, "5: 3,4"]);
		expect(seen.slice(4, -1).every((one, i) => one === `${i + 6}: ${i},${i}`)).toBe(true);
		expect(seen.at(-1)).toBe(`300006! ${CSV_FAULTS.long}`);
	});

	it("keeps blank lines of a single column", async () => {
		expect(await read("a\n1\n\n2\n")).toEqual(["2: 1", "3: ", "4: 2"]);
	});

	it("refuses a file without a header", async () => {
		await expect(read("")).rejects.toThrow("is empty");
		await expect(read('"a,b\n')).rejects.toThrow("log.csv:1 is no header");
		await expect(read("x".repeat(3 << 20))).rejects.toThrow("log.csv:1 is no header");
	});
});
