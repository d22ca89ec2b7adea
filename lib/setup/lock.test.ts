import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

type Say = (line: string) => void;
const { withLock, processMark } = (await import(join(__dirname, "lock.mjs"))) as {
	withLock<T>(file: string, say: Say, work: (note: (pid: number) => void) => Promise<T>): Promise<T>;
	processMark(pid: number): string | undefined;
};

let folder: string;
let lock: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "lock-"));
	lock = join(folder, "setup.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that takes the lock, writes "in" and "out" to a log around some milliseconds, and ends. */
function holder(milliseconds: number): ChildProcess {
	const program = `
		const { withLock } = await import(${JSON.stringify(join(__dirname, "lock.mjs"))});
		const { appendFileSync } = await import("node:fs");
		await withLock(${JSON.stringify(lock)}, () => {}, async () => {
			appendFileSync(${JSON.stringify(join(folder, "log"))}, "in ");
			await new Promise((next) => setTimeout(next, ${milliseconds}));
			appendFileSync(${JSON.stringify(join(folder, "log"))}, "out ");
		});`;
	return spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
}

const ended = (child: ChildProcess) => new Promise((done) => child.on("close", done));

/** Takes the lock for a piece of work that answers "mine". */
const mine = () =>
	withLock(
		lock,
		() => {},
		async () => "mine",
	);

test("four processes work one after the other", async () => {
	await Promise.all([80, 80, 80, 80].map((ms) => ended(holder(ms))));
	expect(readFileSync(join(folder, "log"), "utf8")).toBe("in out in out in out in out ");
	expect(existsSync(lock)).toBe(false);
});

test("the lock of a killed process is taken over", async () => {
	const child = holder(60_000);
	while (!existsSync(join(folder, "log"))) await new Promise((next) => setTimeout(next, 20));
	child.kill("SIGKILL");
	await ended(child);
	expect(existsSync(lock)).toBe(true);
	expect(await mine()).toBe("mine");
});

test("a new process with the number of a dead one does not hold its lock", async () => {
	writeFileSync(lock, JSON.stringify({ pid: process.pid, mark: "another time" }));
	expect(await mine()).toBe("mine");
});

test("a program that a killed set-up left behind is waited for", async () => {
	const child = spawn("sleep", ["0.6"]);
	const dead = spawnSync(process.execPath, ["-e", ""]).pid;
	const mark = processMark(child.pid ?? 0);
	writeFileSync(lock, JSON.stringify({ pid: dead, mark: "1", child: { pid: child.pid, mark } }));
	const lines: string[] = [];
	const alive = await withLock(
		lock,
		(line) => lines.push(line),
		async () => processMark(child.pid ?? 0),
	);
	expect(alive).toBeUndefined();
	expect(lines).toEqual([`waiting for another set-up of this folder (process ${child.pid})`]);
});

test("an empty lock, left by a process that died at once, does not stop the next", async () => {
	writeFileSync(lock, "");
	expect(await mine()).toBe("mine");
});

test("the lock is gone after a failure", async () => {
	await expect(
		withLock(
			lock,
			() => {},
			() => Promise.reject(new Error("failed")),
		),
	).rejects.toThrow("failed");
	expect(existsSync(lock)).toBe(false);
	expect(execFileSync("ls", ["-A", folder], { encoding: "utf8" })).toBe("");
});
