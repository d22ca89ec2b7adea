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
	/** Called after each piece of the file with the number of bytes in it; the reading waits for what it gives. */
	progress?(bytes: number): void | Promise<void>;
}

/**
 * Streams the lines of a file as bytes, and hashes the file in the same pass. Holds two pieces of the file (4 MiB each): while
 * the lines of one are visited the other is read.
 * A last line without a line end is a line; what follows the last line end is none.
 *
 * @param hashed false where the hash is made elsewhere; then it is ""
 * @returns the number of lines and the SHA-256 of the bytes in hex
 * @throws InputError the file cannot be read; and whatever the visitor throws
 */
export async function readLines(
	path: string,
	visitor: LineVisitor,
	hashed = true,
): Promise<{ lines: number; sha256: string }> {
	const hash = createHash("sha256");
	// Before each piece there is room for the begun line that the piece before it ended with.
	const buffers = [0, 1].map(() => Buffer.allocUnsafe(MAX_LINE_BYTES + CHUNK + 1));
	let lines = 0;
	let kept = 0;
	let passing = false;

	const visit = (buffer: Buffer, start: number, newline: number) => {
		lines++;
		if (newline - start > MAX_LINE_BYTES) visitor.tooLong(buffer, start, newline, lines);
		else visitor.line(buffer, start, newline > start && buffer[newline - 1] === CR ? newline - 1 : newline, lines);
	};

	const handle = await open(path).catch((cause) => unreadable(path, cause));
	const read = (turn: number) => handle.read(buffers[turn], MAX_LINE_BYTES, CHUNK, null);
	let coming = read(0);
	try {
		for (let turn = 0; ; turn = 1 - turn) {
			const { bytesRead } = await coming.catch((cause) => unreadable(path, cause));
			const buffer = buffers[turn];
			if (bytesRead === 0) {
				buffer[MAX_LINE_BYTES] = LF;
				if (kept > 0) visit(buffer, MAX_LINE_BYTES - kept, MAX_LINE_BYTES);
				break;
			}
			coming = read(1 - turn);
			// It is waited for later; until then its failure has a listener.
			coming.catch(() => {});
			const end = MAX_LINE_BYTES + bytesRead;
			if (hashed) hash.update(buffer.subarray(MAX_LINE_BYTES, end));
			const filled = buffer.subarray(0, end);
			let start = MAX_LINE_BYTES - kept;
			for (let newline = filled.indexOf(LF, MAX_LINE_BYTES); newline !== -1; newline = filled.indexOf(LF, start)) {
				if (passing) passing = false;
				else visit(buffer, start, newline);
				start = newline + 1;
			}
			kept = passing ? 0 : end - start;
			if (kept > MAX_LINE_BYTES) {
				visitor.tooLong(buffer, start, end, ++lines);
				passing = true;
				kept = 0;
			}
			buffer.copy(buffers[1 - turn], MAX_LINE_BYTES - kept, end - kept, end);
			await visitor.progress?.(bytesRead);
		}
	} finally {
		await coming.catch(() => {});
		await handle.close();
	}
	return { lines, sha256: hashed ? hash.digest("hex") : "" };
}
