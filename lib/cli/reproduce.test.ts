import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { Job } from "../experiment/job";
import type { RunResult } from "../experiment/result";
import { openStore } from "../experiment/store";
import { hm3Large } from "../papers/hm3/tables";
import { runsOfTable } from "../papers/table/neededRuns";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();

interface Planned {
	paper: string | null;
	table: string;
	runs: number;
	searches: number;
	shared: number;
	seconds: number;
	from: string;
}

describe("reproduce", () => {
	it.each([
		[["--paper", "esm"], 'unknown paper "esm": did you mean "esmm"?'],
		[["--scale", "tinny"], 'unknown scale "tinny": did you mean "tiny"?'],
		[["--stor", "x"], "unknown option '--stor'"],
		[["--data", "ali"], 'unknown data "ali": did you mean "aliccp"?'],
		[["--data", "aliccp"], "--data aliccp needs --raw DIR"],
		[["--raw", "x"], "--raw belongs to --data aliccp"],
		[["--paper", "metacvr"], "there is no table of metacvr yet: take one of esmm, esm2, hm3, cstwa"],
	])("%j: exit 2 and one line", async (args, message) => {
		const { code, stdout, stderr } = await runCommand("reproduce", [...args, "--json"]);
		expect(stderr).toContain(message);
		expect([code, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
	});
	it("--dry-run names the notebooks, runs, seconds and their total, and starts nothing", async () => {
		const at = folder();
		const { code, stdout, stderr, seconds } = await runCommand("reproduce", [
			...["--paper", "esmm", "--scale", "tiny", "--store", at],
			...["--dry-run", "--json"],
		]);
		expect([code, stderr]).toEqual([0, ""]);
		const { scale, planned, notebooks, seconds: total } = JSON.parse(stdout);
		expect(scale).toBe("tiny");
		const named = (name: string): Planned => planned.find(({ table }: Planned) => table === name);
		expect(planned.every(({ paper }: Planned) => paper === "esmm")).toBe(true);
		const [table2, table1] = [named("Table 2"), named("Table 1")];
		expect(table2).toMatchObject({ preset: "tiny", seeds: 2, stored: 0, shared: 0 });
		expect((table2.runs - table2.searches) % 2).toBe(0);
		expect(table1).toMatchObject({ runs: 0, seeds: 2 });
		// The same runs in other columns.
		const again = named("Table 2, probabilities");
		expect([again.shared, again.runs >= table2.runs]).toEqual([table2.runs, true]);
		expect(table2.from).toMatch(/base.*: no run in the store, so 5 epochs at 200,000 rows\/s, as the widths foretell$/);
		const sum = planned.reduce((sum: number, { seconds }: Planned) => sum + seconds, 0);
		expect(total).toBe(sum + 20 * notebooks.length);
		expect(sum).toBeGreaterThan(0);
		for (const name of notebooks) expect(name).toMatch(/^04-.*\.ipynb$/);
		expect(readdirSync(at)).toEqual([]);
		expect(seconds).toBeLessThan(60);
	});
	it("--keep keeps results as they come, under their paper; stopped, what it kept counts in an empty store", async () => {
		const [at, results] = [folder(), folder()];
		const store = openStore(at);
		const [{ job }] = (await runsOfTable(hm3Large, { scale: "tiny", store })).jobs;
		await store.put(resultOf(job));
		vi.stubEnv("RESULTS", results);
		const args = ["--paper", "hm3", "--scale", "tiny"];
		const { code, last } = await runCommand("reproduce", [...args, "--store", at, "--keep"], "tiny   0 %");
		vi.unstubAllEnvs();
		expect([code, last]).toEqual([
			1,
			expect.stringMatching(/^stopped with [1-9]\d* of \d+ runs done; the same command goes on from here$/),
		]);
		expect(readdirSync(join(results, "hm3"))).toContain(`${job.hash}.json`);
		vi.stubEnv("RESULTS", results);
		const counted = openStore(folder()).get(job.hash);
		vi.unstubAllEnvs();
		expect(counted?.test).toEqual(resultOf(job).test);
	}, 120_000);
});

function resultOf({ hash, run }: Job): RunResult {
	const metric = { value: 0.75, se: 0.01, space: "click", n: 100, positives: 9 };
	const metrics = { "auc(conversion|click)": metric, "auc(conversion|impression)": metric };
	const { model, seed, hyper, share, ctr, data: fingerprint } = run;
	return {
		...{ run: hash, cached: false, model, seed, hyper, share, ctr, part: "valid", metrics, test: metrics },
		data: { name: "toy", fingerprint, read: 3, rows: { train: 1, valid: 1, test: 1 }, dropped: {}, remarks: {} },
		opened: { at: "2026-01-01T00:00:00.000Z", by: "HM³, SR-L" },
		engine: { tier: "native-cpu", tensorflow: "2.21.0" },
		...{ epochs: 1, kept: [1], findings: [], samplesPerSecond: 10 },
	};
}
