import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { InputError } from "../../core/problem";
import { unreadable } from "../readers/folder";

/** A record longer than this many bytes is passed over: no known log has one, a file without line ends is one. */
export const MAX_RECORD_BYTES = 1 << 20;

const PIECE = 1 << 22;
const [LF, CR, QUOTE] = [10, 13, 34];

/** Why a line of a CSV file is no record. */
export const CSV_FAULTS = {
	fields: "a line has another number of fields than the header",
	quote: "a quoted value is never closed, or text follows it",
	long: "a line is longer than 1 MiB",
	encoding: "a line is not UTF-8",
} as const;

/** What to do with the records of a CSV file. */
export interface CsvVisitor {
	/**
	 * A record: bytes `[start, end)` of `bytes`, valid only during the call. `fields` is there where they need to be written
	 * anew to be read by the strict rules, for a quote in the middle of a value or a CR, and where a value holds a line end.
	 */
	record(bytes: Buffer, start: number, end: number, line: number, fields?: readonly string[]): void;
	/** A line that is no record. */
	bad(reason: string, line: number): void;
	/** After each piece of the file. */
	piece(): Promise<void>;
}

/** Whether a file begins as what gzip writes. */
const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** The first bytes of a file. */
export async function headOf(path: string, length: number): Promise<Buffer> {
	const file = await open(path).catch((cause) => unreadable(path, cause));
	try {
		const { buffer, bytesRead } = await file
			.read(Buffer.alloc(length), 0, length, 0)
			.catch((cause) => unreadable(path, cause));
		return buffer.subarray(0, bytesRead);
	} finally {
		await file.close();
	}
}

/** The bytes of a file in pieces, unpacked where gzip packed them. */
export async function* piecesOf(path: string): AsyncGenerator<Buffer> {
	const packed = isGzip(await headOf(path, 2));
	const file = createReadStream(path, { highWaterMark: PIECE });
	if (!packed) {
		try {
			for await (const piece of file) yield piece as Buffer;
		} catch (cause) {
			unreadable(path, cause as NodeJS.ErrnoException);
		}
		return;
	}
	const unpack = createGunzip({ chunkSize: PIECE });
	const work = pipeline(file, unpack).catch(() => undefined);
	try {
		for await (const piece of unpack) yield piece as Buffer;
	} catch (cause) {
		const { code = "" } = cause as NodeJS.ErrnoException;
		if (/^Z_/.test(code)) throw new InputError(`${path} is cut off or damaged (gzip, ${code}): get it again`);
		unreadable(path, cause as NodeJS.ErrnoException);
	} finally {
		file.destroy();
		unpack.destroy();
		await work;
	}
}

/**
 * Streams the records of a CSV file whose fields are parted by one byte. A value in double quotes may hold that byte, line
 * ends, and quotes that are doubled; a quote elsewhere is a letter like any other. Lines end in LF or CRLF. Blank lines are
 * passed over where records have two fields or more. Where a record is bad, reading goes on at the next line.
 *
 * The first record is the header: it is given to `header`, which says the number of fields each record must have.
 *
 * @throws InputError the file cannot be read, or its packing is damaged; and whatever the visitor throws
 */
export async function readRecords(
	path: string,
	delimiter: string,
	header: (fields: readonly string[]) => number,
	visitor: CsvVisitor,
): Promise<void> {
	const part = delimiter.charCodeAt(0);
	let [rest, line, width, passing, first] = [Buffer.alloc(0), 0, 0, false, true];

	/** Goes through the whole lines of `bytes`; gives the position after the last record. */
	const visit = (bytes: Buffer, isLast: boolean): number => {
		const clean = isUtf8(bytes.subarray(0, isLast ? bytes.length : bytes.lastIndexOf(LF) + 1));
		let at = first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
		let [quote, cr] = [-2, -2];
		for (;;) {
			if (at >= bytes.length) return at;
			let end = bytes.indexOf(LF, at);
			if (end === -1) {
				if (!isLast && bytes.length - at <= MAX_RECORD_BYTES) return at;
				if (!isLast) {
					if (first) throw new InputError(`${path}:1 is no header: ${CSV_FAULTS.long}`);
					if (!passing) visitor.bad(CSV_FAULTS.long, line + 1);
					passing = true;
					return bytes.length;
				}
				end = bytes.length;
			}
			if (passing) {
				passing = false;
				line++;
				at = end + 1;
				continue;
			}
			if (quote !== -1 && quote < at) quote = bytes.indexOf(QUOTE, at);
			if (cr !== -1 && cr < at) cr = bytes.indexOf(CR, at);
			let stop = end > at && bytes[end - 1] === CR ? end - 1 : end;
			let next = end + 1;
			let fields: string[] | undefined;
			let fault: string | undefined;
			let lines = 1;
			if (end - at > MAX_RECORD_BYTES) fault = CSV_FAULTS.long;
			else if (stop === at && width !== 1) {
				line++;
				at = next;
				continue;
			} else if (first || (quote !== -1 && quote < stop) || (cr !== -1 && cr < stop)) {
				const parsed = parseRecord(bytes, at, part);
				const begins = Math.min(parsed.end, bytes.length);
				if (parsed.open && !isLast && bytes.length - at <= MAX_RECORD_BYTES) return at;
				if (parsed.open || parsed.broken || begins - at > MAX_RECORD_BYTES) fault = CSV_FAULTS.quote;
				else if (!first && parsed.fields.length !== width) fault = CSV_FAULTS.fields;
				else {
					if (first || parsed.odd) fields = parsed.fields;
					stop = parsed.stop;
					next = parsed.end + 1;
					lines += parsed.lines;
				}
			} else {
				let count = 1;
				for (let i = at; i < stop; i++) if (bytes[i] === part) count++;
				if (count !== width) fault = CSV_FAULTS.fields;
			}
			if (fault === undefined && !clean && !isUtf8(bytes.subarray(at, stop))) fault = CSV_FAULTS.encoding;
			line++;
			if (first) {
				if (fault !== undefined) throw new InputError(`${path}:${line} is no header: ${fault}`);
				width = header(fields as string[]);
				first = false;
			} else if (fault !== undefined) visitor.bad(fault, line);
			else visitor.record(bytes, at, stop, line, fields);
			line += lines - 1;
			at = next;
		}
	};

	for await (const piece of piecesOf(path)) {
		const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
		rest = Buffer.from(bytes.subarray(visit(bytes, false)));
		await visitor.piece();
	}
	if (rest.length > 0) visit(rest, true);
	if (first) throw new InputError(`${path} is empty: get it again`);
	await visitor.piece();
}

interface ParsedRecord {
	fields: string[];
	/** Where its content ends, and the LF that ends it (or the end of the bytes). */
	stop: number;
	end: number;
	/** Line ends within it. */
	lines: number;
	/** The bytes end inside a quoted value. */
	open: boolean;
	/** Text follows a closing quote. */
	broken: boolean;
	/** It must be written anew to be read by the strict rules. */
	odd: boolean;
}

function parseRecord(bytes: Buffer, start: number, part: number): ParsedRecord {
	const record: ParsedRecord = { fields: [], stop: 0, end: 0, lines: 0, open: false, broken: false, odd: false };
	let at = start;
	for (;;) {
		if (bytes[at] === QUOTE) {
			const from = at + 1;
			for (;;) {
				const quote = bytes.indexOf(QUOTE, at + 1);
				if (quote === -1) return { ...record, open: true, end: bytes.length };
				at = quote + 1;
				if (bytes[at] !== QUOTE) break;
			}
			const text = bytes.toString("utf8", from, at - 1);
			record.lines += text.split("\n").length - 1;
			if (text.includes("\n") || text.includes("\r")) record.odd = true;
			record.fields.push(text.replaceAll('""', '"'));
			if (bytes[at] === CR && (at + 1 >= bytes.length || bytes[at + 1] === LF)) at++;
			if (at < bytes.length && bytes[at] !== part && bytes[at] !== LF) return { ...record, broken: true, end: at };
		} else {
			const from = at;
			while (at < bytes.length && bytes[at] !== part && bytes[at] !== LF) {
				if (bytes[at] === QUOTE || bytes[at] === CR) record.odd = true;
				at++;
			}
			const isEnd = at >= bytes.length || bytes[at] === LF;
			const to = isEnd && at > from && bytes[at - 1] === CR ? at - 1 : at;
			record.fields.push(bytes.toString("utf8", from, to));
		}
		if (at >= bytes.length || bytes[at] === LF) {
			record.end = at;
			record.stop = at > start && bytes[at - 1] === CR ? at - 1 : at;
			return record;
		}
		at++;
	}
}
