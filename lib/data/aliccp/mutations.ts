import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../core/problem";
import { type Random, stream } from "../../core/random";
import { openDuckDb } from "../duckdb";
import type { Dropped } from "../log";
import { type CollectedAliCcp, collectAliCcp, firstDifference, stagedPlainly } from "./collect";
import { CSTWA_FIELDS, FIELDS } from "./elements";
import { type PlainAliCcp, plainAliCcp } from "./plain";
import { stageAliCcp } from "./stage";
import { writeAliCcp } from "./writer";

/** The four files. */
export const FILES = ["sample_skeleton", "common_features"].flatMap((kind) => [
	`${kind}_train.csv`,
	`${kind}_test.csv`,
]);
const SEPARATORS = ["\x01", "\x02", "\x03", ",", "\n", "\r", "\0"];

const NUMBERS = [
	"0",
	"-1",
	"2147483647",
	"2147483648",
	"1e39",
	"-0.0",
	"00",
	"4294967296",
	"0.1e-50",
	"1".repeat(40),
	"",
];

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
	swapLines(text, random) {
		const lines = text.split("\n");
		const [i, j] = [random.int(lines.length), random.int(lines.length)];
		[lines[i], lines[j]] = [lines[j], lines[i]];
		return lines.join("\n");
	},
	carriageReturns: (text, random) =>
		random.int(4) === 0
			? text.replaceAll("\n", "\r\n")
			: text.replace(/\n/g, (end) => (random.int(20) === 0 ? "\r\n" : end)),
	manyBytes(text, random) {
		const bytes = [...text];
		for (let i = 0; i < 30; i++) bytes[random.int(bytes.length)] = String.fromCharCode(random.int(256));
		return bytes.join("");
	},
	number(text, random) {
		const digits = [...text.matchAll(/\d+/g)];
		const { index = 0, 0: old } = digits[random.int(digits.length)] ?? { 0: "" };
		return text.slice(0, index) + NUMBERS[random.int(NUMBERS.length)] + text.slice(index + old.length);
	},
	field(text, random) {
		const elements = text.split("\x01");
		const at = random.int(elements.length);
		elements[at] = elements[at].replace(/^\w+/, FIELDS[random.int(FIELDS.length)]);
		return elements.join("\x01");
	},
	empty: () => "",
	nul(text, random) {
		const at = random.int(text.length);
		return text.slice(0, at) + "\0".repeat(1 + random.int(5)) + text.slice(at);
	},
};

/** What to try. */
export interface TryMutations {
	/** An empty folder for the files. */
	at: string;
	cases: number;
	seed: number;
	/** Each how many cases the rows are read through the database too. */
	stagedEach: number;
}

/** How the cases ended. */
export interface TriedMutations {
	loaded: number;
	refused: number;
	/** Loaded with at least one dropped line. */
	withDrops: number;
	/** Cases that were read through the database too. */
	staged: number;
	/** Reason → dropped rows in all cases together; "common row: …" of the common files. */
	dropped: Record<string, number>;
	/** What was wrong, a line a case; nothing should be. */
	wrong: string[];
}

const HISTORY = 3;

/**
 * For tests: writes small files, spoils one of them at a time by one to three mutations, and compares what the reader makes of
 * them with the plain reader: the same rows, the same counts by reason with the same first places, or one InputError.
 */
export async function tryMutations({ at, cases, seed, stagedEach }: TryMutations): Promise<TriedMutations> {
	const size = { rows: 60, testRows: 20, commonRows: 9, commonElements: 14, seed: 11 };
	await writeAliCcp(at, { ...size, clickRate: 0.3, conversionRate: 0.3 });
	const clean = new Map(FILES.map((name) => [name, readFileSync(join(at, name), "latin1")]));
	const random = stream(seed, "fuzz");
	const names = Object.keys(MUTATIONS);
	const tried: TriedMutations = { loaded: 0, refused: 0, withDrops: 0, staged: 0, dropped: {}, wrong: [] };
	for (let trial = 0; trial < cases; trial++) {
		const file = FILES[random.int(FILES.length)];
		let text = clean.get(file) as string;
		const count = 1 + random.int(3);
		const applied = Array.from(
			{ length: count },
			() => names[trial < 2 * names.length ? trial >> 1 : random.int(names.length)],
		);
		for (const name of applied) text = MUTATIONS[name](text, random);
		writeFileSync(join(at, file), text, "latin1");
		const plain = plainAliCcp(at, HISTORY);
		const outcome = await collectAliCcp(at, HISTORY).catch((error: Error) => error);
		const wrong = compared(outcome, plain, tried);
		if (wrong !== undefined) tried.wrong.push(`case ${trial}, ${applied.join(", ")} in ${file}: ${wrong}`);
		if (!plain.hopeless && trial % stagedEach === 0) {
			const staged = await stagedDifference(at, plain);
			tried.staged++;
			if (staged !== undefined) tried.wrong.push(`case ${trial}, ${applied.join(", ")} in ${file}, staged: ${staged}`);
		}
		writeFileSync(join(at, file), clean.get(file) as string, "latin1");
	}
	return tried;
}

function compared(outcome: CollectedAliCcp | Error, plain: PlainAliCcp, tried: TriedMutations): string | undefined {
	if (outcome instanceof Error) {
		tried.refused++;
		if (!(outcome instanceof InputError) || outcome.message.includes("\n")) return `${outcome.stack}`;
		return plain.hopeless ? undefined : `refused what can be read: ${outcome.message}`;
	}
	tried.loaded++;
	const lost = [...outcome.dropped, ...outcome.droppedCommon];
	if (lost.length > 0) tried.withDrops++;
	for (const { reason, count } of outcome.dropped) tried.dropped[reason] = (tried.dropped[reason] ?? 0) + count;
	for (const { reason, count } of outcome.droppedCommon) {
		const key = `common row: ${reason}`;
		tried.dropped[key] = (tried.dropped[key] ?? 0) + count;
	}
	if (plain.hopeless) return "loaded what the plain reader refuses";
	if (outcome.read !== outcome.rows + outcome.dropped.reduce((sum, { count }) => sum + count, 0))
		return `${outcome.read} read are not ${outcome.rows} rows and those dropped`;
	const pairs = [
		[outcome.kept, plain.rows],
		[outcome.common, plain.common],
		[tallied(outcome.dropped), sorted(plain.dropped)],
		[tallied(outcome.droppedCommon), sorted(plain.droppedCommon)],
		[tallied(outcome.unread), sorted(plain.unread)],
	] as const;
	for (const [ours, theirs] of pairs) {
		const difference = firstDifference<unknown>(ours, theirs);
		if (difference) return JSON.stringify(difference);
	}
	return outcome.read === plain.read ? undefined : `${outcome.read} lines read, not ${plain.read}`;
}

const byReason = ([a]: [string, ...unknown[]], [b]: [string, ...unknown[]]): number => (a < b ? -1 : 1);
const tallied = (list: readonly Dropped[]) =>
	list.map(({ reason, count, first }): [string, number, string] => [reason, count, first]).sort(byReason);
const sorted = (map: PlainAliCcp["dropped"]) =>
	[...map].map(([reason, { count, first }]): [string, number, string] => [reason, count, first]).sort(byReason);

/** Reads the folder through an in-memory database, in which 853 is a list and no id. */
async function stagedDifference(at: string, plain: PlainAliCcp): Promise<string | undefined> {
	const db = await openDuckDb({ threads: 1 });
	try {
		await stageAliCcp({ folder: at, protocol: "esmm", db, valid: 0.5, seed: 0, history: HISTORY });
		const staged = await stagedPlainly(db);
		const last = CSTWA_FIELDS.indexOf("853");
		// Staged rows come by their place in the split.
		const random = stream(0, "split");
		const places = plain.rows.map(({ part }) => (part === 1 ? 2 : random.uniform() < 0.5 ? 1 : 0));
		const inOrder = [0, 1, 2].flatMap((place) => plain.rows.filter((_, i) => places[i] === place));
		const rows = inOrder.map((row) => ({ ...row, ids: row.ids.map((id, at) => (at === last ? 0 : id)) }));
		const difference = firstDifference(staged.rows, rows) ?? firstDifference(staged.common, plain.common);
		return difference && JSON.stringify(difference);
	} catch (error) {
		return error instanceof InputError && /it is too small$/.test(error.message)
			? undefined
			: `${(error as Error).stack}`;
	} finally {
		db.close();
	}
}
