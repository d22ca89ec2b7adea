// Runs a command of lib/cli after the set-up: run.mjs NAME [arguments]. The command gets this very process, so stdout, signals and
// the exit code are its own.
import { refuseOldNode } from "./versions.mjs";

refuseOldNode();

const { existsSync } = await import("node:fs");
const { createRequire, runMain } = (await import("node:module")).default;
const { join } = await import("node:path");
const { pathToFileURL } = await import("node:url");
const { failWith, InputError } = await import("./command.mjs");
const { ROOT } = await import("./paths.mjs");
const { setUp } = await import("./setup.mjs");

const [name, ...args] = process.argv.slice(2);
const file = join(ROOT, "lib", "cli", `${name}.ts`);
try {
	if (!name || !/^[\w-]+$/.test(name) || !existsSync(file))
		throw new InputError(`there is no command ${name ?? "(none named)"}`);
	await setUp();
	process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
	const loader = pathToFileURL(createRequire(join(ROOT, "package.json")).resolve("tsx")).href;
	// Child processes that the command forks get the loader too.
	process.execArgv.push("--import", loader);
	await import(loader);
	process.argv = [process.execPath, file, ...args];
	runMain();
} catch (error) {
	failWith(error, args.includes("--debug"));
}
