import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isAlive } from "../core/alive";

/** Where this process makes a file or folder that is renamed to `path` when it is whole. */
export const halfOf = (path: string): string => `${path}.${process.pid}.part`;

/** Removes what processes that were killed left beside `path` under `halfOf` names, theirs and this one's. */
export async function removeLeftovers(path: string): Promise<void> {
	for (const name of await readdir(dirname(path))) {
		const pid = name.startsWith(`${basename(path)}.`) ? /\.(\d+)\.part(\.|$)/.exec(name)?.[1] : undefined;
		if (pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid))))
			await rm(join(dirname(path), name), { recursive: true, force: true });
	}
}
