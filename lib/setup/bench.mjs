// Makes an environment with the Python packages of the benchmarks' peers, and prints the path of its Python:
// `bench.mjs [torch] [--check]`. Only `npm run bench` needs them.
import { refuseOldNode } from "./versions.mjs";

refuseOldNode();

const { join } = await import("node:path");
const { failWith } = await import("./command.mjs");
const { endWithChildren } = await import("./job.mjs");
const { withLock } = await import("./lock.mjs");
const { layout, ROOT } = await import("./paths.mjs");
const venv = await import("./venv.mjs");
const { findPython, majorMinor } = await import("./versions.mjs");

/** The environments: what is in them, how much is downloaded, and the oldest Python that all of it takes. */
const ENVIRONMENTS = {
	pandas: { name: "bench", holds: "pandas, scikit-learn", size: "about 90 MB", python: [3, 10] },
	torch: {
		name: "bench-torch",
		holds: "PyTorch, torch-rechub, deepctr-torch",
		size: "about 3 GB on Linux, 6 GB on disk (PyTorch brings CUDA), far less on macOS",
		python: [3, 11],
	},
};

/** The layout in which the set-up's step for Python packages makes an environment of the benchmarks instead of its own. */
export function benchLayout(root, which = "pandas") {
	const { name } = ENVIRONMENTS[which];
	const at = layout(root);
	const folder = join(root, `.venv-${name}`);
	const jupyter = join(at.requirements.jupyter, "..", `${name}.txt`);
	return {
		...at,
		venv: folder,
		python: join(folder, "bin", "python"),
		scratch: join(folder, "tmp"),
		requirements: { jupyter },
	};
}

async function make(at, { name, holds, size, python: least }) {
	const say = (line) => process.stderr.write(`${line}\n`);
	const title = `Python packages of the benchmarks (${holds})`;
	const { version } = findPython();
	const [major, minor] = majorMinor(version ?? "") ?? least;
	if (major < least[0] || (major === least[0] && minor < least[1]))
		throw new Error(
			`${title} need Python ${least.join(".")} or newer, not ${version}: name one in the variable PYTHON`,
		);
	const release = endWithChildren();
	try {
		await withLock(at.lock, say, async (note) => {
			const why = venv.problem(at);
			if (why === undefined) return;
			say(`${title}: ${why}; ${size} from PyPI, kept in .venv-${name}`);
			await venv.make(at, { say: (line) => say(line.replace(venv.title, title)), note });
			const still = venv.problem(at);
			if (still) throw new Error(`${title}: still not right after the step: ${still}`);
		});
	} finally {
		release();
	}
}

if (process.argv[1] && /[\\/]bench\.mjs$/.test(process.argv[1])) {
	const which = process.argv.includes("torch") ? "torch" : "pandas";
	const at = benchLayout(ROOT, which);
	try {
		if (venv.problem(at) !== undefined && !process.argv.includes("--check")) await make(at, ENVIRONMENTS[which]);
		const problem = venv.problem(at);
		process.stdout.write(`${JSON.stringify(problem === undefined ? { python: at.python } : { problem })}\n`);
	} catch (error) {
		failWith(error, process.argv.includes("--debug"));
	}
}
