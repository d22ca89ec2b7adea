import { statSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "./files.mjs";
import { runJob } from "./job.mjs";

/** What this step is called in messages. */
export const title = "npm packages";

/**
 * Why node_modules is not what the lock file says, or undefined if it is. npm writes node_modules/.package-lock.json last, so
 * an interrupted install has none; what it lists must be in the lock file and lie on the disk.
 */
export function problem({ root, modules, packageLock }) {
	const wanted = readJson(packageLock)?.packages;
	if (!wanted) return "package-lock.json cannot be read";
	const present = readJson(join(modules, ".package-lock.json"))?.packages;
	if (!present) return "not installed";
	for (const [name, entry] of Object.entries(wanted)) {
		const installed = present[name];
		if (name === "" || (!installed && entry.optional)) continue;
		if (!installed) return `${name} is missing`;
		if (installed.version !== entry.version || installed.integrity !== entry.integrity) return `${name} changed`;
	}
	for (const [name, entry] of Object.entries(present)) {
		if (!wanted[name]) return `${name} is no longer wanted`;
		if (entry.os && !entry.os.includes(process.platform)) return `${name} is for another system`;
		if (entry.cpu && !entry.cpu.includes(process.arch)) return `${name} is for another processor`;
		if (!statSync(join(root, name, "package.json"), { throwIfNoEntry: false })) return `${name} is missing`;
	}
	return undefined;
}

/** The command that starts npm: the one that runs this, if npm does, else the one beside Node or on the PATH. */
function npmCommand() {
	const script = process.env.npm_execpath;
	return script?.endsWith("npm-cli.js") ? [process.execPath, script] : ["npm"];
}

/** Installs exactly what the lock file says. No package runs a script of its own. */
export async function make({ root }, { say, note }) {
	const [command, ...first] = npmCommand();
	const flags = [
		"--ignore-scripts",
		"--include=dev",
		"--include=optional",
		"--no-audit",
		"--no-fund",
		"--fetch-retry-mintimeout=2000",
		"--fetch-retry-maxtimeout=10000",
		"--loglevel=error",
	];
	await runJob(title, command, [...first, "ci", ...flags], {
		cwd: root,
		say,
		onStart: note,
		env: { npm_config_json: "" },
	});
}
