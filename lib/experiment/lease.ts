import { readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { processMark } from "../core/alive";

/** Who holds a lease. */
interface Holder {
	host: string;
	pid: number;
	/** When the process began: numbers of processes are used again. */
	mark: string;
}

/** How often a holder shows that it is there, and after what silence a holder on another machine counts as gone (ms). */
const BEAT = 10_000;
const SILENCE = 120_000;
/** How often one who waits looks again (ms). */
const LOOK = 200;

const me = (): Holder => ({ host: hostname(), pid: process.pid, mark: processMark(process.pid) ?? "" });

/**
 * Does work that only one process may do at a time, of all that share the folder: waits for one that is at it, and takes over
 * at once from one that died on this machine, after two minutes from one that fell silent on another.
 *
 * @param file the lease: a small file that is there while the work is done; its folder is made
 * @param signal ends the waiting
 * @param silence after which a holder on another machine counts as gone, in ms; clocks are not compared
 * @throws Error stopped while waiting
 */
export async function underLease<T>(
	file: string,
	work: () => Promise<T>,
	signal?: AbortSignal,
	silence = SILENCE,
): Promise<T> {
	await mkdir(dirname(file), { recursive: true });
	const silent = silenceOf(file);
	while (!(await taken(file))) {
		if (signal?.aborted) throw new Error(`stopped while waiting for another process (${file})`);
		removeDead(file, () => silent() > silence);
		await wait(LOOK);
	}
	const beat = setInterval(() => touch(file), BEAT);
	beat.unref();
	try {
		return await work();
	} finally {
		clearInterval(beat);
		await rm(file, { force: true });
	}
}

/** Written aside and linked: a lease is never seen half written, and only one process can link it. */
async function taken(file: string): Promise<boolean> {
	const aside = `${file}.${process.pid}-${Math.round(performance.now() * 1000)}`;
	try {
		await writeFile(aside, JSON.stringify(me()));
		await link(aside, file);
		return true;
	} catch (problem) {
		if ((problem as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw problem;
	} finally {
		await rm(aside, { force: true });
	}
}

function touch(file: string): void {
	try {
		const now = new Date();
		utimesSync(file, now, now);
	} catch {
		// its folder was removed: the work goes on, and says so where it stores its result
	}
}

function holderOf(file: string): Holder | undefined {
	try {
		return JSON.parse(readFileSync(file, "utf8")) as Holder;
	} catch {
		return undefined;
	}
}

/** How long a lease has not been touched, in ms, as far as one has watched it: by this machine's clock alone. */
function silenceOf(file: string): () => number {
	let [touched, since] = [Number.NaN, 0];
	return () => {
		const { mtimeMs } = statSync(file);
		if (mtimeMs !== touched) [touched, since] = [mtimeMs, performance.now()];
		return performance.now() - since;
	};
}

const isDead = ({ host, pid, mark }: Holder, isSilent: () => boolean): boolean =>
	host === hostname() ? processMark(pid) !== mark : isSilent();

/** By renaming, so that of two processes that find a holder dead one alone removes its lease; a living one's is put back. */
function removeDead(file: string, isSilent: () => boolean): void {
	const aside = `${file}.${process.pid}.dead`;
	try {
		const seen = holderOf(file);
		if (seen && !isDead(seen, isSilent)) return;
		renameSync(file, aside);
		const got = holderOf(aside);
		const same = got?.host === seen?.host && got?.pid === seen?.pid && got?.mark === seen?.mark;
		if (got && !same) renameSync(aside, file);
		else rmSync(aside, { force: true });
	} catch {
		// it was gone before: the next look finds out
	}
}
