import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../lib/core/root";
import { type ChildOptions, child } from "./child";

const CELLS = [
	'import { fit, load, models } from "./lib/index";',
	'const data = await load({ source: "simulator", preset: "tiny", logSeed: 1 });',
	`let first = 0;
const fitted = await fit(models.esmm, { data, seed: 1, hyper: { epochs: 1 }, on: () => { first = first || performance.now(); } });
console.log("first step", first);`,
];

/**
 * Seconds from the start of a notebook's kernel to the first training step: the notebook imports the library, simulates a small log and
 * trains ESMM. The kernel itself tells them, from the start of its process.
 */
export async function firstStepSeconds(folder: string, options: ChildOptions): Promise<number> {
	const [notebook, executed] = [join(folder, "first-step.ipynb"), join(folder, "executed.ipynb")];
	const cells = CELLS.map((source, i) => ({
		cell_type: "code",
		id: `cell-${i}`,
		metadata: {},
		source,
		outputs: [],
		execution_count: null,
	}));
	const kernelspec = { display_name: "TypeScript", language: "typescript", name: "tslab" };
	writeFileSync(notebook, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
	const root = projectRoot();
	const program = [join(root, ".venv/bin/python"), join(root, "lib/setup/execute.py"), notebook, executed];
	await child(program, options);
	const told = /first step ([\d.]+)/.exec(readFileSync(executed, "utf8"));
	if (!told) throw new Error("the notebook told no time of its first step");
	return Number(told[1]) / 1000;
}
