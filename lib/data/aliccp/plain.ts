import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CSTWA_FIELDS, FAULTS, type Fault, FIELDS, HISTORIES } from "./elements";

/** Field → its ids in the order of the line, each with its value as a 32-bit number. */
export type PlainLists = Record<string, [id: number, value: number][]>;

/** A row of both protocols: the last id of each of CSTWA_FIELDS, and what `esmm` has as lists of the skeleton row. */
export interface PlainRow {
	part: number;
	click: number;
	conversion: number;
	common: number;
	ids: number[];
	lists: PlainLists;
}

/** What {@link plainAliCcp} finds in a folder. */
export interface PlainAliCcp {
	rows: PlainRow[];
	/** The histories of each kept common row, the heaviest first; those of the train part, then those of the test part. */
	common: PlainLists[];
	/** The lines each row was made of: of the skeleton and of the common file. */
	lines: { skeleton: string; common: string }[];
	read: number;
	/** Reason → how often, and where first. */
	dropped: Map<string, { count: number; first: string }>;
	droppedCommon: Map<string, { count: number; first: string }>;
	/** Lists on the side where they are not read. */
	unread: Map<string, { count: number; first: string }>;
	/** A file none of whose rows can be used. */
	hopeless: boolean;
}

const ROW_LISTS = ["853", "210"];

/**
 * Ali-CCP's raw files read once more, the slow and obvious way: whole files, strings and regular expressions. For tests,
 * which compare the fast reader with it.
 */
export function plainAliCcp(folder: string, history = 50): PlainAliCcp {
	const result: PlainAliCcp = {
		...{ rows: [], common: [], lines: [], read: 0, hopeless: false },
		...{ dropped: new Map(), droppedCommon: new Map(), unread: new Map() },
	};
	const drop = (which: PlainAliCcp["dropped"], reason: string, first: string) => {
		const known = which.get(reason);
		if (known) known.count++;
		else which.set(reason, { count: 1, first });
	};
	for (const [part, which] of ["train", "test"].entries()) {
		const skeletonName = `sample_skeleton_${which}.csv`;
		const commonName = `common_features_${which}.csv`;
		if (!existsSync(join(folder, skeletonName))) continue;
		const common = new Map<string, { line: string; number: number; ids: Map<string, number> }>();
		const strays = (lists: PlainLists, fields: readonly string[], where: string, first: string) => {
			for (const field of fields)
				if (lists[field].length > 0) drop(result.unread, `field ${field} in a ${where}, where it is not read`, first);
		};
		for (const [index, line] of linesOf(join(folder, commonName)).entries()) {
			const parsed = commonRow(line);
			if (typeof parsed === "string") drop(result.droppedCommon, parsed, `${commonName}:${index + 1}`);
			else if (common.has(parsed.md5)) drop(result.droppedCommon, FAULTS.duplicateMd5, `${commonName}:${index + 1}`);
			else {
				common.set(parsed.md5, { line, number: result.common.length, ids: parsed.ids });
				const heaviest = HISTORIES.map((field) => {
					const sorted = [...parsed.lists[field]].sort((a, b) => b[1] - a[1]);
					return [field, sorted.slice(0, history)];
				});
				result.common.push(Object.fromEntries(heaviest));
				strays(parsed.lists, ROW_LISTS, "common row", `${commonName}:${index + 1}`);
			}
		}
		const samples = new Set<number>();
		let kept = 0;
		for (const [index, line] of linesOf(join(folder, skeletonName)).entries()) {
			result.read++;
			const row = skeletonRow(line);
			let fault = typeof row === "string" ? row : undefined;
			if (typeof row !== "string") {
				if (row.click === 0 && row.conversion === 1) fault = FAULTS.contradiction;
				else if (!common.has(row.md5)) fault = FAULTS.unknownMd5;
				else if (samples.has(row.sample)) fault = FAULTS.duplicateSample;
				else {
					samples.add(row.sample);
					kept++;
					const joined = common.get(row.md5)!;
					const ids = CSTWA_FIELDS.map((field) => joined.ids.get(field) ?? row.ids.get(field) ?? 0);
					const lists = Object.fromEntries(ROW_LISTS.map((field) => [field, row.lists[field]]));
					const { click, conversion } = row;
					result.rows.push({ part, click, conversion, common: joined.number, ids, lists });
					strays(row.lists, HISTORIES, "skeleton row", `${skeletonName}:${index + 1}`);
					result.lines.push({ skeleton: line, common: joined.line });
				}
			}
			if (fault) drop(result.dropped, fault, `${skeletonName}:${index + 1}`);
		}
		if (kept === 0 || common.size === 0) result.hopeless = true;
	}
	return result;
}

function linesOf(path: string): string[] {
	const lines = readFileSync(path, "latin1").split("\n");
	if (lines[lines.length - 1] === "") lines.pop();
	return lines;
}

const MARKS = ["\x01", "\x02", "\x03"];

function badLine(line: string, commas: number): Fault | undefined {
	if (line === "" || line === "\r") return FAULTS.empty;
	if (line.length > 1024 * 1024) return FAULTS.tooLong;
	if (line.includes("\0")) return FAULTS.nul;
	if (!/^[\t -~]*\r?$/.test(MARKS.reduce((text, mark) => text.replaceAll(mark, ""), line))) return FAULTS.bytes;
	return line.split(",").length === commas + 1 ? undefined : FAULTS.commas;
}

/** What is in both kinds of line: the last id of each field, and all of them. */
interface Features {
	md5: string;
	ids: Map<string, number>;
	lists: PlainLists;
}

function skeletonRow(line: string): Fault | (Features & { sample: number; click: number; conversion: number }) {
	const bad = badLine(line, 5);
	if (bad) return bad;
	const [sample, click, conversion, ...rest] = line.split(",");
	if (!/^\d{1,15}$/.test(sample)) return FAULTS.sample;
	if (!/^[01]$/.test(click) || !/^[01]$/.test(conversion)) return FAULTS.label;
	const common = commonRow(rest.join(","));
	if (typeof common === "string") return common;
	return { sample: Number(sample), click: Number(click), conversion: Number(conversion), ...common };
}

function commonRow(line: string): Fault | Features {
	const bad = badLine(line, 2);
	if (bad) return bad;
	const [md5, num, list] = line.replace(/\r$/, "").split(",");
	if (!/^[0-9a-fA-F]{1,32}$/.test(md5)) return FAULTS.md5;
	if (!/^\d{1,15}$/.test(num)) return FAULTS.featureNum;
	const ids = new Map<string, number>();
	const lists: PlainLists = Object.fromEntries(FIELDS.map((field) => [field, []]));
	const elements = list === "" ? [] : list.split("\x01");
	for (const element of elements) {
		if ([...element].filter((char) => MARKS.includes(char)).join("") !== "\x02\x03") return FAULTS.element;
		const [field, id, value] = element.replace("\x02", "\x03").split("\x03");
		if (!FIELDS.includes(field as never)) return FAULTS.field;
		if (!/^\d+$/.test(id) || Number(id) < 1 || Number(id) >= 2 ** 31) return FAULTS.id;
		if (!/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(value)) return FAULTS.value;
		if (!Number.isFinite(Math.fround(Number(value)))) return FAULTS.value;
		ids.set(field, Number(id));
		lists[field].push([Number(id), Math.fround(Number(value))]);
	}
	return elements.length === Number(num) ? { md5, ids, lists } : FAULTS.count;
}
