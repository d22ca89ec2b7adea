import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { openStore } from "../experiment/store";
import type { SweepOutcome } from "../experiment/sweep/outcome";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();
const spec = {
	models: ["esmm"],
	data: { source: "simulator", preset: "tiny", rows: 4000 },
	seeds: [1, 2],
	hyper: { "*": { embedding: 2, mlp: [4], epochs: 8, patience: 8, batch: 50 } },
	space: { esmm: { lr: [0.001, 0.002, 0.003] } },
	search: "grid",
	choose: { metric: "auc(click|impression)" },
};
function fileOf(changes: object = {}, indent = 0): string {
	const file = join(folder(), "spec.json");
	writeFileSync(file, JSON.stringify({ ...spec, ...changes }, null, indent));
	return file;
}
const sweep = (...args: string[]) => runCommand("sweep", args);
/** Runs and their metrics, of all results in a store. */
const metricsIn = (path: string) => {
	const store = openStore(path);
	return store.runs("").map((run) => [run, store.get(run)?.metrics]);
};
const resultsIn = (path: string) => readdirSync(path).filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).length;

/** Starts a sweep as a terminal does, in a process group of its own, and does something to it once its store has some results. */
async function disturbed(args: readonly string[], store: string, results: number, disturb: (pid: number) => void) {
	const program = [join(projectRoot(), "lib/setup/run.mjs"), "sweep", ...args, "--store", store];
	const child = spawn(process.execPath, program, { cwd: projectRoot(), detached: true });
	const pid = child.pid as number;
	let stderr = "";
	child.stderr.on("data", (piece) => {
		stderr += piece;
	});
	const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
	while (child.exitCode === null && resultsIn(store) < results) await wait(20);
	disturb(pid);
	const code = await ended;
	// Its children are of the same group: they must go with it.
	const group = () => {
		try {
			return process.kill(-pid, 0);
		} catch {
			return false;
		}
	};
	const until = Date.now() + 10_000;
	while (group() && Date.now() < until) await wait(50);
	return { code, stderr, left: group() };
}

describe("npm run sweep", () => {
	const file = fileOf();
	const calm = folder();
	let outcome: SweepOutcome;
	beforeAll(async () => {
		const { code, stdout, stderr } = await sweep(file, "--store", calm, "--json");
		expect(code, stderr).toBe(0);
		expect(stdout.trim().split("\n")).toHaveLength(1);
		outcome = JSON.parse(stdout);
	});

	it("prints runs, done, failed, skipped and the table; again, all from the store, as text and as a file", async () => {
		expect(outcome).toMatchObject({ runs: 6, done: 6, failed: 0, skipped: 0 });
		expect(outcome.table).toHaveLength(3);
		expect(outcome.table[0]).toMatchObject({ model: "esmm", chosen: true, metric: { name: spec.choose.metric, n: 2 } });
		const out = join(folder(), "new", "table.md");
		const { code, stdout } = await sweep(file, "--store", calm, "--out", out);
		expect([code, stdout]).toEqual([0, expect.stringContaining("done now: 0; from the store: 6; failed: 0.")]);
		expect(readFileSync(out, "utf8")).toContain("| chosen |");
	});
	it("Ctrl-C in the middle says in one line how to go on, and the same command does, to the same results", async () => {
		const store = folder();
		const hit = await disturbed([file, "--workers", "2"], store, 1, (pid) => process.kill(-pid, "SIGINT"));
		expect([hit.code, hit.left], hit.stderr).toEqual([1, false]);
		const last = hit.stderr.trimEnd().split("\n").pop();
		expect(last).toMatch(/^stopped with [1-5] of 6 runs done; the same sweep goes on from here: npm run sweep -- /);
		const done = resultsIn(store);
		const again = await sweep(file, "--store", store, "--json");
		expect(JSON.parse(again.stdout)).toMatchObject({ runs: 6, skipped: done, done: 6 - done });
		expect(metricsIn(store)).toEqual(metricsIn(calm));
		expect(readdirSync(store)).toHaveLength(6);
	});
	it("kill -9 in the middle takes its processes with it, and the same command goes on, to the same results", async () => {
		const store = folder();
		const hit = await disturbed([file, "--workers", "2"], store, 2, (pid) => process.kill(pid, "SIGKILL"));
		expect([hit.code, hit.left], hit.stderr).toEqual([null, false]);
		const again = await sweep(file, "--store", store, "--json");
		expect(JSON.parse(again.stdout)).toMatchObject({ runs: 6, failed: 0 });
		expect(metricsIn(store)).toEqual(metricsIn(calm));
	});
	it("a run that cannot open the test part exits with 1 and says why in the last line", async () => {
		const store = folder();
		cpSync(calm, store, { recursive: true });
		mkdirSync(join(store, `${outcome.table[0].runs[0]}.predictions.parquet`, "in the way"), { recursive: true });
		const { code, stdout, last } = await sweep(file, "--store", store, "--final", "--json");
		expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ runs: 8, done: 1, failed: 1 })]);
		expect(last).toMatch(/^1 of 8 runs failed, the first: .*predictions\.parquet/);
	});
	it("--final opens the test part of the chosen trial and records that", async () => {
		const { code, stdout } = await sweep(file, "--store", calm, "--final", "--json");
		const { table, final, sweep: hash }: SweepOutcome = JSON.parse(stdout);
		expect([code, table[0].test?.n, final?.before]).toEqual([0, 2, []]);
		expect(readdirSync(join(calm, "sweeps"))).toEqual([`${hash}.json`]);
		expect(openStore(calm).get(table[0].runs[0])?.opened?.by).toBe(`sweep ${hash.slice(0, 12)}`);
	});
	it("exits with 1 where a run failed, and still gives the table", async () => {
		const one = {
			seeds: [1],
			space: { esmm: { lr: [0.001, 1e30] } },
			hyper: { "*": { embedding: 2, mlp: [4], epochs: 1 } },
		};
		const { code, stdout, last } = await sweep(fileOf(one), "--store", folder(), "--json", "--workers", "1");
		expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ runs: 2, done: 1, failed: 1 })]);
		expect(last).toMatch(/^1 of 2 runs failed, the first: .*loss/);
	});
	it.each<[string, () => string[], RegExp]>([
		["no file", () => [], /takes one file, not 0/],
		["a file that is not there", () => ["/no/such.json"], /there is no file \/no\/such.json/],
		["a folder", () => [folder()], /is a folder: give a file/],
		["an ending of no format", () => [file, "--out", "t.docx"], /unknown ending of --out t.docx/],
		["no workers", () => [file, "--workers", "0"], /--workers must be a whole number of at least 1/],
		["shared data without a queue", () => [file, "--shared", "x"], /give --queue too/],
		[
			"a wrong field",
			() => [fileOf({ serach: 1 }, 1)],
			/spec.json:\d+: "serach" is not known here: .*did you mean "search"/,
		],
	])("refuses %s with exit code 2 and one line", async (_, args, message) => {
		const { code, stderr } = await sweep(...args(), "--store", folder());
		expect(code).toBe(2);
		expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(message)]);
	});
});
