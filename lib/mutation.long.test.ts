import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

const PROJECT = dirname(__dirname);
/** Least share of mutants that tests notice, in percent. */
const LEAST = 80;

interface Report {
	files: Record<string, { mutants: { status: string; mutatorName: string; location: { start: { line: number } } }[] }>;
}

describe("mutation score of core, metrics and the losses", () => {
	let report: Report;
	let status: number | null;
	beforeAll(() => {
		const file = join(PROJECT, "reports/mutation.json");
		rmSync(file, { force: true });
		const program = join(PROJECT, "node_modules/@stryker-mutator/core/bin/stryker.js");
		const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("VITEST")));
		const ran = spawnSync(process.execPath, [program, "run"], {
			cwd: PROJECT,
			env,
			encoding: "utf8",
			maxBuffer: 1 << 28,
		});
		process.stderr.write(ran.stdout.slice(-3000));
		status = ran.status;
		report = JSON.parse(readFileSync(file, "utf8"));
	});

	it(`is at least ${LEAST} %`, () => {
		const all = Object.values(report.files).flatMap(({ mutants }) => mutants.map((mutant) => mutant.status));
		const count = (...of: string[]) => all.filter((status) => of.includes(status)).length;
		const [noticed, missed] = [count("Killed", "Timeout"), count("Survived", "NoCoverage")];
		expect((100 * noticed) / (noticed + missed)).toBeGreaterThanOrEqual(LEAST);
		expect(status).toBe(0);
		// Nothing was left out: every mutant got a verdict, and there are as many as the sources give.
		expect(noticed + missed + count("RuntimeError", "CompileError")).toBe(all.length);
		expect(all.length).toBeGreaterThan(700);
	});
	it("covers each of the files", () => {
		const files = Object.keys(report.files);
		for (const file of ["lib/core/graph.ts", "lib/metrics/ranking.ts", "lib/metrics/truth.ts", "lib/tensor/losses.ts"])
			expect(files).toContain(file);
	});
});
