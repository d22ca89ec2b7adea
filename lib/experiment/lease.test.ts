import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { processMark } from "../core/alive";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { underLease } from "./lease";

const folder = temporaryFolders();
const leaseOf = () => join(folder(), "deep", "a.lease");
const held = (file: string, holder: object) => writeFileSync(file, JSON.stringify(holder));

describe("a lease", () => {
	it("lets one do the work at a time, and is gone after it, failed or not", async () => {
		const file = leaseOf();
		let [inside, most] = [0, 0];
		const work = async () => {
			most = Math.max(most, ++inside);
			await wait(20);
			inside--;
		};
		await Promise.all(Array.from({ length: 5 }, () => underLease(file, work)));
		expect(most).toBe(1);
		await expect(underLease(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
		expect(existsSync(file)).toBe(false);
	});
	it.each([
		["that is gone", { pid: 2 ** 22 + 1, mark: "1" }],
		["whose number another process has now", { pid: process.pid, mark: "long ago" }],
	])("of a holder %s is taken over", async (_, holder) => {
		const file = join(folder(), "a.lease");
		held(file, { host: hostname(), ...holder });
		expect(await underLease(file, async () => 7)).toBe(7);
	});
	it("of a holder on another machine is taken over once it has fallen silent, whatever its clock says", async () => {
		const file = join(folder(), "a.lease");
		for (const clock of [-3600, 3600]) {
			held(file, { host: "elsewhere", pid: 1, mark: "1" });
			const then = Date.now() / 1000 + clock;
			utimesSync(file, then, then);
			expect(await underLease(file, async () => 7, AbortSignal.timeout(5000), 300)).toBe(7);
		}
		// One that goes on beating is waited for.
		held(file, { host: "elsewhere", pid: 1, mark: "1" });
		const beat = setInterval(() => utimesSync(file, new Date(), new Date()), 100);
		const stop = new AbortController();
		const waiting = underLease(file, async () => 7, stop.signal, 300);
		await wait(900);
		stop.abort();
		await expect(waiting).rejects.toThrow("stopped while waiting");
		clearInterval(beat);
	});
	it.each([
		["on this machine", hostname()],
		["on another machine that has not fallen silent", "elsewhere"],
	])("of a living holder %s is waited for, until one is told to stop", async (_, host) => {
		const file = join(folder(), "a.lease");
		held(file, { host, pid: process.pid, mark: processMark(process.pid) });
		const stop = new AbortController();
		const waiting = underLease(file, async () => 7, stop.signal);
		await wait(300);
		stop.abort();
		await expect(waiting).rejects.toThrow("stopped while waiting");
		expect(existsSync(file)).toBe(true);
	});
});
