import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../core/problem";

/**
 * Refuses a folder that cannot be made or written to, before anything is computed for it. Leaves nothing behind: the folder, or the
 * nearest one above it that is there, must take a new folder (for root every folder looks writable, /proc too).
 *
 * @param refusal the message, given why
 */
export function checkWritable(folder: string, refusal: (why: string) => string): void {
	let there = resolve(folder);
	while (!existsSync(there)) there = dirname(there);
	try {
		if (folder === "") throw new Error("it has no name");
		if (!statSync(there).isDirectory()) throw new Error(`${there} is a file`);
		accessSync(there, constants.W_OK);
		rmdirSync(mkdtempSync(join(there, ".entire-space-")));
	} catch (problem) {
		const { code, message } = problem as NodeJS.ErrnoException;
		// Room may be made while it is computed, and a result that is there needs none.
		if (code === "ENOSPC") return;
		throw new InputError(refusal(message.split(",")[0]));
	}
}
