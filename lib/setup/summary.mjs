import { spawnSync } from "node:child_process";
import { arch, cpus, platform } from "node:os";
import { relative } from "node:path";

/**
 * Passed and failed tests of a vitest JSON report. A file that could not be loaded counts as one failed test, and so does an
 * exit code that no failed test explains (an error outside the tests, no test at all, no report).
 */
export function countTests(result, code) {
	const files = result?.testResults ?? [];
	const broken = files.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
	const passed = result?.numPassedTests ?? 0;
	const failed = (result?.numFailedTests ?? 0) + broken;
	return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

function commit(root) {
	const git = (...args) => spawnSync("git", args, { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";
	const hash = git("rev-parse", "--short=12", "HEAD");
	if (!hash) return "unknown";
	const changed = git("status", "--porcelain", "--untracked-files=no")
		.split("\n")
		.filter((line) => !line.endsWith("bench/test-long.md"));
	return changed.some(Boolean) ? `${hash} with uncommitted changes` : hash;
}

/** The last run of the long tests as Markdown: when, on which commit and machine, each file with its tests and seconds. */
export function longSummary({ result, passed, failed }, root, now = new Date()) {
	const rows = (result?.testResults ?? []).map((file) => {
		const of = (status) => file.assertionResults.filter((test) => test.status === status).length;
		const seconds = ((file.endTime - file.startTime) / 1000).toFixed(0);
		return `| ${relative(root, file.name)} | ${of("passed")} | ${of("failed")} | ${seconds} |`;
	});
	const machine = `Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} cores`;
	return [
		"# Last run of the long tests",
		"",
		`Written by \`npm run test:long\` on ${now.toISOString().slice(0, 10)}, commit ${commit(root)}, ${machine}: **${passed} passed, ${failed} failed**.`,
		"",
		"| file | passed | failed | seconds |",
		"|---|---:|---:|---:|",
		...rows.sort(),
		"",
	].join("\n");
}
