import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { readJson, writeWhole } from "./files.mjs";

/** When a process began, so that another one with the same number is not taken for it; undefined if it is gone. */
export function processMark(pid) {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if (error.code !== "EPERM") return undefined;
	}
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return fields[0] === "Z" ? undefined : fields[19];
	} catch {
		return "alive";
	}
}

/** Whether the process that wrote this is still there. */
function alive(entry) {
	return entry !== undefined && entry.mark !== undefined && processMark(entry.pid) === entry.mark;
}

function take(file) {
	try {
		const handle = openSync(file, "wx");
		writeSync(handle, JSON.stringify({ pid: process.pid, mark: processMark(process.pid) }));
		closeSync(handle);
		return true;
	} catch (error) {
		if (error.code === "EEXIST") return false;
		throw error;
	}
}

/** Removes a lock whose holder is gone. By renaming, so that of two that find it dead only one removes it. */
function removeDead(file, seen) {
	const aside = `${file}.${process.pid}.dead`;
	try {
		renameSync(file, aside);
	} catch {
		return;
	}
	const got = readJson(aside);
	if (got?.pid === seen?.pid && got?.mark === seen?.mark) rmSync(aside, { force: true });
	else renameSync(aside, file);
}

/**
 * Runs `work` while no other process of this project does. Waits for one that is at work; takes over from one that died,
 * after the program it had started (`note(pid)`) has ended. `say` hears why it waits.
 */
export async function withLock(file, say, work) {
	mkdirSync(dirname(file), { recursive: true });
	let empty = 0;
	for (let told = false; !take(file); ) {
		const holder = readJson(file);
		// A lock without content is one that is being written, or whose writer died at once.
		empty = holder ? 0 : empty + 1;
		if (alive(holder) || alive(holder?.child) || (!holder && empty < 10)) {
			if (!told && holder)
				say(`waiting for another set-up of this folder (process ${holder.child?.pid ?? holder.pid})`);
			told = told || holder !== undefined;
			await new Promise((next) => setTimeout(next, 200));
		} else removeDead(file, holder);
	}
	const own = { pid: process.pid, mark: processMark(process.pid) };
	const note = (pid) => writeWhole(file, JSON.stringify({ ...own, child: { pid, mark: processMark(pid) } }));
	const release = () => rmSync(file, { force: true });
	process.once("exit", release);
	try {
		return await work(note);
	} finally {
		process.off("exit", release);
		release();
	}
}
