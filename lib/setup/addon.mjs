import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { filesUnchanged, hashOf, readJson, recordFiles } from "./files.mjs";
import { runJob, SetupError } from "./job.mjs";
import { installed } from "./tensorflow.mjs";
import { pip } from "./venv.mjs";

/** What this step is called in messages. */
export const title = "TensorFlow's addon for Node";

const stampOf = (at) => `${at.addon}.json`;
/** tfjs-node's own sources, and ours, which holds the second of them and adds a call to it. */
const sourcesOf = (at) => [
	join(at.tfjs, "binding/tfjs_backend.cc"),
	join(at.tfjs, "binding/tfjs_binding.cc"),
	join(at.root, "lib/setup/addon.cc"),
];

/** What the addon was made from: its sources, the library and the machine. */
function inputs(at) {
	const library = installed(at);
	return [hashOf(...sourcesOf(at)), library.pins, process.platform, process.arch].join(" ");
}

/** Why the addon cannot be used, or undefined if it can (or if there is no library to use it with). */
export function problem(at) {
	const library = installed(at);
	if (!library) return "TensorFlow is not installed";
	if (library.device === "none") return undefined;
	const stamp = readJson(stampOf(at));
	if (!stamp) return "not compiled";
	if (stamp.inputs !== inputs(at)) return "made for another TensorFlow";
	if (!filesUnchanged(dirname(at.addon), stamp.files)) return "its file changed";
	return undefined;
}

/** The compiler's arguments. The library is found relative to the addon, so that the project's folder can be moved. */
function flags(at, output) {
	const modules = at.modules;
	const library = join(at.tensorflow, "tensorflow");
	const includes = [
		at.tfjs,
		join(modules, "@tensorflow"),
		join(library, "include"),
		join(modules, "node-api-headers", "include"),
	];
	return [
		..."-O2 -std=c++17 -shared -fPIC -DNAPI_VERSION=8".split(" "),
		...includes.map((folder) => `-I${folder}`),
		...sourcesOf(at).filter((name) => !name.endsWith("tfjs_binding.cc")),
		"-o",
		output,
		`-L${library}`,
		"-l:libtensorflow_cc.so.2",
		"-l:libtensorflow_framework.so.2",
		`-Wl,-rpath,$ORIGIN/${relative(dirname(at.addon), library)}`,
	];
}

/** Compiles with the first compiler that can: CXX, c++, g++, clang++, else ziglang from PyPI. Says which. */
async function compile(at, output, { say, note }) {
	const options = { cwd: at.root, say, onStart: note };
	const system = [process.env.CXX, "c++", "g++", "clang++"].filter(Boolean);
	for (const compiler of system) {
		try {
			await runJob(title, compiler, flags(at, output), options);
			return compiler;
		} catch (error) {
			if (error.cause) say(`${title}: ${compiler} cannot compile it: ${error.message.split(": ").at(-1)}`);
		}
	}
	say(`${title}: no C++ compiler that can do it; getting one from PyPI (about 80 MB, then a minute of work)`);
	await pip(at, { say, note }, `${title}: compiler`, ["install", "--no-deps", "-r", at.requirements.compiler]);
	const caches = join(at.scratch, "zig");
	const env = { ZIG_GLOBAL_CACHE_DIR: caches, ZIG_LOCAL_CACHE_DIR: caches };
	await runJob(title, at.python, ["-m", "ziglang", "c++", ...flags(at, output)], { ...options, env });
	return "ziglang";
}

/** Compiles the addon, loads it once in a process of its own, and only then puts it in its place. */
export async function make(at, { say, note }) {
	const folder = dirname(at.addon);
	mkdirSync(folder, { recursive: true });
	rmSync(stampOf(at), { force: true });
	for (const name of readdirSync(folder)) if (name.endsWith(".part")) rmSync(join(folder, name));
	const part = `${at.addon}.part`;
	const compiler = await compile(at, part, { say, note });
	const load = `process.dlopen({ exports: {} }, ${JSON.stringify(part)})`;
	await runJob(`${title}: loading`, process.execPath, ["-e", load], {
		onStart: note,
		env: { TF_CPP_MIN_LOG_LEVEL: "3" },
	}).catch((error) => {
		throw new SetupError(`${title}: compiled with ${compiler}, but it does not load: ${error.message}`, {
			cause: error.cause,
		});
	});
	renameSync(part, at.addon);
	const name = "tfjs_binding.node";
	writeFileSync(stampOf(at), JSON.stringify({ inputs: inputs(at), compiler, files: recordFiles(folder, [name]) }));
	say(`${title}: compiled with ${compiler}`);
}
