import { join } from "node:path";
import { InputError } from "../../core/problem";
import type { Dropped } from "../log";
import { type Keys, keys } from "../readers/keys";
import { readLines } from "../readers/lines";
import { numberSet } from "../readers/numberSet";
import { merged, type Tally, tally } from "../readers/tally";
import { type CommonRows, commonRows } from "./commonRows";
import {
	afterDigits,
	CSTWA_FIELDS,
	FAULTS,
	type Fault,
	type FeatureList,
	FIELDS,
	featureList,
	HISTORIES,
} from "./elements";
import { type AliCcpPart, findAliCcp, formatGuard } from "./files";
import { malformed, readFeatures, wholeNumber } from "./line";
import type { AliCcpFields } from "./protocol";
import { type AliCcpStatistics, type StatisticSums, statisticSums, statisticsOf } from "./statistics";

/** Raised when a change alters what the same files give. */
export const readerVersion = 2;

/** Takes the rows of Ali-CCP one by one. What it is given is valid during the call only. */
export interface AliCcpSink {
	/** A kept common row, numbered from 0; the test part's after the train part's, each part's before its rows. */
	common(common: number, list: FeatureList): void;
	/** A kept row, in the order of the files. */
	row(row: AliCcpRow): void;
}

/** A skeleton row joined with its common row. */
export interface AliCcpRow {
	/** 0 train, 1 test. */
	part: number;
	click: number;
	conversion: number;
	common: number;
	/** The last id of each of CSTWA_FIELDS, 0 where there is none; the common row's where both have one. */
	ids: Int32Array;
	/** The skeleton row's own list. */
	list: FeatureList;
}

/** What the files held. */
export interface AliCcpScan {
	/** File name → SHA-256 of its bytes. */
	files: Record<string, string>;
	/** Lines of the skeletons: `read = rows + Σ dropped.count`. */
	read: number;
	rows: number;
	dropped: Dropped[];
	/** Lines of the common files: `readCommon = commonRows + Σ droppedCommon.count`. */
	readCommon: number;
	commonRows: number;
	/** Common rows that were not kept. Skeleton rows that need one are in `dropped` as "unknown md5". */
	droppedCommon: Dropped[];
	/** Lines that were kept, but not all of whose elements are of use. */
	unread: Dropped[];
	statistics: AliCcpStatistics;
}

/** What to scan, and whom to tell. */
export interface ScanAliCcp {
	/** Holds sample_skeleton_train.csv and common_features_train.csv, and the same two with _test where there is a test part. */
	folder: string;
	/** Fields whose ids are wanted as lists. */
	lists: Pick<AliCcpFields, "rowLists" | "commonLists">;
	sink: AliCcpSink;
	/** Called after each 4 MiB: bytes done and bytes in all files. What it throws ends the scan. */
	progress?: (doneBytes: number, totalBytes: number) => void;
}

const WIDTH = CSTWA_FIELDS.length;
/** Fields of which a common row's number of ids is kept too, after its WIDTH ids. */
const COUNTED = ["853", "210", ...HISTORIES].map((field) => FIELDS.indexOf(field as (typeof FIELDS)[number]));
const [ZERO, COMMA] = [48, 44];

/**
 * Reads Ali-CCP's raw files (Tianchi data set 408) once, from front to end, and gives each row to a sink.
 *
 * A row's single ids are the last one of each field; where skeleton and common row both have a field, the common row's
 * counts (as in AITM's preparation). Rows are joined to the common file of their own part. LF and CRLF line ends are read
 * alike. Ids are whole numbers from 1 to 2147483647, and every element is checked, those of unused fields too.
 * A sampleID above 2^32 is not compared with the others when looking for duplicates.
 *
 * A row with a fault is left out and counted by reason. Held in memory: 140 bytes a common row of one part.
 *
 * @throws InputError a missing, empty or packed file, or one none of whose rows can be used
 */
export async function scanAliCcp({ folder, lists, sink, progress }: ScanAliCcp): Promise<AliCcpScan> {
	const { parts, bytes } = await findAliCcp(folder);
	let done = 0;
	const scans: PartScan[] = [];
	for (const [index, part] of parts.entries()) {
		const before = scans.reduce((sum, scan) => sum + scan.commonRows, 0);
		scans.push(
			await scanPart({
				...{ folder, part, index, lists },
				sink: {
					common: (common, list) => sink.common(before + common, list),
					row(row) {
						row.common += before;
						sink.row(row);
					},
				},
				advance(more) {
					done += more;
					progress?.(done, bytes);
				},
			}),
		);
	}
	return joinScans(scans);
}

/** What to scan of one part, and whom to tell. */
export interface ScanPart {
	folder: string;
	part: AliCcpPart;
	/** 0 train, 1 test: what its rows say. */
	index: number;
	lists: ScanAliCcp["lists"];
	/** Common rows are numbered from 0 in each part. */
	sink: AliCcpSink;
	/** Bytes of another piece that was read. The scan waits for what it gives. */
	advance: (bytes: number) => void | Promise<void>;
	/** False where the files' hashes are made elsewhere; then they are "". */
	hashed?: boolean;
}

/** What the two files of a part held: plain data. */
export interface PartScan {
	files: Record<string, string>;
	read: number;
	readCommon: number;
	commonRows: number;
	dropped: Dropped[];
	droppedCommon: Dropped[];
	unread: Dropped[];
	sums: StatisticSums;
}

/** Scans the common file of a part, then its skeleton. */
export async function scanPart({ folder, part, index, lists, sink, advance, hashed }: ScanPart): Promise<PartScan> {
	const statistics = statisticSums(COUNTED);
	const scanning = { folder, part, lists, advance, statistics, hashed };
	const common = await scanCommon(scanning, (at, list) => sink.common(at, list));
	const row: AliCcpRow = {
		...{ part: index, click: 0, conversion: 0, common: 0 },
		...{ ids: new Int32Array(WIDTH), list: featureList(lists.rowLists) },
	};
	const skeleton = await scanSkeleton(scanning, common, row, () => sink.row(row));
	return {
		files: { [part.common]: common.sha256, [part.skeleton]: skeleton.sha256 },
		read: skeleton.lines,
		readCommon: common.lines,
		commonRows: common.rows.count(),
		dropped: skeleton.dropped,
		droppedCommon: common.dropped,
		unread: merged([common.unread, skeleton.unread]),
		sums: statistics.sums,
	};
}

/** The scans of all parts as one. */
export function joinScans(scans: readonly PartScan[]): AliCcpScan {
	const total = (of: (scan: PartScan) => number) => scans.reduce((sum, scan) => sum + of(scan), 0);
	const commonRows = total((scan) => scan.commonRows);
	return {
		files: Object.assign({}, ...scans.map(({ files }) => files)),
		read: total(({ read }) => read),
		rows: total(({ sums }) => sums.rows),
		dropped: merged(scans.map(({ dropped }) => dropped)),
		readCommon: total(({ readCommon }) => readCommon),
		commonRows,
		droppedCommon: merged(scans.map(({ droppedCommon }) => droppedCommon)),
		unread: merged(scans.map(({ unread }) => unread)),
		statistics: statisticsOf(
			scans.map(({ sums }) => sums),
			commonRows,
		),
	};
}

/** Where a part's files are, and what is told on the way. */
interface Scanning extends Pick<ScanPart, "folder" | "part" | "lists" | "advance" | "hashed"> {
	statistics: ReturnType<typeof statisticSums>;
}

interface FileScan {
	lines: number;
	sha256: string;
	dropped: Dropped[];
	unread: Dropped[];
}

/** The common rows of a part: key → number, and each one's ids, then its counts of COUNTED. */
interface Common extends FileScan {
	keys: Keys;
	rows: CommonRows;
}

async function scanCommon(
	{ folder, part, lists, advance, statistics, hashed }: Scanning,
	keep: (row: number, list: FeatureList) => void,
): Promise<Common> {
	const path = join(folder, part.common);
	const dropped = tally(part.common);
	const unread = tally(part.common);
	const guard = formatGuard(path, "md5,feature_num,feature_list");
	const known = keys();
	const rows = commonRows(WIDTH + COUNTED.length);
	const list = featureList(lists.commonLists);
	const strays = strayFinder(lists.rowLists, "common row", unread);

	const parse = (bytes: Uint8Array, start: number, end: number): Fault | undefined => {
		const keyEnd = readFeatures(bytes, start, end, list);
		if (typeof keyEnd !== "number") return keyEnd;
		if (known.add(bytes, start, keyEnd) === -1) return FAULTS.duplicateMd5;
		const { numbers, at } = rows.add();
		for (let field = 0; field < WIDTH; field++) numbers[at + field] = list.lasts[field];
		for (let i = 0; i < COUNTED.length; i++) numbers[at + WIDTH + i] = list.counts[COUNTED[i]];
		statistics.common(list);
		keep(rows.count() - 1, list);
		return undefined;
	};
	const { lines, sha256 } = await readLines(
		path,
		{
			line(bytes, start, end, number) {
				const found = parse(bytes, start, end);
				const fault = found && (found === FAULTS.duplicateMd5 ? found : (malformed(bytes, start, end, 2) ?? found));
				if (!fault || fault === FAULTS.duplicateMd5) guard.good();
				else guard.bad(fault, number, bytes, start, end);
				if (fault) dropped.add(fault, number);
				else strays(list, number);
			},
			tooLong(bytes, start, end, number) {
				guard.bad(FAULTS.tooLong, number, bytes, start, end);
				dropped.add(FAULTS.tooLong, number);
			},
			progress: advance,
		},
		hashed,
	);
	guard.end(lines);
	return { keys: known, rows, lines, sha256, dropped: dropped.list(), unread: unread.list() };
}

const WELL_FORMED: ReadonlySet<Fault> = new Set([FAULTS.contradiction, FAULTS.unknownMd5, FAULTS.duplicateSample]);

async function scanSkeleton(
	{ folder, part, lists, advance, statistics, hashed }: Scanning,
	common: Common,
	row: AliCcpRow,
	keep: () => void,
): Promise<FileScan> {
	const path = join(folder, part.skeleton);
	const dropped = tally(part.skeleton);
	const unread = tally(part.skeleton);
	const guard = formatGuard(path, "sampleID,click,conversion,md5,feature_num,feature_list");
	const seen = numberSet();
	const { ids, list } = row;
	const strays = strayFinder(lists.commonLists, "skeleton row", unread);
	let kept = 0;

	const parse = (bytes: Uint8Array, start: number, end: number): Fault | undefined => {
		const sampleEnd = afterDigits(bytes, start);
		const sample = wholeNumber(bytes, start, sampleEnd);
		if (sample === -1) return FAULTS.sample;
		const click = bytes[sampleEnd + 1] - ZERO;
		const conversion = bytes[sampleEnd + 3] - ZERO;
		if (click >>> 0 > 1 || conversion >>> 0 > 1) return FAULTS.label;
		if (bytes[sampleEnd + 2] !== COMMA || bytes[sampleEnd + 4] !== COMMA) return FAULTS.label;
		const key = sampleEnd + 5;
		const keyEnd = readFeatures(bytes, key, end, list);
		if (typeof keyEnd !== "number") return keyEnd;
		guard.good();
		if (conversion > click) return FAULTS.contradiction;
		row.common = common.keys.find(bytes, key, keyEnd);
		if (row.common === -1) return FAULTS.unknownMd5;
		if (!seen.add(sample)) return FAULTS.duplicateSample;
		row.click = click;
		row.conversion = conversion;
		const { numbers, at } = common.rows.find(row.common);
		for (let field = 0; field < WIDTH; field++) ids[field] = numbers[at + field] || list.lasts[field];
		statistics.row(list, numbers, at);
		keep();
		kept++;
		return undefined;
	};
	const result = await readLines(
		path,
		{
			line(bytes, start, end, number) {
				const found = parse(bytes, start, end);
				if (!found) {
					strays(list, number);
					return;
				}
				const fault = WELL_FORMED.has(found) ? found : (malformed(bytes, start, end, 5) ?? found);
				if (!WELL_FORMED.has(fault)) guard.bad(fault, number, bytes, start, end);
				dropped.add(fault, number);
			},
			tooLong(bytes, start, end, number) {
				guard.bad(FAULTS.tooLong, number, bytes, start, end);
				dropped.add(FAULTS.tooLong, number);
			},
			progress: advance,
		},
		hashed,
	);
	guard.end(result.lines);
	const [first] = dropped.list();
	if (kept === 0)
		throw new InputError(
			`${path}: none of its ${result.lines} rows can be used (first: ${first.first} ${first.reason}). Does ${part.common} belong to it?`,
		);
	return { ...result, dropped: dropped.list(), unread: unread.list() };
}

/** Counts kept lines with a list that is wanted of the other file's lines: it is not read here. */
function strayFinder(fields: readonly string[], where: string, unread: Tally) {
	const places = fields.map((field) => FIELDS.indexOf(field as (typeof FIELDS)[number]));
	return ({ counts }: FeatureList, line: number): void => {
		for (let i = 0; i < places.length; i++)
			if (counts[places[i]] > 0) unread.add(`field ${fields[i]} in a ${where}, where it is not read`, line);
	};
}
