import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The project that the tests run in. */
export const PROJECT = dirname(dirname(__dirname));

/**
 * A folder that is a ready project for the set-up and can be broken by a test: its own lib/setup, lib/cli (empty) and .venv, the
 * large folders linked to the real ones.
 */
export function scratchProject(): string {
	const root = realpathSync(mkdtempSync(join(tmpdir(), "entire space ")));
	mkdirSync(join(root, "lib", "cli"), { recursive: true });
	mkdirSync(join(root, "notebooks"));
	symlinkSync("../lib", join(root, "notebooks", "lib"));
	cpSync(join(PROJECT, "lib", "setup"), join(root, "lib", "setup"), { recursive: true });
	for (const name of ["core", "data"]) cpSync(join(PROJECT, "lib", name), join(root, "lib", name), { recursive: true });
	for (const name of ["package.json", "package-lock.json"]) cpSync(join(PROJECT, name), join(root, name));
	symlinkSync(join(PROJECT, "node_modules"), join(root, "node_modules"));
	const venv = join(root, ".venv");
	mkdirSync(venv);
	for (const name of ["lib", "libtensorflow", "redis", "httpfs", "trees", "pyvenv.cfg"])
		symlinkSync(join(PROJECT, ".venv", name), join(venv, name));
	for (const name of ["bin", "share/jupyter/kernels/tslab"]) {
		cpSync(join(PROJECT, ".venv", name), join(venv, name), { recursive: true, verbatimSymlinks: true });
	}
	const stamp = JSON.parse(readFileSync(join(PROJECT, ".venv", "packages.json"), "utf8"));
	writeFileSync(join(venv, "packages.json"), JSON.stringify({ ...stamp, root }));
	return root;
}
