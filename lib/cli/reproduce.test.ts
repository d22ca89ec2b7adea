import { describe, expect, it } from "vitest";
import { runCommand } from "./runCommand";

describe("reproduce", () => {
	it.each([
		[["--paper", "esm"], 'unknown paper "esm": did you mean "esmm"?'],
		[["--scale", "tinny"], 'unknown scale "tinny": did you mean "tiny"?'],
		[["--stor", "x"], "unknown option '--stor'"],
	])("%j: exit 2 and one line", async (args, message) => {
		const { code, stdout, stderr } = await runCommand("reproduce", [...args, "--json"]);
		expect(stderr).toContain(message);
		expect([code, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
	});
	it("--dry-run names the notebooks and starts nothing", async () => {
		const { code, stdout, stderr, seconds } = await runCommand("reproduce", [
			...["--paper", "esmm", "--scale", "tiny"],
			...["--dry-run", "--json"],
		]);
		expect([code, stderr]).toEqual([0, ""]);
		expect(JSON.parse(stdout)).toMatchObject({ scale: "tiny" });
		expect(JSON.parse(stdout).planned[0]).toMatchObject({ paper: "esmm", preset: "tiny", seeds: 2, runs: 4 });
		expect(JSON.parse(stdout).planned.slice(1)).toMatchObject([{ paper: "esmm", table: "Table 1", runs: 0, seeds: 2 }]);
		for (const name of JSON.parse(stdout).notebooks) expect(name).toMatch(/^04-.*\.ipynb$/);
		expect(seconds).toBeLessThan(60);
	});
});
