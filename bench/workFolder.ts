import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const PREFIX = "work-";

/** Makes an empty folder of this process in `cache`, and removes those of processes that are gone. */
export function workFolder(cache: string): { folder: string; remove(): void } {
	mkdirSync(cache, { recursive: true });
	for (const name of readdirSync(cache)) {
		const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : Number.NaN);
		if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(cache, name), { recursive: true, force: true });
	}
	const folder = join(cache, `${PREFIX}${process.pid}`);
	mkdirSync(folder, { recursive: true });
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (cause) {
		return (cause as NodeJS.ErrnoException).code === "EPERM";
	}
}
