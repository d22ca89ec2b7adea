import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";

/** Paper → the numbers that begin its notebooks' names. */
const NOTEBOOKS: Readonly<Record<string, readonly string[]>> = { esmm: ["04"], esm2: ["03", "05"], hm3: ["06"] };

/** The notebooks of a paper, or all. */
export function notebooksOf(paper: string | undefined): string[] {
	const all = readdirSync(join(projectRoot(), "notebooks")).filter((name) => name.endsWith(".ipynb"));
	const of = paper === undefined ? [""] : (NOTEBOOKS[paper] ?? []);
	return all.filter((name) => of.some((begins) => name.startsWith(begins))).sort();
}

/**
 * Executes one notebook in a kernel of its own; its executed copy is written whole.
 *
 * @param env FIGURES, where figures and the copy are written, and other variables of the kernel
 */
export function executeNotebook(
	name: string,
	env: Readonly<Record<string, string>> & { FIGURES: string },
	signal: AbortSignal,
): Promise<void> {
	const root = projectRoot();
	const python = join(root, ".venv/bin/python");
	if (!existsSync(python)) throw new InputError("there is no .venv yet: `npm run setup` makes it");
	const [from, to] = [join(root, "notebooks", name), join(env.FIGURES, "notebooks", name)];
	return new Promise((done, reject) => {
		const child = spawn(python, [join(root, "lib/setup/execute.py"), from, to], {
			stdio: ["ignore", 2, 2],
			env: { ...process.env, ...env },
		});
		signal.addEventListener("abort", () => child.kill("SIGINT"));
		child.on("error", reject);
		child.on("exit", (code) => {
			if (signal.aborted) reject(new Error("stopped; the same command goes on with the runs that are missing"));
			else if (code === 0) done();
			else reject(new Error(`${name} did not run to its end (see above)`));
		});
	});
}
