// Makes the project ready: npm packages, Python packages, TensorFlow, its addon, the notebook kernel, Redis, DuckDB's httpfs, LightGBM and XGBoost. A second run does nothing.
import { refuseOldNode } from "./versions.mjs";

refuseOldNode();

/** The steps in their order, with `problem(at)` (why it must be done, or undefined) and `make(at, how)`. */
async function steps() {
	const names = [
		"npm-packages",
		"venv",
		"tensorflow",
		"addon",
		"kernelspec",
		"notebook-lib",
		"redis",
		"httpfs",
		"trees",
	];
	return Promise.all(names.map((name) => import(`./${name}.mjs`)));
}

/**
 * Does what is not done yet and nothing else. `device`: "cpu" or "gpu" to force one; `say` hears every line about progress.
 * Returns the steps that were done with their seconds. Throws a SetupError, one line, where a step cannot be done.
 */
export async function setUp({ device, say } = {}) {
	const { layout, ROOT } = await import("./paths.mjs");
	const at = layout(ROOT);
	const all = await steps();
	if (all.every((step) => step.problem(at, device) === undefined)) return [];
	const [{ withLock }, { endWithChildren }] = await Promise.all([import("./lock.mjs"), import("./job.mjs")]);
	const speak = say ?? ((line) => process.stderr.write(`entire-space: ${line}\n`));
	const release = endWithChildren();
	try {
		return await withLock(at.lock, speak, (note) => doSteps(all, at, { device, say: speak, note }));
	} finally {
		release();
	}
}

async function doSteps(all, at, { device, say, note }) {
	const done = [];
	for (const step of all) {
		const why = step.problem(at, device);
		if (why === undefined) continue;
		say(`${step.title}: ${why}; at work`);
		const start = Date.now();
		await step.make(at, { say, note, asked: device });
		const still = step.problem(at, device);
		if (still) throw new Error(`${step.title}: still not right after the step: ${still}`);
		const seconds = (Date.now() - start) / 1000;
		say(`${step.title}: done in ${seconds.toFixed(1)} s`);
		done.push({ step: step.title, why, seconds });
	}
	return done;
}

if (process.argv[1] && import.meta.url.endsWith("/setup.mjs") && /[\\/]setup\.mjs$/.test(process.argv[1])) {
	const { command } = await import("./command.mjs");
	await command({
		name: "setup",
		help: "Makes the project ready; a second run finds nothing to do.",
		flags: {
			"--cpu": "TensorFlow for the processor, even where there is a GPU",
			"--gpu": "TensorFlow for an NVIDIA GPU",
		},
		run: async ({ has }) => {
			const { InputError } = await import("./command.mjs");
			if (has("--cpu") && has("--gpu")) throw new InputError("--cpu and --gpu exclude each other: give one");
			const device = has("--cpu") ? "cpu" : has("--gpu") ? "gpu" : undefined;
			const done = await setUp({ device });
			return { json: { done }, text: done.length ? "ready" : "ready, nothing to do" };
		},
	});
}
