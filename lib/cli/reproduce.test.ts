import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();

interface Planned {
	paper: string;
	table: string;
}

describe("reproduce", () => {
	it.each([
		[["--paper", "esm"], 'unknown paper "esm": did you mean "esmm"?'],
		[["--scale", "tinny"], 'unknown scale "tinny": did you mean "tiny"?'],
		[["--stor", "x"], "unknown option '--stor'"],
		[["--data", "ali"], 'unknown data "ali": did you mean "aliccp"?'],
		[["--data", "aliccp"], "--data aliccp needs --raw DIR"],
		[["--raw", "x"], "--raw belongs to --data aliccp"],
		[["--paper", "hm3"], "there is no table of hm3 yet: take one of esmm, esm2, cstwa"],
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
		expect(planned.map(({ paper, table }: Planned) => `${paper}, ${table}`)).toEqual([
			"esmm, Table 2",
			"esmm, Table 1",
		]);
		const [{ runs, ...table2 }, table1] = planned;
		expect(table2).toMatchObject({ preset: "tiny", seeds: 2, stored: 0 });
		expect([runs % 2, runs >= 4]).toEqual([0, true]);
		expect(table1).toMatchObject({ runs: 0, seeds: 2 });
		expect(table2.from).toMatch(
			/^base.*: no run in the store, so 5 epochs at 200,000 rows\/s, as the widths foretell$/,
		);
		expect(total).toBe(table1.seconds + table2.seconds);
		expect(total).toBeGreaterThan(0);
		for (const name of notebooks) expect(name).toMatch(/^04-.*\.ipynb$/);
		expect(readdirSync(at)).toEqual([]);
		expect(seconds).toBeLessThan(60);
	});
});
