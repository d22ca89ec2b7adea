import { spawn } from "node:child_process";
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import type { PlantedFault } from "./index";

const PROJECT = projectRoot();
const WIDE = 2;

interface Outcome {
	fullName: string;
	status: string;
	failureMessages: string[];
}

const copies: string[] = [];
function copyOfProject(): string {
	const root = realpathSync(mkdtempSync(join(tmpdir(), "entire-space-fault-")));
	copies.push(root);
	for (const name of ["lib", "bench", "package.json", "tsconfig.json", "vitest.config.mts"])
		cpSync(join(PROJECT, name), join(root, name), { recursive: true });
	mkdirSync(join(root, "data"));
	cpSync(join(PROJECT, "data/published.json"), join(root, "data/published.json"));
	for (const name of ["node_modules", ".venv"]) symlinkSync(join(PROJECT, name), join(root, name));
	return root;
}

/** Runs tests of a copy; only the one of a name where there is one. What was left out is not among the outcomes. */
async function runTests(root: string, files: string[], name?: string): Promise<Outcome[]> {
	const report = join(root, "report.json");
	const only = name === undefined ? [] : ["-t", `^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`];
	const program = join(PROJECT, "node_modules/vitest/vitest.mjs");
	const args = [program, "run", ...files.map((file) => `lib/${file}`), ...only, "--reporter=json", "--maxWorkers=1"];
	const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("VITEST")));
	rmSync(report, { force: true });
	let said = "";
	await new Promise((done) => {
		const child = spawn(process.execPath, [...args, `--outputFile=${report}`], { cwd: root, env });
		for (const output of [child.stdout, child.stderr]) output.on("data", (piece) => (said += piece));
		child.on("close", done);
	});
	let results: { assertionResults: Outcome[] }[];
	try {
		results = JSON.parse(readFileSync(report, "utf8")).testResults;
	} catch {
		throw new Error(`no report of ${files.join(", ")}: ${said}`);
	}
	return results
		.flatMap((file) => file.assertionResults)
		.filter(({ status }) => status === "passed" || status === "failed");
}

/** Plants a fault in a copy, runs the test that must notice it, and takes it out again. */
async function withFault(root: string, { file, from, to, test, name }: PlantedFault): Promise<Outcome[]> {
	const path = join(root, "lib", file);
	const sound = readFileSync(path, "utf8");
	if (sound.split(from).length !== 2)
		throw new Error(`lib/${file} has "${from}" ${sound.split(from).length - 1} times`);
	writeFileSync(
		path,
		sound.replace(from, () => to),
	);
	try {
		return await runTests(root, [test], name);
	} finally {
		writeFileSync(path, sound);
	}
}

/**
 * Plants faults one by one in copies of the project, and asks that the test which each names passes without it and fails with it.
 */
export function areNoticed(faults: readonly PlantedFault[]): void {
	let sound: Map<string, string>;
	const found = new Map<PlantedFault, Outcome[] | Error>();
	beforeAll(async () => {
		const roots = Array.from({ length: WIDE }, copyOfProject);
		const files = [...new Set(faults.map(({ test }) => test))];
		sound = new Map((await runTests(roots[0], files)).map(({ fullName, status }) => [fullName, status]));
		const waiting = faults.slice();
		const work = async (root: string) => {
			for (let next = waiting.shift(); next; next = waiting.shift())
				found.set(next, await withFault(root, next).catch((problem: Error) => problem));
		};
		await Promise.all(roots.map(work));
	}, 2_400_000);
	afterAll(() => {
		for (const root of copies) rmSync(root, { recursive: true, force: true });
	});

	describe.each(faults.map((fault) => [fault.fault, fault] as const))("%s", (_, fault) => {
		it(`is noticed by "${fault.name}"`, () => {
			expect(sound.get(fault.name), "without the fault").toBe("passed");
			const outcome = found.get(fault);
			if (!outcome || outcome instanceof Error) throw outcome ?? new Error("was not run");
			expect(outcome.map(({ fullName, status }) => [fullName, status])).toEqual([[fault.name, "failed"]]);
			// An assertion noticed it, or the fault's own error; not a file that does not compile.
			expect(outcome[0].failureMessages.join()).not.toMatch(/SyntaxError|ReferenceError|Transform failed/);
		});
	});
}
