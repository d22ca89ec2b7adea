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

/** SHA-256 over the names and SHA-256 of the files a log was read from, in the order of their names. */
export function fingerprintOf(files: Readonly<Record<string, string>>): string {
	const hash = createHash("sha256");
	for (const name of Object.keys(files).sort()) hash.update(`${name} ${files[name]}\n`);
	return hash.digest("hex");
}

/** What a failed open, read or stat of a file becomes. */
export function unreadable(path: string, cause: NodeJS.ErrnoException): never {
	throw new InputError(`${path} cannot be read (${cause.code ?? cause.message}): check that it is a file you may read`);
}
