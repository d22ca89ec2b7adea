import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../core/problem";
import { type Random, stream } from "../../core/random";
import { type AliCcpLog, readAliCcp } from "./aliccp";
import { plainAliCcp, rowsOf } from "./aliccpPlain";
import { writeAliCcp } from "./aliccpWriter";
import { temporaryFolders } from "./temporaryFolders";

const folder = temporaryFolders();
const FILES = ["sample_skeleton", "common_features"].flatMap((kind) => [`${kind}_train.csv`, `${kind}_test.csv`]);
const SEPARATORS = ["\x01", "\x02", "\x03", ",", "\n", "\r", "\0"];

const MUTATIONS: Record<string, (text: string, random: Random) => string> = {
	flip(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random.int(8))) + text.slice(at + 1);
	},
	anyByte(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + String.fromCharCode(random.int(256)) + text.slice(at + 1);
	},
	cutEnd: (text, random) => text.slice(0, random.int(text.length)),
	cutInside(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + text.slice(at + 1 + random.int(40));
	},
	double(text, random) {
		const at = random.int(text.length);
		const end = at + random.int(400);
		return text.slice(0, end) + text.slice(at, end) + text.slice(end);
	},
	doubleLine(text, random) {
		const lines = text.split("\n");
		lines.splice(random.int(lines.length), 0, lines[random.int(lines.length)]);
		return lines.join("\n");
	},
	separator(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + SEPARATORS[random.int(SEPARATORS.length)] + text.slice(at + random.int(2));
	},
	moveSeparator(text, random) {
		const from = text.indexOf(SEPARATORS[random.int(5)], random.int(text.length));
		if (from === -1) return text;
		const rest = text.slice(0, from) + text.slice(from + 1);
		const to = Math.max(0, Math.min(rest.length, from + random.int(9) - 4));
		return rest.slice(0, to) + text[from] + rest.slice(to);
	},
	hugeLine(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + "0".repeat((1 << 20) + random.int(3) * (1 << 22)) + text.slice(at);
	},
	nul(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + "\0".repeat(1 + random.int(5)) + text.slice(at);
	},
};

describe("mutated files", () => {
	it("200 of them load as the plain reader reads them, or end with one InputError", async () => {
		const at = folder();
		const options = { rows: 60, testRows: 20, commonRows: 9, commonElements: 14, seed: 11 };
		await writeAliCcp(at, { ...options, clickRate: 0.3, conversionRate: 0.3 });
		const clean = new Map(FILES.map((name) => [name, readFileSync(join(at, name), "latin1")]));
		const cleanRead = plainAliCcp(at);
		const key = (lines: { skeleton: string; common: string }) => `${lines.skeleton}\n${lines.common}`;
		const cleanRows = new Map(cleanRead.lines.map((lines, row) => [key(lines), cleanRead.rows[row]]));
		expect(cleanRead.rows.length).toBe(80);

		const random = stream(7, "fuzz");
		const names = Object.keys(MUTATIONS);
		let [loaded, refused, withDrops] = [0, 0, 0];
		for (let trial = 0; trial < 200; trial++) {
			const file = FILES[random.int(FILES.length)];
			let text = clean.get(file)!;
			const applied = Array.from(
				{ length: 1 + random.int(3) },
				() => names[trial < 20 ? trial >> 1 : random.int(names.length)],
			);
			for (const name of applied) text = MUTATIONS[name](text, random);
			writeFileSync(join(at, file), text, "latin1");

			const plain = plainAliCcp(at);
			const what = `trial ${trial}: ${applied.join(", ")} in ${file}`;
			const outcome: AliCcpLog | Error = await readAliCcp({ folder: at }).catch((error: Error) => error);
			if (outcome instanceof Error) {
				expect(outcome, `${what}: ${outcome.stack}`).toBeInstanceOf(InputError);
				expect(plain.hopeless, what).toBe(true);
				refused++;
			} else {
				expect(plain.hopeless, what).toBe(false);
				expect(outcome.read, what).toBe(plain.read);
				expect(outcome.read, what).toBe(outcome.rows + outcome.dropped.reduce((sum, { count }) => sum + count, 0));
				expect(rowsOf(outcome), what).toEqual(plain.rows);
				for (const [ours, theirs] of [
					[outcome.dropped, plain.dropped],
					[outcome.droppedCommon, plain.droppedCommon],
				] as const)
					expect(new Map(ours.map(({ reason, count, first }) => [reason, { count, first }])), what).toEqual(theirs);
				const untouched = plain.lines.flatMap((lines, row) => (cleanRows.has(key(lines)) ? [row] : []));
				for (const row of untouched) {
					const { ids, click, conversion } = cleanRows.get(key(plain.lines[row]))!;
					expect(rowsOf(outcome)[row], what).toMatchObject({ ids, click, conversion });
				}
				loaded++;
				if (outcome.dropped.length + outcome.droppedCommon.length > 0) withDrops++;
			}
			writeFileSync(join(at, file), clean.get(file)!, "latin1");
		}
		expect(loaded + refused).toBe(200);
		expect(withDrops).toBeGreaterThan(100);
		expect(refused).toBeGreaterThan(0);
		console.log(`${loaded} loaded (${withDrops} with dropped rows), ${refused} refused`);
	}, 60000);
});
