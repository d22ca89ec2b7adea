import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf, readJson, writeWhole } from "./files.mjs";
import { pythonEnvironment, runJob, SetupError } from "./job.mjs";
import { findPython } from "./versions.mjs";

/** What this step is called in messages. */
export const title = "Python packages";

/** What stays when the environment is made anew: other steps' work, and what the user set in JupyterLab. */
const KEPT = new Set(["libtensorflow", "redis", "httpfs", "trees", "jupyter", "setup.lock"]);

const stampOf = (at) => join(at.venv, "packages.json");

function sitePackages(venv) {
	const lib = join(venv, "lib");
	if (!existsSync(lib)) return undefined;
	const python = readdirSync(lib).find((name) => name.startsWith("python3"));
	return python && join(lib, python, "site-packages");
}

/** Why the environment is not what the pins say, or undefined if it is. */
export function problem(at) {
	const stamp = readJson(stampOf(at));
	if (!stamp) return "not installed";
	if (stamp.pins !== hashOf(at.requirements.jupyter)) return "the pins changed";
	if (process.env.PYTHON && process.env.PYTHON !== stamp.named) return "PYTHON names another one";
	const python = statSync(at.python, { throwIfNoEntry: false });
	if (!python || python.size !== stamp.size) return "its Python is gone or another one";
	const site = sitePackages(at.venv);
	const present = new Set(site && existsSync(site) ? readdirSync(site) : []);
	const lost = stamp.packages.find((name) => !present.has(name));
	if (lost) return `${lost} is missing`;
	if (stamp.root !== at.root) return "the folder was moved";
	return undefined;
}

/** How pip begins a script, in both forms that `firstLine` makes. */
const STARTED_BY_PYTHON = /^#!(?:\/bin\/sh\n'''exec' ")?([^\n"]*\/bin\/python[\d.]*)(?:" "\$0" "\$@"\n' ''')?\n/;

/** A script's first line that starts this Python; a path with a blank in it, or a long one, needs the shell. */
function firstLine(python) {
	return /\s/.test(python) || python.length > 120 ? `#!/bin/sh\n'''exec' "${python}" "$0" "$@"\n' '''` : `#!${python}`;
}

/** Programs in .venv/bin name their Python by its full path: after a move they get the new one. */
function follow(at, from) {
	const bin = join(at.venv, "bin");
	const old = join(from, ".venv");
	for (const name of readdirSync(bin)) {
		const file = join(bin, name);
		if (statSync(file).size > 100_000) continue;
		const text = readFileSync(file, "utf8");
		const started = STARTED_BY_PYTHON.exec(text);
		const rest = started ? text.slice(started[0].length) : text;
		const head = started ? `${firstLine(started[1].replace(old, at.venv))}\n` : "";
		if (text.includes(old)) writeFileSync(file, head + rest.split(old).join(at.venv));
	}
}

/** Makes the environment anew, or mends its paths where the folder was only moved. */
export async function make(at, { say, note }, why = problem(at)) {
	const stamp = readJson(stampOf(at));
	if (why === "the folder was moved") {
		follow(at, stamp.root);
		writeWhole(stampOf(at), JSON.stringify({ ...stamp, root: at.root }));
		return;
	}
	const found = findPython();
	if (found.problem) throw new SetupError(found.problem);
	rmSync(stampOf(at), { force: true });
	for (const name of existsSync(at.venv) ? readdirSync(at.venv) : []) {
		if (!KEPT.has(name)) rmSync(join(at.venv, name), { recursive: true, force: true });
	}
	mkdirSync(at.scratch, { recursive: true });
	const options = { cwd: at.root, say, onStart: note, env: pythonEnvironment(at.scratch) };
	await runJob(title, found.executable, ["-m", "venv", at.venv], options);
	await pip(at, { say, note }, title, ["install", "--no-deps", "-r", at.requirements.jupyter]);
	const packages = readdirSync(sitePackages(at.venv)).filter((name) => name !== "__pycache__");
	const { size } = statSync(at.python);
	const record = {
		pins: hashOf(at.requirements.jupyter),
		root: at.root,
		python: found.version,
		named: process.env.PYTHON,
		size,
		packages,
	};
	writeWhole(stampOf(at), JSON.stringify(record));
}

/** Runs pip of the environment: only files with a pinned hash, nothing built on this machine. */
export function pip(at, { say, note }, what, [verb, ...args], watch = at.scratch) {
	mkdirSync(at.scratch, { recursive: true });
	const flags = ["--require-hashes", "--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--quiet"];
	const options = { cwd: at.root, say, onStart: note, env: pythonEnvironment(at.scratch), watch };
	return runJob(what, at.python, ["-m", "pip", verb, ...flags, ...args], options);
}
