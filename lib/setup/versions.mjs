// What the project needs of Node and Python. Parsed by old versions of Node too, so nothing newer than Node 14 here.
import { spawnSync } from "node:child_process";

/** The oldest Node and Python that work, as [major, minor]. */
export const OLDEST = { node: [20, 19], python: [3, 10] };

/** "20.19.1" or "3.13.0rc1" as [20, 19]; undefined if it is no version. */
export function majorMinor(version) {
	const match = /^v?(\d+)\.(\d+)/.exec(version);
	return match ? [Number(match[1]), Number(match[2])] : undefined;
}

function older(version, least) {
	const found = majorMinor(version);
	return !found || found[0] < least[0] || (found[0] === least[0] && found[1] < least[1]);
}

/** One line that says why this Node cannot be used, or undefined if it can. */
export function nodeProblem(version) {
	if (!older(version, OLDEST.node)) return undefined;
	return `Node ${version} is too old: install Node ${OLDEST.node.join(".")} or newer (22 or 24, say) and run the command again`;
}

/** One line that says why this Python cannot be used, or undefined if it can. `ensurepip`: whether venv can bring pip. */
export function pythonProblem(version, ensurepip = true) {
	if (older(version, OLDEST.python))
		return `Python ${version} is too old: ${OLDEST.python.join(".")} or newer is needed`;
	if (!ensurepip)
		return `Python ${version} has no venv module: install it (Debian, Ubuntu: apt-get install python3-venv)`;
	return undefined;
}

/** Ends the process with one line when this Node is too old. To be called before anything else is loaded. */
export function refuseOldNode() {
	const problem =
		process.platform === "win32" ? "Windows itself cannot run this: use WSL 2" : nodeProblem(process.versions.node);
	if (!problem) return;
	process.stderr.write(`entire-space: ${problem}\n`);
	process.exit(1);
}

const ASK = `import sys, json, platform
try:
    import ensurepip, venv; pip = True
except ImportError:
    pip = False
print(json.dumps([platform.python_version(), sys.executable, pip]))`;

/** Version, executable and whether venv works of one command, or undefined where it does not run. */
export function askPython(command) {
	const { status, stdout } = spawnSync(command, ["-E", "-s", "-c", ASK], { encoding: "utf8", timeout: 20_000 });
	if (status !== 0) return undefined;
	const [version, executable, ensurepip] = JSON.parse(stdout);
	return { command, version, executable, ensurepip };
}

/**
 * The first Python that can be used: the one named by the variable PYTHON, and only that one where it is set; else the
 * first of python3, python3.13 … python3.10, python. `{version, executable}` or `{problem}`, one line.
 */
export function findPython(named = process.env.PYTHON, ask = askPython) {
	const names = named
		? [named]
		: ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python3.14", "python"];
	let problem;
	for (const name of names) {
		const found = ask(name);
		const wrong = found && pythonProblem(found.version, found.ensurepip);
		if (found && !wrong) return found;
		problem = problem || (wrong && `${wrong} (${found.executable})`);
	}
	if (named) return { problem: `${problem || `PYTHON=${named} does not run`}; set PYTHON to another or unset it` };
	const advice = `install Python ${OLDEST.python.join(".")} or newer, or name one: PYTHON=/path/to/python npm run setup`;
	return { problem: problem ? `${problem}; ${advice}` : `no Python found: ${advice}` };
}
