import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "./scratchProject";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "kernel-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const python = (args: string[], env: object = {}) =>
	spawnSync(join(PROJECT, ".venv", "bin", "python"), args, {
		encoding: "utf8",
		env: { ...process.env, ...env },
		timeout: 120_000,
	});

type Output = { name?: string; text?: string[] };
type Cell = { source: string[]; outputs: Output[]; metadata: object };

/** Runs a notebook of these code cells as `execute.py` does; its cells afterwards, undefined where none was written. */
function execute(cells: string[], env: object = {}) {
	const [source, target] = ["in.ipynb", "out.ipynb"].map((name) => join(folder, name));
	rmSync(target, { force: true });
	const code = cells.map((text, id) => ({
		cell_type: "code",
		id: `c${id}`,
		execution_count: null,
		metadata: {},
		outputs: [],
		source: text,
	}));
	const text = { cell_type: "markdown", id: "m", metadata: {}, source: "# Title" };
	writeFileSync(source, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [text, ...code] }));
	const { status, stdout, stderr } = python([join(PROJECT, "lib", "setup", "execute.py"), source, target], env);
	const written = existsSync(target) ? readFileSync(target, "utf8") : undefined;
	const after: Cell[] | undefined = written && JSON.parse(written).cells.filter((cell: Cell) => "outputs" in cell);
	return { status, stdout, stderr, written, cells: after };
}

const printed = (cell: Cell | undefined, name = "stdout") =>
	(cell?.outputs ?? []).flatMap((output) => (output.name === name ? (output.text ?? []) : [])).join("");

test("cells share names, wait at top level, import the project's files and see the environment", {
	timeout: 120_000,
}, () => {
	const { status, stdout, stderr, written, cells } = execute(
		[
			'import { pCVR as p, spaceOf } from "./lib/core/prob";\nspaceOf(p)',
			"const later = await new Promise<number>((done) => setTimeout(() => done(41), 10));\nlater + 1",
			'console.log(p, later, process.env.SCALE); console.log("second line"); import util from "util"; console.log(typeof util.isArray)',
		],
		{ SCALE: "tiny" },
	);
	expect(stderr).toMatch(/^code cell 1 of 3: [\d.]+ s\ncode cell 2 of 3: [\d.]+ s\ncode cell 3 of 3: [\d.]+ s\n$/);
	expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
	expect(printed(cells?.[0])).toBe("click\n");
	expect(printed(cells?.[1])).toBe("42\n");
	expect(cells?.[2]?.outputs).toHaveLength(1);
	expect(printed(cells?.[2])).toBe("conversion|click 41 tiny\nsecond line\nfunction\n");
	expect(written).not.toMatch(/iopub|shell\.execute|\d{4}-\d\d-\d\dT/);
	expect(JSON.parse(written ?? "").metadata.kernelspec.name).toBe("tslab");
});

test("a strict type error fails its cell, is named in one line, and nothing is written", { timeout: 120_000 }, () => {
	const { status, stderr, written } = execute(["const a: number = 1;", "const f = (x) => x;", "a"]);
	expect(status).toBe(1);
	expect(stderr.trim().split("\n").at(-1)).toMatch(
		/in\.ipynb, code cell 2 of 3: 1:12 - Parameter 'x' implicitly has an 'any' type\.$/,
	);
	expect(written).toBeUndefined();
});

/** Talks to the real kernel as JupyterLab does: runs cells, interrupts some, and prints what came of each as JSON. */
const SESSION = `
import json, os, sys, time
from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name="tslab")
manager.start_kernel(cwd=sys.argv[1])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)

def run(code, interrupt_at=()):
    text = []
    def hook(message):
        if message["msg_type"] == "stream":
            text.append(message["content"]["text"])
            if any(mark in text[-1] for mark in interrupt_at):
                manager.interrupt_kernel()
    reply = client.execute_interactive(code, output_hook=hook, timeout=60)
    # After a failed cell tslab turns down others for 0.2 s.
    time.sleep(0.4)
    return {"status": reply["content"]["status"], "text": "".join(text)}

listening = '''
const interrupts = (globalThis as any).__entireSpaceInterrupts;
let stop = false, steps = 0;
interrupts.once("interrupt", () => { stop = true; });
console.log("started");
while (!stop && steps < 3000) { steps++; await new Promise((next) => setTimeout(next, 10)); }
'''
deaf = 'console.log("started"); await new Promise((next) => setTimeout(next, 30000));'
stubborn = '''
interrupts.on("interrupt", () => console.log("heard"));
console.log("started"); await new Promise((next) => setTimeout(next, 30000));
'''
busy = 'console.log("started"); for (const end = Date.now() + 30000; Date.now() < end; ) {}'
start = time.monotonic()
answers = {
    "listening": run(listening, ["started"]),
    "state": run("console.log(stop, steps > 0 && steps < 3000)"),
    "deaf": run(deaf, ["started"]),
    "stubborn": run(stubborn, ["started", "heard"]),
    "busy": run(busy, ["started"]),
    "after": run("interrupts.removeAllListeners(); console.log(6 * 7)"),
}
answers["seconds"] = time.monotonic() - start
client.stop_channels()
pid = manager.provisioner.pid
manager.shutdown_kernel()
answers["gone"] = not os.path.exists(f"/proc/{pid}")
print(json.dumps(answers))
`;

test("an interrupt ends a listening loop and keeps its state, fails any other cell, and the kernel lives", {
	timeout: 120_000,
}, () => {
	const own = join(PROJECT, ".venv", "jupyter");
	const env = {
		JUPYTER_DATA_DIR: join(own, "data"),
		JUPYTER_RUNTIME_DIR: join(own, "runtime"),
		IPYTHONDIR: join(own, "ipython"),
	};
	const { stdout, stderr } = python(["-c", SESSION, join(PROJECT, "notebooks")], env);
	const answers = JSON.parse(stdout.trim().split("\n").at(-1) || JSON.stringify(stderr));
	expect(answers.listening).toEqual({ status: "ok", text: "started\n" });
	expect(answers.state).toEqual({ status: "ok", text: "true true\n" });
	expect(answers.deaf.status).toBe("error");
	expect(answers.stubborn.status).toBe("error");
	expect(answers.stubborn.text).toMatch(/^started\nheard\n/);
	expect(answers.busy.status).toBe("error");
	expect(answers.after).toEqual({ status: "ok", text: "42\n" });
	expect(answers.seconds).toBeLessThan(20);
	expect(answers.gone).toBe(true);
});
