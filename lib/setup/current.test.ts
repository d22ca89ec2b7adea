import {
	mkdirSync,
	mkdtempSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

// Whether each step of the set-up notices that its work is undone, half done or out of date, on small made-up folders.

type At = {
	root: string;
	venv: string;
	python: string;
	tensorflow: string;
	addon: string;
	tfjs: string;
	kernelspec: string;
	kernelTemplate: string;
	requirements: { jupyter: string; cpu: string };
};
type Step = { problem(at: At, asked?: string): string | undefined; make(at: At, how?: object): Promise<void> };
const load = async <T>(name: string) => (await import(join(__dirname, `${name}.mjs`))) as T;
const { layout } = await load<{ layout(root: string): At }>("paths");
const { hashOf, recordFiles } = await load<{
	hashOf(...files: string[]): string;
	recordFiles(folder: string, names: string[]): object;
}>("files");
const [npm, venv, tensorflow, addon, kernelspec] = await Promise.all(
	["npm-packages", "venv", "tensorflow", "addon", "kernelspec"].map((name) => load<Step>(name)),
);

let at: At;
beforeEach(() => {
	at = layout(mkdtempSync(join(tmpdir(), "current-")));
});
afterEach(() => rmSync(at.root, { recursive: true, force: true }));

function write(file: string, content: string | object): string {
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
	return file;
}

const rewrite = (file: string, change: (value: Record<string, unknown>) => object) =>
	write(file, change(JSON.parse(require("node:fs").readFileSync(file, "utf8"))));

const only = {
	"": {},
	"node_modules/a": { version: "1.0.0", integrity: "x" },
	"node_modules/b": { version: "2.0.0", optional: true },
};

function npmDone(present: object = { "node_modules/a": only["node_modules/a"] }) {
	write(join(at.root, "package-lock.json"), { packages: only });
	write(join(at.root, "node_modules", "a", "package.json"), {});
	return write(join(at.root, "node_modules", ".package-lock.json"), { packages: present });
}

test("npm: installed as locked is right, also without an optional package", () => {
	npmDone();
	expect(npm.problem(at)).toBeUndefined();
});

test("npm: an interrupted install, a lost package, a changed pin and a foreign machine are noticed", () => {
	const written = npmDone();
	rmSync(written);
	expect(npm.problem(at)).toBe("not installed");
	npmDone();
	rmSync(join(at.root, "node_modules", "a"), { recursive: true });
	expect(npm.problem(at)).toBe("node_modules/a is missing");
	npmDone({ "node_modules/a": { version: "1.0.1", integrity: "x" } });
	expect(npm.problem(at)).toBe("node_modules/a changed");
	npmDone({ "node_modules/a": { version: "1.0.0", integrity: "y" } });
	expect(npm.problem(at)).toBe("node_modules/a changed");
	npmDone({});
	expect(npm.problem(at)).toBe("node_modules/a is missing");
	npmDone({ "node_modules/a": only["node_modules/a"], "node_modules/c": { version: "1.0.0" } });
	expect(npm.problem(at)).toBe("node_modules/c is no longer wanted");
	npmDone({ "node_modules/a": { ...only["node_modules/a"], os: ["plan9"] } });
	expect(npm.problem(at)).toBe("node_modules/a is for another system");
});

function venvDone() {
	const pins = write(at.requirements.jupyter, "jupyterlab==4.6.6");
	mkdirSync(dirname(at.python), { recursive: true });
	symlinkSync(process.execPath, at.python);
	write(join(at.venv, "lib", "python3.11", "site-packages", "jupyterlab", "__init__.py"), "");
	const { size } = statSync(process.execPath);
	const stamp = { pins: hashOf(pins), root: at.root, python: "3.11.7", size, packages: ["jupyterlab"] };
	return write(join(at.venv, "packages.json"), stamp);
}

test("Python packages: done is right; half done, changed pins, lost packages, a lost Python and a move are noticed", () => {
	const stamp = venvDone();
	expect(venv.problem(at)).toBeUndefined();
	rewrite(stamp, (old) => ({ ...old, root: "/elsewhere" }));
	expect(venv.problem(at)).toBe("the folder was moved");
	rmSync(join(at.venv, "lib", "python3.11", "site-packages", "jupyterlab"), { recursive: true });
	expect(venv.problem(at)).toBe("jupyterlab is missing");
	rmSync(at.python);
	expect(venv.problem(at)).toBe("its Python is gone or another one");
	write(at.requirements.jupyter, "jupyterlab==4.6.7");
	expect(venv.problem(at)).toBe("the pins changed");
	truncateSync(stamp, 20);
	expect(venv.problem(at)).toBe("not installed");
});

function tensorflowDone(device = "cpu") {
	const library = write(join(at.tensorflow, "tensorflow", "libtensorflow_cc.so.2"), "a library of some length");
	const pins = hashOf(write(at.requirements.cpu, "tensorflow-cpu==2.21.0"));
	const files = recordFiles(at.tensorflow, ["tensorflow/libtensorflow_cc.so.2"]);
	const system = `${process.platform}-${process.arch}`;
	write(join(at.tensorflow, "stamp.json"), { device, pins, files, system, driver: true });
	return library;
}

test("TensorFlow: done is right; cut off, altered, changed pins, another device or machine are noticed", () => {
	expect(tensorflow.problem(at)).toBe("not installed");
	const library = tensorflowDone();
	expect(tensorflow.problem(at)).toBeUndefined();
	expect(tensorflow.problem(at, "cpu")).toBeUndefined();
	expect(tensorflow.problem(at, "gpu")).toBe("gpu was asked for");
	truncateSync(library, 10);
	expect(tensorflow.problem(at)).toBe("its files changed");
	tensorflowDone();
	write(library, "a LIBRARY of some length");
	utimesSync(library, 1, 1);
	expect(tensorflow.problem(at)).toBe("its files changed");
	tensorflowDone();
	rmSync(library);
	expect(tensorflow.problem(at)).toBe("its files changed");
	tensorflowDone();
	write(at.requirements.cpu, "tensorflow-cpu==2.22.0");
	expect(tensorflow.problem(at)).toBe("the pins changed");
	tensorflowDone();
	rewrite(join(at.tensorflow, "stamp.json"), (old) => ({ ...old, system: "linux-mips" }));
	expect(tensorflow.problem(at)).toBe("it is for another machine");
});

test("TensorFlow: a copy with new times but the same content is right, and gets its times back", () => {
	const library = tensorflowDone();
	const { mtimeMs } = statSync(library);
	utimesSync(library, 1, 1);
	expect(tensorflow.problem(at)).toBeUndefined();
	expect(statSync(library).mtimeMs).toBe(Math.floor(mtimeMs / 1000) * 1000);
});

test("which TensorFlow a machine can have", async () => {
	const { possible } = await load<{ possible(machine: object): string }>("tensorflow");
	const linux = { platform: "linux", arch: "x64", gpu: () => false, glibc: () => "glibc" };
	expect(possible(linux)).toBe("cpu");
	expect(possible({ ...linux, gpu: () => true })).toBe("gpu");
	expect(possible({ ...linux, arch: "arm64" })).toBe("cpu");
	expect(possible({ ...linux, arch: "riscv64" })).toBe("none");
	expect(possible({ ...linux, glibc: () => "other" })).toBe("none");
	expect(possible({ ...linux, platform: "darwin", arch: "arm64" })).toBe("none");
});

test("addon: none is wanted without a library; one made for another library, cut off or never finished is noticed", () => {
	tensorflowDone("none");
	expect(addon.problem(at)).toBeUndefined();
	tensorflowDone();
	expect(addon.problem(at)).toBe("not compiled");
	const file = write(at.addon, "compiled");
	expect(addon.problem(at)).toBe("not compiled");
	write(`${file}.json`, { inputs: "something else", files: recordFiles(dirname(file), ["tfjs_binding.node"]) });
	expect(addon.problem(at)).toBe("made for another TensorFlow");
});

test("kernelspec: a deleted or edited one is noticed and mended", async () => {
	write(at.kernelTemplate, '{"argv": ["NODE", "x"]}');
	expect(kernelspec.problem(at)).toBe("not there");
	await kernelspec.make(at);
	expect(kernelspec.problem(at)).toBeUndefined();
	write(at.kernelspec, "{}");
	expect(kernelspec.problem(at)).toBe("it changed");
});
