import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Values = Float32Array | Int32Array | Uint8Array;

/** Entries read back at a time. */
const PIECE = 1 << 18;

/** A column put aside on disk: written from its first row to its last, then read back in pieces. */
export interface ScratchColumn<A extends Values> {
	append(values: A): void;
	/** All entries, in order; a piece is overwritten by the next. */
	pieces(): Generator<A>;
	/** Frees the disk. */
	close(): void;
}

const opened = (folder: string): number => {
	const name = `.scores-${process.pid}-${Math.random().toString(36).slice(2)}`;
	for (const place of [folder, tmpdir()])
		try {
			const path = join(place, name);
			const file = openSync(path, "wx+");
			unlinkSync(path);
			return file;
		} catch (problem) {
			const { code } = problem as NodeJS.ErrnoException;
			if (place !== folder || !["EACCES", "EROFS", "EPERM"].includes(code ?? "")) throw problem;
		}
	throw new Error("no folder for scratch files");
};

/**
 * A column on disk, in a file without a name: it is gone when it is closed, or when the process ends in whatever way.
 *
 * @param folder where the disk has room; the system's temporary folder where this one cannot be written to
 * @throws Error the disk is full
 */
export function scratchColumn<A extends Values>(make: new (n: number) => A, folder: string): ScratchColumn<A> {
	const file = opened(folder);
	let length = 0;
	return {
		append(values) {
			const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
			for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
			length += values.length;
		},
		*pieces() {
			const piece = new make(Math.min(PIECE, length));
			for (let from = 0; from < length; from += PIECE) {
				const part = piece.subarray(0, Math.min(PIECE, length - from)) as A;
				const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
				for (let done = 0; done < bytes.length; ) {
					const read = readSync(file, bytes, done, bytes.length - done, from * part.BYTES_PER_ELEMENT + done);
					if (read === 0) throw new Error("a column put aside on disk is shorter than it was written");
					done += read;
				}
				yield part;
			}
		},
		close: () => closeSync(file),
	};
}
