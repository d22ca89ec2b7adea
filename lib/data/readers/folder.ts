import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { InputError } from "../../core/problem";

/**
 * The names in a folder, sorted.
 *
 * @throws InputError there is no such folder, or it cannot be read
 */
export async function listFolder(folder: string): Promise<string[]> {
	try {
		return (await readdir(folder)).sort();
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException;
		if (code === "ENOENT") throw new InputError(`no folder ${folder}: give the folder that holds the files`);
		if (code === "ENOTDIR") throw new InputError(`${folder} is a file: give the folder that holds it`);
		throw new InputError(`${folder} cannot be read (${code}): check that it is a folder you may read`);
	}
}

/** What makes a log of files, besides their bytes. */
export interface Reader {
	reader: string;
	readerVersion: number;
	/** Which fields are read and how, where there is a choice. */
	protocol?: string;
}

/**
 * The fingerprint of a log that was read from files: SHA-256 of the reader, its version, its protocol and each file's name
 * and SHA-256, as JSON with the files in the order of their names.
 */
export function fingerprintOf(
	{ reader, readerVersion, protocol }: Reader,
	files: Readonly<Record<string, string>>,
): string {
	const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
	const content = { reader, readerVersion, protocol, files: sorted };
	return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** What a failed open, read or stat of a file becomes. */
export function unreadable(path: string, cause: NodeJS.ErrnoException): never {
	throw new InputError(`${path} cannot be read (${cause.code ?? cause.message}): check that it is a file you may read`);
}
