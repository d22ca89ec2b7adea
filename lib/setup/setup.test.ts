import { spawn, spawnSync } from "node:child_process";
import {
	cpSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT, scratchProject } from "./scratchProject";

let root: string;
beforeAll(() => {
	root = scratchProject();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function node(script: string, args: string[] = [], env: object = {}) {
	const start = Date.now();
	const answer = spawnSync(process.execPath, [join(root, "lib", "setup", script), ...args], {
		cwd: root,
		encoding: "utf8",
		env: { ...process.env, ...env },
	});
	return { ...answer, seconds: (Date.now() - start) / 1000 };
}

test("a second set-up does nothing, silently, in under two seconds", () => {
	const { status, stdout, stderr, seconds } = node("setup.mjs");
	expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "ready, nothing to do\n", stderr: "" });
	expect(seconds).toBeLessThan(2);
});

test("a deleted kernelspec and a moved folder are mended, and only they", () => {
	const script = join(root, ".venv", "bin", "of-this-folder");
	writeFileSync(script, `#!${join(root, ".venv", "bin", "python3")}\nimport sys\nprint(sys.argv[1])\n`, {
		mode: 0o755,
	});
	rmSync(join(root, ".venv", "share"), { recursive: true });
	const moved = `${root} moved`;
	renameSync(root, moved);
	root = moved;
	const { status, stdout } = node("setup.mjs", ["--json"]);
	expect(status).toBe(0);
	const steps = JSON.parse(stdout).done.map(({ step, why }: { step: string; why: string }) => `${step}: ${why}`);
	expect(steps).toEqual(["Python packages: the folder was moved", "notebook kernel: not there"]);
	const now = join(root, ".venv", "bin", "of-this-folder");
	expect(spawnSync(now, ["it runs"], { encoding: "utf8" }).stdout).toBe("it runs\n");
	const plain = `${root} again`.replaceAll(" ", "-");
	renameSync(root, plain);
	root = plain;
	expect(node("setup.mjs").status).toBe(0);
	const there = join(root, ".venv", "bin", "of-this-folder");
	expect(readFileSync(there, "utf8")).toBe(
		`#!${join(root, ".venv", "bin", "python3")}\nimport sys\nprint(sys.argv[1])\n`,
	);
	expect(node("setup.mjs").stdout).toBe("ready, nothing to do\n");
});

test("a step that cannot be done ends with one line and exit code 1", () => {
	const { status, stdout, stderr } = node("setup.mjs", [], { PYTHON: "no-such-python" });
	expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
	const last = stderr.trim().split("\n").at(-1);
	expect(last).toBe("entire-space: PYTHON=no-such-python does not run; set PYTHON to another or unset it");
	expect(stderr).not.toMatch(/^\s+at /m);
	expect(existsSync(join(root, ".venv", "packages.json"))).toBe(true);
});

test("bad arguments: one line and exit code 2", () => {
	const both = node("setup.mjs", ["--cpu", "--gpu"]);
	expect(both).toMatchObject({ status: 2, stderr: "entire-space: --cpu and --gpu exclude each other: give one\n" });
	expect(node("doctor.mjs", ["--jsno"]).stderr).toMatch(/^entire-space: npm run doctor does not know --jsno.*\n$/);
	expect(node("run.mjs", ["nope"])).toMatchObject({ status: 2, stderr: "entire-space: there is no command nope\n" });
});

test("a command gets stdout, arguments and exit code to itself", () => {
	const program = `import { projectRoot } from "../core/root";
		const args: string[] = process.argv.slice(2);
		console.log(JSON.stringify({ root: projectRoot(), args }));
		process.exitCode = 3;`;
	writeFileSync(join(root, "lib", "cli", "echo.ts"), program);
	const { status, stdout, stderr } = node("run.mjs", ["echo", "--json", "a b"]);
	expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
	expect(JSON.parse(stdout)).toEqual({ root, args: ["--json", "a b"] });
});

test.each(["SIGINT", "SIGTERM"] as const)("a command hears %s once and ends as it likes", async (signal) => {
	const program = `process.on("${signal}", () => { console.log("heard"); setTimeout(() => process.exit(7), 100); });
		setTimeout(() => {}, 60_000);
		console.log("ready");`;
	writeFileSync(join(root, "lib", "cli", "wait.ts"), program);
	const child = spawn(process.execPath, [join(root, "lib", "setup", "run.mjs"), "wait"], { cwd: root });
	let stdout = "";
	child.stdout.on("data", (text) => {
		stdout += text;
		if (stdout === "ready\n") child.kill(signal);
	});
	const code = await new Promise((done) => child.on("close", done));
	expect({ code, stdout }).toEqual({ code: 7, stdout: "ready\nheard\n" });
});

test("the doctor finds what the set-up brought", () => {
	const { status, stdout } = node("doctor.mjs", ["--json"]);
	const found = JSON.parse(stdout);
	expect(status).toBe(0);
	const names = ["node", "python", "tensorflow", "tier", "device", "kernel", "browser", "redis"];
	expect(Object.keys(found)).toEqual(names);
	expect(found.node).toBe(process.versions.node);
	expect(found.kernel).toBe(join(root, ".venv", "share", "jupyter", "kernels", "tslab"));
	expect(["gpu", "native-cpu"]).toContain(found.tier);
	expect(found.tensorflow).toBe("2.21.0");
});

test("the doctor answers before any set-up too", () => {
	for (const name of ["node_modules", ".venv"]) renameSync(join(root, name), join(root, `${name}.aside`));
	const { status, stdout, stderr } = node("doctor.mjs", ["--json"]);
	for (const name of ["node_modules", ".venv"]) renameSync(join(root, `${name}.aside`), join(root, name));
	expect({ status, stderr }).toEqual({
		status: 1,
		stderr: "entire-space: something needed is missing: npm run setup\n",
	});
	expect(JSON.parse(stdout)).toMatchObject({ node: process.versions.node, tensorflow: null, tier: null, kernel: null });
});

test("a cut-off addon is compiled again, and loads", { timeout: 300_000 }, async () => {
	type At = { addon: string };
	const { layout } = (await import(join(__dirname, "paths.mjs"))) as { layout(root: string): At };
	const { problem, make } = (await import(join(__dirname, "addon.mjs"))) as {
		problem(at: At): string | undefined;
		make(at: At, how: { say(line: string): void; note(): void }): Promise<void>;
	};
	const real = layout(PROJECT);
	const at = { ...real, addon: join(mkdtempSync(join(tmpdir(), "addon-")), "tfjs_binding.node") };
	cpSync(dirname(real.addon), dirname(at.addon), { recursive: true, preserveTimestamps: true });
	expect(problem(at)).toBeUndefined();
	truncateSync(at.addon, 1000);
	expect(problem(at)).toBe("its file changed");
	const lines: string[] = [];
	await make(at, { say: (line) => lines.push(line), note: () => {} });
	expect(problem(at)).toBeUndefined();
	expect(lines.at(-1)).toMatch(/compiled with/);
	const load = spawnSync(process.execPath, ["-e", `process.dlopen({ exports: {} }, ${JSON.stringify(at.addon)})`]);
	expect(load.status).toBe(0);
	rmSync(dirname(at.addon), { recursive: true });
});
