import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { InputError } from "../../core/problem";
import { type Random, stream } from "../../core/random";
import { openDuckDb } from "../duckdb";
import { temporaryFolders } from "../readers/temporaryFolders";
import { stageFiles } from "./importFiles";
import { filesFor, rowsFor, schemaFor } from "./samples";
import { parseSchemaFile } from "./schemaFile";

type Outcome = Awaited<ReturnType<typeof stageFiles>>;
const folder = temporaryFolders();
const PIECES = [
	",",
	'"',
	'""',
	"\n",
	"\r",
	"\r\n",
	"\0",
	"|",
	"[",
	"]",
	"\xff",
	"\xc3\xa9",
	";",
	"\t",
	"-",
	"e9",
	"NULL",
	"true",
	"'",
];

const MUTATIONS: Record<string, (text: string, random: Random) => string> = {
	flip(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random.int(8))) + text.slice(at + 1);
	},
	cutEnd: (text, random) => text.slice(0, random.int(text.length)),
	cutInside(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + text.slice(at + 1 + random.int(40));
	},
	double(text, random) {
		const at = random.int(text.length);
		const end = at + random.int(200);
		return text.slice(0, end) + text.slice(at, end) + text.slice(end);
	},
	insert(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + PIECES[random.int(PIECES.length)] + text.slice(at);
	},
	replace(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + PIECES[random.int(PIECES.length)] + text.slice(at + 1);
	},
	quoteTwo(text, random) {
		const at = random.int(text.length);
		const end = at + random.int(120);
		return `${text.slice(0, at)}"${text.slice(at, end)}"${text.slice(end)}`;
	},
	crlfFrom(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + text.slice(at).replaceAll("\n", "\r\n");
	},
	huge(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + "7".repeat((1 << 20) + random.int(3) * (1 << 21)) + text.slice(at);
	},
	inValue(text, random) {
		const commas = [...text.matchAll(/,/g)].map(({ index }) => index as number);
		const at = commas[random.int(commas.length)] + 1;
		return text.slice(0, at) + PIECES[random.int(PIECES.length)] + text.slice(at);
	},
};

it("200 mutated CSV files load with what was dropped counted, or end with one InputError", async () => {
	const rows = rowsFor(60, stream(8, "rows"));
	const { csv } = await filesFor(folder(), rows);
	const clean = readFileSync(csv, "latin1");
	const [header, ...lines] = clean.trimEnd().split("\n");
	const schema = parseSchemaFile(JSON.stringify(schemaFor), "S.json");
	const random = stream(9, "fuzz");
	const names = Object.keys(MUTATIONS);
	const at = folder();
	const db = await openDuckDb();
	const path = join(at, "log.csv");
	let [loaded, refused, withDrops] = [0, 0, 0];
	for (let trial = 0; trial < 200; trial++) {
		const applied = Array.from(
			{ length: 1 + random.int(3) },
			() => names[trial < 20 ? trial >> 1 : random.int(names.length)],
		);
		let body = `${lines.join("\n")}\n`;
		let text = clean;
		const spareHeader = random.uniform() < 0.9;
		for (const name of applied) {
			if (spareHeader) body = MUTATIONS[name](body, random) || "\n";
			else text = MUTATIONS[name](text, random) || "\n";
		}
		if (spareHeader) text = `${header}\n${body}`;
		writeFileSync(path, text, "latin1");

		const what = `trial ${trial}: ${applied.join(", ")}`;
		await db.run("DROP TABLE IF EXISTS raw; DROP TABLE IF EXISTS staged");
		const options = { files: [path], schema };
		const outcome: Outcome | Error = await stageFiles(db, at, ["log.csv"], options, () => {}).catch(
			(error: Error) => error,
		);
		if (outcome instanceof Error) {
			expect(outcome, `${what}: ${outcome.stack}`).toBeInstanceOf(InputError);
			expect(outcome.message, what).not.toContain("\n");
			refused++;
			continue;
		}
		const kept = (await db.rows("SELECT count(*) AS n FROM staged"))[0].n as number;
		const dropped = outcome.dropped.reduce((sum, { count }) => sum + count, 0);
		expect(outcome.read, what).toBe(kept + dropped);
		const whole = text.split("\n").filter((line) => lines.includes(line.replace(/\r$/, ""))).length;
		if (!text.includes('"')) {
			const filled = text
				.split("\n")
				.slice(1)
				.filter((line) => !/^\r?$/.test(line)).length;
			expect(outcome.read, what).toBe(filled);
			expect(kept, what).toBeGreaterThanOrEqual(whole);
		}
		for (const { first } of outcome.dropped) {
			const line = Number(/^log\.csv:(\d+)$/.exec(first)?.[1]);
			expect(line, what).toBeGreaterThan(1);
			expect(lines.includes((text.split("\n")[line - 1] as string).replace(/\r$/, "")), `${what}: ${first}`).toBe(
				false,
			);
		}
		loaded++;
		if (dropped > 0) withDrops++;
	}
	db.close();
	expect(loaded + refused).toBe(200);
	expect(withDrops).toBeGreaterThan(60);
	expect(refused).toBeGreaterThan(5);
	console.log(`${loaded} loaded (${withDrops} with dropped rows), ${refused} refused`);
}, 60_000);
