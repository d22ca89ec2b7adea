import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { unreadable } from "./folder";

/** A line longer than this many bytes is passed over: no known log has one, a file without line ends is one. */
export const MAX_LINE_BYTES = 1 << 20;

const CHUNK = 1 << 22;
const LF = 10;
const CR = 13;

/** What to do with each line. Lines are counted from 1. */
export interface LineVisitor {
	/**
	 * One line without its end (LF or CRLF): bytes `[start, end)` of `bytes`. `bytes[end]` exists and is LF or CR, so a
	 * loop over digits needs no other bound. The bytes are valid only during the call.
	 */
	line(bytes: Uint8Array, start: number, end: number, number: number): void;
	/** A line longer than {@link MAX_LINE_BYTES}: as `line`, with as much of its start as there is. */
	tooLong(bytes: Uint8Array, start: number, end: number, number: number): void;
	/** Called after each piece of the file with the number of bytes in it. */
	progress?(bytes: number): void;
}

/**
 * Streams the lines of a file as bytes, and hashes the file in the same pass. Holds one piece of the file (4 MiB) at a time.
 * A last line without a line end is a line; what follows the last line end is none.
 *
 * @returns the number of lines and the SHA-256 of the bytes in hex
 * @throws InputError the file cannot be read; and whatever the visitor throws
 */
export async function readLines(path: string, visitor: LineVisitor): Promise<{ lines: number; sha256: string }> {
	const hash = createHash("sha256");
	const buffer = Buffer.allocUnsafe(MAX_LINE_BYTES + CHUNK + 1);
	let lines = 0;
	let kept = 0;
	let passing = false;

	const visit = (start: number, newline: number) => {
		lines++;
		if (newline - start > MAX_LINE_BYTES) visitor.tooLong(buffer, start, newline, lines);
		else visitor.line(buffer, start, newline > start && buffer[newline - 1] === CR ? newline - 1 : newline, lines);
	};

	const handle = await open(path).catch((cause) => unreadable(path, cause));
	try {
		for (;;) {
			const { bytesRead } = await handle.read(buffer, kept, CHUNK, null).catch((cause) => unreadable(path, cause));
			if (bytesRead === 0) break;
			hash.update(buffer.subarray(kept, kept + bytesRead));
			const filled = buffer.subarray(0, kept + bytesRead);
			let start = 0;
			for (let newline = filled.indexOf(LF, kept); newline !== -1; newline = filled.indexOf(LF, start)) {
				if (passing) passing = false;
				else visit(start, newline);
				start = newline + 1;
			}
			kept = filled.length - start;
			if (passing) kept = 0;
			else if (kept > MAX_LINE_BYTES) {
				visitor.tooLong(buffer, start, filled.length, ++lines);
				passing = true;
				kept = 0;
			} else buffer.copyWithin(0, start, filled.length);
			visitor.progress?.(bytesRead);
		}
		if (kept > 0) {
			buffer[kept] = LF;
			visit(0, kept);
		}
	} finally {
		await handle.close();
	}
	return { lines, sha256: hash.digest("hex") };
}
