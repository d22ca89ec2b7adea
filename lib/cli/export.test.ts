import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { projectRoot } from "../core/root";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { RunResult } from "../experiment/result";
import { openStore } from "../experiment/store";
import { esmmTable2 } from "../papers/esmm/table2";
import { jobsOfTable } from "../papers/table/jobsOfTable";
import { searchOf } from "../papers/table/search";
import { figuresFolder } from "../view/figuresFolder";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();
afterEach(() => vi.unstubAllEnvs());

it("figures of each scale have a folder of their own, that of demo is figures/; FIGURES names another", () => {
	vi.stubEnv("FIGURES", "");
	vi.stubEnv("SCALE", "");
	const of = (...scale: ("tiny" | "demo")[]) => relative(projectRoot(), figuresFolder(...scale));
	expect([of(), of("demo"), of("tiny")]).toEqual(["figures", "figures", join("figures", "tiny")]);
	vi.stubEnv("SCALE", "full");
	expect(of()).toBe(join("figures", "full"));
	vi.stubEnv("FIGURES", join(projectRoot(), "mine"));
	expect([of(), of("tiny")]).toEqual(["mine", "mine"]);
});

/** What its search chooses where all trials are equal. */
const firstTrials = { aman: { rate: 0.1 }, oversampling: { rate: 2 } };

/** A store with results of ESMM's Table 2 that nobody computed: ESMM is better by 0.01 to 0.02, the others are as BASE. */
async function filled(leaveOut = 0): Promise<string> {
	const at = folder();
	const store = openStore(at);
	const [search, jobs] = [
		await searchOf(esmmTable2, "tiny"),
		await jobsOfTable(esmmTable2, "tiny", undefined, firstTrials),
	];
	for (const { label, seed, job } of [...search, ...jobs.slice(leaveOut)]) {
		const value = 0.6 + 0.01 * seed + (label === "ESMM" ? 0.01 + 0.005 * seed : 0);
		const metric = { value, se: 0.01, space: "click", n: 1000, positives: 50 };
		const { hyper, model, share, ctr } = job.run;
		const result: RunResult = {
			...{
				run: job.hash,
				cached: false,
				model,
				seed,
				hyper,
				share,
				ctr,
				part: "valid",
				epochs: 1,
				kept: [1],
				findings: [],
			},
			...{ samplesPerSecond: 1, engine: { tier: "native-cpu", tensorflow: "0" } },
			metrics: { "auc(conversion|click)": metric },
			data: {
				name: "n",
				fingerprint: job.run.data,
				read: 20_000,
				rows: { train: 1, valid: 1, test: 1 },
				dropped: {},
				remarks: {},
			},
			test: { "auc(conversion|click)": metric, "auc(conversion|impression)": metric },
		};
		await store.put(result);
	}
	return at;
}
const exported = (...args: string[]) => runCommand("export", ["--table", "esmm/2", ...args]);

describe("export of a table", () => {
	it("without a file is built from the results in the store, in each format", async () => {
		vi.stubEnv("FIGURES", folder());
		const store = await filled();
		for (const [format, end, holds] of [
			["markdown", "md", "| BASE "],
			["csv", "csv", "\nBASE,"],
			["latex", "tex", "\\toprule"],
			["html", "html", "<table"],
		]) {
			const args = ["--scale", "tiny", "--store", store, "--format", format, "--json"];
			const { code, stdout, stderr } = await exported(...args);
			expect([code, stderr]).toEqual([0, ""]);
			const { file, scale } = JSON.parse(stdout);
			expect(scale).toBe("tiny");
			expect(file).toMatch(new RegExp(`esmm-table-2-tiny\\.${end}$`));
			expect(readFileSync(file, "utf8")).toContain(holds);
		}
		const text = readFileSync(join(process.env.FIGURES as string, "esmm-table-2-tiny.md"), "utf8");
		expect(text).toContain("0.6325");
		expect(text.indexOf("the smallest difference that 2 paired seeds could detect")).toBeLessThan(
			text.indexOf("| BASE"),
		);
	}, 60_000);
	it("with runs missing says how many, which, and the command that does them, and writes nothing", async () => {
		const figures = folder();
		vi.stubEnv("FIGURES", figures);
		vi.stubEnv("SCALE", "tiny");
		const { code, stdout, stderr } = await exported("--store", await filled(1));
		const runs =
			(await searchOf(esmmTable2, "tiny")).length + (await jobsOfTable(esmmTable2, "tiny", undefined, {})).length;
		expect([code, stdout]).toEqual([2, ""]);
		expect(stderr).toBe(
			`esmm/2 at scale tiny: 1 of ${runs} runs are not in the store (BASE seed 1); "npm run reproduce -- --paper esmm --scale tiny" does them\n`,
		);
		expect(readdirSync(figures)).toEqual([]);
	}, 60_000);
	it("that is there is that file; a table that is not is named with those that are", async () => {
		const figures = folder();
		vi.stubEnv("FIGURES", figures);
		const there = join(figures, "esmm-table-2.md");
		writeFileSync(there, "written before\n");
		const out = join(folder(), "t.md");
		expect((await exported("--store", folder(), "--out", out)).code).toBe(0);
		expect(readFileSync(out, "utf8")).toBe("written before\n");
		expect(existsSync(there)).toBe(true);
		const { code, last } = await runCommand("export", ["--table", "esmm/22"]);
		expect([code, last]).toEqual([2, expect.stringContaining('unknown table "esmm/22": did you mean "esmm/2"?')]);
		writeFileSync(join(figures, "esm2-figure-3.md"), "a figure's numbers\n");
		for (const name of ["esm2/figure-3", "esm2-figure-3"]) {
			const { code, stdout } = await runCommand("export", ["--table", name]);
			expect([code, stdout.trim()]).toEqual([
				0,
				expect.stringMatching(/esm2-figure-3\.md \(of the scale it was written at\)$/),
			]);
		}
		writeFileSync(join(figures, "esm2-table-3.md"), "");
		writeFileSync(join(figures, "esm2-table-3-tiny.md"), "");
		const { last: known } = await runCommand("export", ["--table", "nothing-like-it"]);
		expect(known.match(/esm2\/3\b/g)).toHaveLength(1);
		const wrong = await runCommand("export", ["--figure", "funnel", "--scale", "tiny"]);
		expect([wrong.code, wrong.last]).toEqual([2, expect.stringContaining("--scale belongs to --table")]);
	}, 60_000);
});
