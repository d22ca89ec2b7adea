import { expect, it } from "vitest";
import type { Job } from "../experiment/job";
import type { RunResult } from "../experiment/result";
import { warning } from "../train/doctor/finding";
import { findingsOfTables } from "./findingsOfTables";

it("a finding is told once a table with the number of its runs, after its last run; those of the store are not told again", () => {
	const lines: string[] = [];
	const gathered = findingsOfTables((line) => void lines.push(line));
	const jobs = ["a", "b", "c", "d"].map((hash) => ({ hash }) as Job);
	for (const [i, job] of jobs.entries()) gathered.expect(job, i < 3 ? "Table 1" : "Table 2");
	const dead = warning("dead field", "x", "has one value", "the column");
	const result = { findings: [dead] } as Partial<RunResult> as RunResult;
	gathered.hear({ kind: "done", job: jobs[0], result });
	gathered.hear({ kind: "skipped", job: jobs[0], result });
	gathered.hear({ kind: "skipped", job: jobs[1], result });
	gathered.hear({ kind: "step", job: jobs[2] });
	gathered.hear({ kind: "done", job: jobs[3], result });
	expect(lines).toEqual(["Table 2: 1 run: dead field: x has one value. Look at: the column"]);
	gathered.hear({ kind: "done", job: jobs[2], result });
	gathered.end();
	expect(lines.slice(1)).toEqual(["Table 1: 2 runs: dead field: x has one value. Look at: the column"]);
});
