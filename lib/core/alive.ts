import { readFileSync } from "node:fs";

/** Whether a process of this number is running. */
export function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (cause) {
		return (cause as NodeJS.ErrnoException).code === "EPERM";
	}
}

/**
 * When a process began, so that a later one with the same number is not taken for it; undefined where it is gone, or is only
 * waiting to be buried. Systems without /proc know no more than that it is there ("alive").
 */
export function processMark(pid: number): string | undefined {
	if (!isAlive(pid)) return undefined;
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return fields[0] === "Z" ? undefined : fields[19];
	} catch {
		return "alive";
	}
}
