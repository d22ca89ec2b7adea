import { join } from "node:path";
import { InputError, unknownName } from "../../core/problem";
import type { Column, Dropped, Log } from "../log";
import { afterDigits, CSTWA_FIELDS, FAULTS, type Fault } from "./aliccpElements";
import { type AliCcpPart, findAliCcp, formatGuard } from "./aliccpFiles";
import { malformed, readFeatures, wholeNumber } from "./aliccpLine";
import { fingerprintOf } from "./folder";
import { resized } from "./growing";
import { type Keys, keys } from "./keys";
import { readLines } from "./lines";
import { numberSet } from "./numberSet";
import { merged, tally } from "./tally";

/** Raised when a change alters what the same files give. */
export const readerVersion = 1;

/** Ali-CCP as read from its raw files. */
export interface AliCcpLog extends Log {
	/** Which fields were read and how. */
	protocol: "cstwa";
	/** File name → SHA-256 of its bytes. */
	files: Record<string, string>;
	/** Rows seen in the common_features files: `readCommon = commonRows + Σ droppedCommon.count`. */
	readCommon: number;
	/** Common rows that were kept. */
	commonRows: number;
	/** Common rows that were not kept. Skeleton rows that need one are in `dropped` as "unknown md5". */
	droppedCommon: Dropped[];
}

/** What to read, and whom to tell how far it is. */
export interface ReadAliCcp {
	/** Holds sample_skeleton_train.csv and common_features_train.csv, and the same two with _test where there is a test part. */
	folder: string;
	/** `cstwa` (the default): the 18 single-valued fields, without 210 and the four histories; of 853 the last id. */
	protocol?: "cstwa";
	/** Called after each 4 MiB: bytes done and bytes in all four files. */
	progress?: (doneBytes: number, totalBytes: number) => void;
}

const WIDTH = CSTWA_FIELDS.length;
const [ZERO, COMMA] = [48, 44];

/**
 * Reads Ali-CCP's raw files (Tianchi data set 408) into a log.
 *
 * Columns: `click`, `conversion` (bytes 0/1), one Int32 column per field with the source's ids (0 = the row does not have
 * the field), and `common`, which numbers the common rows from 0, the test part's after the train part's: for splits that
 * keep the rows of one common row together; it is not a feature. `part` is 0 for train and 1 for test.
 *
 * A row's ids are the last one of each field; where skeleton and common row both have a field, the common row's counts
 * (as in AITM's preparation). Rows are joined to the common file of their own part. LF and CRLF line ends are read alike.
 * Ids are whole numbers from 1 to 2147483647, and every element is checked, those of unused fields too.
 * A sampleID above 2^32 is not compared with the others when looking for duplicates.
 *
 * A row with a fault is left out and counted by reason in `dropped`. The log holds 79 bytes a row; at the end one column
 * is held twice.
 *
 * @throws InputError a missing, empty or packed file, or one none of whose rows can be used
 */
export async function readAliCcp({ folder, protocol = "cstwa", progress }: ReadAliCcp): Promise<AliCcpLog> {
	if (protocol !== "cstwa") throw unknownName("protocol", protocol, ["cstwa"]);
	const { parts, bytes } = await findAliCcp(folder);
	let done = 0;
	const advance = (more: number) => {
		done += more;
		progress?.(done, bytes);
	};

	const dropped: Dropped[][] = [];
	const droppedCommon: Dropped[][] = [];
	const files: Record<string, string> = {};
	const rows = rowStore();
	let read = 0;
	let readCommon = 0;
	let commonRows = 0;
	for (const [index, part] of parts.entries()) {
		const common = await readCommonFile(folder, part, advance);
		const skeleton = await readSkeletonFile(folder, part, common, advance, (ids, key, click, conversion) =>
			rows.add(ids, commonRows + key, click, conversion, index),
		);
		files[part.common] = common.sha256;
		files[part.skeleton] = skeleton.sha256;
		dropped.push(skeleton.dropped);
		droppedCommon.push(common.dropped);
		readCommon += common.lines;
		commonRows += common.count;
		read += skeleton.lines;
	}
	const { columns, part, count } = rows.take();
	return {
		name: `aliccp, ${folder}`,
		protocol,
		rows: count,
		schema: {
			user: "101",
			events: { click: "click", conversion: "conversion" },
			implies: { conversion: "click" },
			features: Object.fromEntries(CSTWA_FIELDS.map((field) => [field, { kind: "id" as const }])),
		},
		columns,
		part,
		read,
		dropped: merged(dropped),
		fingerprint: fingerprintOf({ reader: "aliccp", readerVersion, protocol }, files),
		files,
		readCommon,
		commonRows,
		droppedCommon: merged(droppedCommon),
	};
}

/** The rows of a common_features file: key → index, and the ids of row i at `[i × 18, (i + 1) × 18)`. */
interface CommonRows {
	keys: Keys;
	ids: Int32Array;
	count: number;
	lines: number;
	sha256: string;
	dropped: Dropped[];
}

async function readCommonFile(
	folder: string,
	part: AliCcpPart,
	progress: (bytes: number) => void,
): Promise<CommonRows> {
	const path = join(folder, part.common);
	const dropped = tally(part.common);
	const guard = formatGuard(path, "md5,feature_num,feature_list");
	const known = keys();
	const ids = new Int32Array(WIDTH);
	let all: Int32Array = new Int32Array(WIDTH << 10);
	let count = 0;

	const parse = (bytes: Uint8Array, start: number, end: number): Fault | undefined => {
		const keyEnd = readFeatures(bytes, start, end, ids);
		if (typeof keyEnd !== "number") return keyEnd;
		if (known.add(bytes, start, keyEnd) === -1) return FAULTS.duplicateMd5;
		if ((count + 1) * WIDTH > all.length) all = resized(all, 2 * all.length);
		all.set(ids, count * WIDTH);
		count++;
		return undefined;
	};
	const { lines, sha256 } = await readLines(path, {
		line(bytes, start, end, number) {
			const found = parse(bytes, start, end);
			const fault = found && (found === FAULTS.duplicateMd5 ? found : (malformed(bytes, start, end, 2) ?? found));
			if (!fault || fault === FAULTS.duplicateMd5) guard.good();
			else guard.bad(fault, number, bytes, start, end);
			if (fault) dropped.add(fault, number);
		},
		tooLong(bytes, start, end, number) {
			guard.bad(FAULTS.tooLong, number, bytes, start, end);
			dropped.add(FAULTS.tooLong, number);
		},
		progress,
	});
	guard.end(lines);
	return { keys: known, ids: all, count, lines, sha256, dropped: dropped.list() };
}

async function readSkeletonFile(
	folder: string,
	part: AliCcpPart,
	common: CommonRows,
	progress: (bytes: number) => void,
	keep: (ids: Int32Array, common: number, click: number, conversion: number) => void,
): Promise<Pick<CommonRows, "lines" | "sha256" | "dropped">> {
	const path = join(folder, part.skeleton);
	const dropped = tally(part.skeleton);
	const guard = formatGuard(path, "sampleID,click,conversion,md5,feature_num,feature_list");
	const seen = numberSet();
	const ids = new Int32Array(WIDTH);
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
		const keyEnd = readFeatures(bytes, key, end, ids);
		if (typeof keyEnd !== "number") return keyEnd;
		guard.good();
		if (conversion > click) return FAULTS.contradiction;
		const row = common.keys.find(bytes, key, keyEnd);
		if (row === -1) return FAULTS.unknownMd5;
		if (!seen.add(sample)) return FAULTS.duplicateSample;
		for (let column = 0, at = row * WIDTH; column < WIDTH; column++, at++)
			if (common.ids[at] !== 0) ids[column] = common.ids[at];
		keep(ids, row, click, conversion);
		kept++;
		return undefined;
	};
	const wellFormed: ReadonlySet<Fault> = new Set([FAULTS.contradiction, FAULTS.unknownMd5, FAULTS.duplicateSample]);
	const result = await readLines(path, {
		line(bytes, start, end, number) {
			const found = parse(bytes, start, end);
			if (!found) return;
			const fault = wellFormed.has(found) ? found : (malformed(bytes, start, end, 5) ?? found);
			if (!wellFormed.has(fault)) guard.bad(fault, number, bytes, start, end);
			dropped.add(fault, number);
		},
		tooLong(bytes, start, end, number) {
			guard.bad(FAULTS.tooLong, number, bytes, start, end);
			dropped.add(FAULTS.tooLong, number);
		},
		progress,
	});
	guard.end(result.lines);
	const [first] = dropped.list();
	if (kept === 0)
		throw new InputError(
			`${path}: none of its ${result.lines} rows can be used (first: ${first.first} ${first.reason}). Does ${part.common} belong to it?`,
		);
	return { ...result, dropped: dropped.list() };
}

/** The log's columns while they grow. */
function rowStore() {
	let capacity = 1 << 12;
	let count = 0;
	let click: Uint8Array = new Uint8Array(capacity);
	let conversion: Uint8Array = new Uint8Array(capacity);
	let part: Uint8Array = new Uint8Array(capacity);
	let common: Int32Array = new Int32Array(capacity);
	const fields: Int32Array[] = CSTWA_FIELDS.map(() => new Int32Array(capacity));
	const resize = (length: number) => {
		capacity = length;
		click = resized(click, length);
		conversion = resized(conversion, length);
		part = resized(part, length);
		common = resized(common, length);
		for (let column = 0; column < WIDTH; column++) fields[column] = resized(fields[column], length);
	};
	return {
		add(ids: Int32Array, commonRow: number, clicked: number, converted: number, partOf: number): void {
			if (count === capacity) resize(2 * capacity);
			click[count] = clicked;
			conversion[count] = converted;
			part[count] = partOf;
			common[count] = commonRow;
			for (let column = 0; column < WIDTH; column++) fields[column][count] = ids[column];
			count++;
		},
		take() {
			resize(count);
			const columns: Record<string, Column> = { click, conversion, common };
			CSTWA_FIELDS.forEach((field, column) => {
				columns[field] = fields[column];
			});
			return { columns, part, count };
		},
	};
}
