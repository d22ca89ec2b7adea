import { mkdir, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { halfOf, removeLeftovers } from "./leftovers";

/**
 * Writes a folder whole: `fill` puts its files into a temporary folder beside it, which then takes its name. What was there
 * before is replaced; when `fill` fails it stays.
 */
export async function writeWholeFolder(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
	await mkdir(dirname(folder), { recursive: true });
	await removeLeftovers(folder);
	const temporary = halfOf(folder);
	const before = `${temporary}.before`;
	try {
		await mkdir(temporary);
		await fill(temporary);
		const isThere = await stat(folder).then(
			() => true,
			() => false,
		);
		if (isThere) await rename(folder, before);
		await rename(temporary, folder).catch(async (problem: Error) => {
			if (isThere) await rename(before, folder);
			throw problem;
		});
	} finally {
		await removeLeftovers(folder);
	}
}
