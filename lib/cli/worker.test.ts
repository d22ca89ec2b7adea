import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { freePort } from "../experiment/queue/killing";
import { findRedis } from "../experiment/queue/redisServer";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();

it("a URL that is wrong, or where nobody answers, is exit code 2 with one line", async () => {
	for (const [url, line] of [
		["nonsense", /^--queue takes a URL as redis:/],
		[
			"redis://127.0.0.1:1",
			/^--queue: cannot reach Redis at 127\.0\.0\.1:1 \(ECONNREFUSED\): start one with "npm run redis"/,
		],
	] as const) {
		const { code, stdout, stderr } = await runCommand("worker", ["--queue", url, "--store", folder()]);
		expect([code, stdout]).toEqual([2, ""]);
		expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(line)]);
	}
});

it("npm run redis prints its URL, keeps a password for itself, serves a worker, and ends cleanly at Ctrl-C", async () => {
	if (!(await findRedis())) {
		process.stdout.write("no redis-server here: npm run redis is NOT tested\n");
		return;
	}
	const [dir, port] = [folder(), await freePort()];
	const args = [join(projectRoot(), "lib/setup/run.mjs"), "redis", "--port", String(port), "--dir", dir, "--json"];
	const child = spawn(process.execPath, args);
	const ended = new Promise((resolve) => child.on("close", resolve));
	const told = JSON.parse(String(await new Promise((resolve) => child.stdout.once("data", resolve))));
	const password = readFileSync(join(dir, "password"), "utf8");
	expect(told).toMatchObject({ url: `redis://:${password}@127.0.0.1:${port}`, folder: dir });
	const taken = await runCommand("redis", ["--port", String(port), "--dir", folder()]);
	expect([taken.code, taken.last]).toEqual([2, `port ${port} is taken by another program: give another with --port`]);
	const open = await runCommand("worker", ["--queue", `redis://127.0.0.1:${port}`, "--store", folder()]);
	expect([open.code, open.last]).toEqual([2, expect.stringMatching(/cannot reach Redis .*NOAUTH/)]);
	const worker = await runCommand("worker", ["--queue", told.url, "--store", folder(), "--json"], "at a time");
	expect([worker.code, JSON.parse(worker.stdout)]).toEqual([0, { done: 0, failed: 0, returned: 0 }]);
	child.kill("SIGINT");
	expect(await ended).toBe(0);
	expect(existsSync(join(dir, "appendonly.aof"))).toBe(true);
	expect(() => process.kill(told.pid, 0)).toThrow(/ESRCH/);
});
