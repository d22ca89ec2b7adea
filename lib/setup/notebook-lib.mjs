import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runJob } from "./job.mjs";

/** What this step is called in messages. */
export const title = "lib, compiled for notebooks";

const folderOf = (at) => join(at.root, "node_modules/.cache/notebook-kernel");

/** Why a notebook's first import would take long, or undefined. An edited lib is compiled by the next notebook itself. */
export const problem = (at) => (existsSync(folderOf(at)) ? undefined : "not yet");

/** Imports lib in a notebook, whose kernel keeps what it compiled. Where lib does not compile, notebooks tell why; set-up goes on. */
export async function make(at, { say, note }) {
	const folder = mkdtempSync(join(tmpdir(), "notebook-lib-"));
	try {
		const source = 'import { models } from "./lib/index";\nObject.keys(models).length';
		const cell = { cell_type: "code", id: "import", metadata: {}, source, outputs: [], execution_count: null };
		const [notebook, executed] = [join(folder, "in.ipynb"), join(folder, "out.ipynb")];
		writeFileSync(notebook, JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }));
		await runJob(title, at.python, [join(at.root, "lib/setup/execute.py"), notebook, executed], {
			cwd: at.root,
			say,
			onStart: note,
		}).catch(({ message }) => say(`${message}; notebooks compile it themselves`));
		mkdirSync(folderOf(at), { recursive: true });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
