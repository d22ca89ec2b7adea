// npm test: the set-up, then every gate one after the other, then the tests; all run even if an early one fails. The last line is
// "N passed, N failed", where each gate counts as one. With --long: the long tests, whose summary goes to bench/test-long.md.
import { refuseOldNode } from "./versions.mjs";

refuseOldNode();

const { spawn } = await import("node:child_process");
const { existsSync, mkdirSync, rmSync } = await import("node:fs");
const { join } = await import("node:path");
const { failWith } = await import("./command.mjs");
const { readJson, writeWhole } = await import("./files.mjs");
const { layout, ROOT } = await import("./paths.mjs");
const { setUp } = await import("./setup.mjs");
const { countTests, longSummary } = await import("./summary.mjs");

const at = layout(ROOT);
const args = process.argv.slice(2);
const long = args.includes("--long");
const report = join(at.scratch, `tests-${process.pid}.json`);

const bin = (...names) => join(at.modules, ...names);
const RULES = join(ROOT, ".dependency-cruiser.cjs");
const GATES = [
	["types (TypeScript 7)", bin("typescript", "bin", "tsc"), "-p", "."],
	["types (TypeScript 5.0, the notebooks')", bin("typescript-5.0", "bin", "tsc"), "-p", "."],
	[
		"lint and format",
		bin("@biomejs", "biome", "bin", "biome"),
		"ci",
		...(process.stdout.isTTY ? [] : ["--colors=off"]),
	],
	...(existsSync(RULES)
		? [["import directions", bin("dependency-cruiser", "bin", "dependency-cruise.mjs"), "--config", RULES, "lib"]]
		: []),
];

/** Runs a program of node_modules in the open; its exit code. */
function run(file, ...rest) {
	return new Promise((done) => {
		const child = spawn(process.execPath, [file, ...rest], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
		child.on("error", () => done(1));
		child.on("close", (code, signal) => done(signal ? 1 : code));
	});
}

function say(line) {
	process.stdout.write(`${line}\n`);
}

async function gates() {
	const failed = [];
	for (const [title, ...call] of GATES) {
		const start = Date.now();
		const ok = (await run(...call)) === 0;
		if (!ok) failed.push(title);
		say(`${ok ? "passed" : "FAILED"}: ${title} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
	}
	return failed;
}

async function tests() {
	const config = long ? ["--config", "vitest.long.config.mts"] : [];
	const given = args.filter((arg) => arg !== "--long");
	mkdirSync(at.scratch, { recursive: true });
	const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`];
	const code = await run(bin("vitest", "vitest.mjs"), "run", ...config, ...reporters, ...given);
	const result = readJson(report);
	rmSync(report, { force: true });
	return { result, ...countTests(result, code) };
}

async function main() {
	await setUp();
	const failedGates = long ? [] : await gates();
	const count = await tests();
	if (long) writeWhole(join(ROOT, "bench", "test-long.md"), longSummary(count, ROOT));
	const passed = count.passed + (long ? 0 : GATES.length - failedGates.length);
	const failed = count.failed + failedGates.length;
	if (failedGates.length > 0) say(`\nFAILED: ${failedGates.join("; ")}`);
	say(`\n${passed} passed, ${failed} failed`);
	process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

if (args.includes("--help")) {
	say("npm test -- [arguments of vitest, such as lib/core]\nnpm run test:long -- [the same]");
} else {
	await main().catch((error) => failWith(error, args.includes("--debug")));
}
