import { join } from "node:path";
import { expect, test } from "vitest";

type File = {
	name: string;
	status: string;
	startTime: number;
	endTime: number;
	assertionResults: { status: string }[];
};
type Report = { numPassedTests: number; numFailedTests: number; testResults: File[] };
type Count = { passed: number; failed: number };
const { countTests, longSummary } = (await import(join(__dirname, "summary.mjs"))) as {
	countTests(result: Report | undefined, code: number): Count;
	longSummary(count: Count & { result: Report }, root: string, now: Date): string;
};

const file = (name: string, ...statuses: string[]): File => ({
	name,
	status: statuses.includes("failed") || statuses.length === 0 ? "failed" : "passed",
	startTime: 1000,
	endTime: 61_000,
	assertionResults: statuses.map((status) => ({ status })),
});
const report = (...testResults: File[]): Report => {
	const of = (status: string) =>
		testResults.flatMap((one) => one.assertionResults).filter((one) => one.status === status).length;
	return { numPassedTests: of("passed"), numFailedTests: of("failed"), testResults };
};

test("tests are counted, and a file that does not load is one failed test", () => {
	expect(countTests(report(file("a", "passed", "passed")), 0)).toEqual({ passed: 2, failed: 0 });
	expect(countTests(report(file("a", "passed", "failed"), file("b")), 1)).toEqual({ passed: 1, failed: 2 });
});

test("a failure that no test explains is one failed test", () => {
	expect(countTests(report(file("a", "passed")), 1)).toEqual({ passed: 1, failed: 1 });
	expect(countTests(undefined, 1)).toEqual({ passed: 0, failed: 1 });
});

test("the summary of the long tests names the day, the commit and each file", () => {
	const result = report(
		file("/project/lib/b.long.test.ts", "passed", "failed"),
		file("/project/lib/a.long.test.ts", "passed"),
	);
	const text = longSummary({ result, ...countTests(result, 1) }, "/project", new Date("2026-01-02T03:04:05Z"));
	expect(text).toMatch(/on 2026-01-02, commit unknown, Node \d.*: \*\*2 passed, 1 failed\*\*/);
	expect(text).toContain("| lib/a.long.test.ts | 1 | 0 | 60 |\n| lib/b.long.test.ts | 1 | 1 | 60 |");
});
