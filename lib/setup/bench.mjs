// Makes .venv-bench, the Python packages of the benchmarks' peers, and prints the path of its Python. Only `npm run bench` needs it.
import { refuseOldNode } from "./versions.mjs";

refuseOldNode();

const { join } = await import("node:path");
const { failWith } = await import("./command.mjs");
const { endWithChildren } = await import("./job.mjs");
const { withLock } = await import("./lock.mjs");
const { layout, ROOT } = await import("./paths.mjs");
const venv = await import("./venv.mjs");

const title = "Python packages of the benchmarks (pandas)";

/** The layout in which the set-up's step for Python packages makes the benchmarks' environment instead of its own. */
export function benchLayout(root) {
	const at = layout(root);
	const folder = join(root, ".venv-bench");
	const jupyter = join(at.requirements.jupyter, "..", "bench.txt");
	return {
		...at,
		venv: folder,
		python: join(folder, "bin", "python"),
		scratch: join(folder, "tmp"),
		requirements: { jupyter },
	};
}

async function make(at) {
	const say = (line) => process.stderr.write(`${line}\n`);
	const release = endWithChildren();
	try {
		await withLock(at.lock, say, async (note) => {
			const why = venv.problem(at);
			if (why === undefined) return;
			say(`${title}: ${why}; about 50 MB from PyPI, kept in .venv-bench`);
			await venv.make(at, { say: (line) => say(line.replace(venv.title, title)), note });
			const still = venv.problem(at);
			if (still) throw new Error(`${title}: still not right after the step: ${still}`);
		});
	} finally {
		release();
	}
}

if (process.argv[1] && /[\\/]bench\.mjs$/.test(process.argv[1])) {
	const at = benchLayout(ROOT);
	try {
		if (venv.problem(at) !== undefined && !process.argv.includes("--check")) await make(at);
		const problem = venv.problem(at);
		process.stdout.write(`${JSON.stringify(problem === undefined ? { python: at.python } : { problem })}\n`);
	} catch (error) {
		failWith(error, process.argv.includes("--debug"));
	}
}
