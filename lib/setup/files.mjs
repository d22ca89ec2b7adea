import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A JSON file's value, or undefined where it is missing or broken. */
export function readJson(file) {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch {
		return undefined;
	}
}

/** Writes a file whole: beside its place under another name, then renamed. */
export function writeWhole(file, text) {
	const part = `${file}.${process.pid}.part`;
	writeFileSync(part, text);
	renameSync(part, file);
}

/** SHA-256 (hex) of the contents of files, one after the other; a missing file counts as an empty one. */
export function hashOf(...files) {
	const hash = createHash("sha256");
	for (const file of files) {
		try {
			hash.update(readFileSync(file));
		} catch {
			hash.update("");
		}
		hash.update("\0");
	}
	return hash.digest("hex");
}

/** SHA-256 (hex) of one file of any size, read in pieces. */
function hashLarge(file) {
	const hash = createHash("sha256");
	const piece = Buffer.allocUnsafe(8 << 20);
	const handle = openSync(file, "r");
	try {
		for (let n = readSync(handle, piece); n > 0; n = readSync(handle, piece)) hash.update(piece.subarray(0, n));
	} finally {
		closeSync(handle);
	}
	return hash.digest("hex");
}

/** What files looked like when they were made: `{name: {size, time, sha256}}`, names relative to `folder`. */
export function recordFiles(folder, names) {
	const record = {};
	for (const name of names) {
		const { size, mtimeMs } = statSync(join(folder, name));
		record[name] = { size, time: Math.floor(mtimeMs / 1000), sha256: hashLarge(join(folder, name)) };
	}
	return record;
}

/**
 * Whether the files are still what they were. Size and time decide; a file of the same size with another time (a copied
 * folder) is hashed once and, if it is the same, gets its old time back.
 */
export function filesUnchanged(folder, record) {
	if (!record) return false;
	for (const [name, { size, time, sha256 }] of Object.entries(record)) {
		const file = join(folder, name);
		const now = statSync(file, { throwIfNoEntry: false });
		if (!now || now.size !== size) return false;
		if (Math.floor(now.mtimeMs / 1000) === time) continue;
		if (hashLarge(file) !== sha256) return false;
		utimesSync(file, now.atime, time);
	}
	return true;
}
