/** Bad arguments or bad input: one line, exit code 2. */
export class InputError extends Error {
	name = "InputError";
}

function usage({ name, help, flags = {} }) {
	const all = {
		...flags,
		"--json": "one JSON object on stdout",
		"--debug": "stack trace on failure",
		"--help": "this",
	};
	const lines = Object.entries(all).map(([flag, text]) => `  ${flag.padEnd(10)} ${text}`);
	return `npm run ${name} -- [flags]\n${help}\n${lines.join("\n")}\n`;
}

/**
 * The frame of a command on built-ins only: --help, --json, --debug, unknown flags; exit code 0, 1 (failed) or 2 (bad
 * arguments); one line on stderr on failure. `run({has})` returns `{json, text, code?}`.
 */
export async function command(spec) {
	const args = process.argv.slice(2);
	const known = ["--json", "--debug", "--help", ...Object.keys(spec.flags ?? {})];
	const has = (flag) => args.includes(flag);
	if (has("--help")) {
		process.stdout.write(usage(spec));
		return;
	}
	try {
		const unknown = args.find((arg) => !known.includes(arg));
		if (unknown) throw new InputError(`npm run ${spec.name} does not know ${unknown}: it takes ${known.join(", ")}`);
		const { json, text, code = 0 } = await spec.run({ has });
		process.stdout.write(has("--json") ? `${JSON.stringify(json)}\n` : `${text}\n`);
		process.exitCode = code;
	} catch (error) {
		failWith(error, has("--debug"));
	}
}

/** Says in one line on stderr why a command failed and sets the exit code: 2 for bad input, else 1. */
export function failWith(error, debug) {
	process.stderr.write(`entire-space: ${debug ? `${error.stack}\n${error.cause ?? ""}` : error.message}\n`);
	process.exitCode = error.name === "InputError" ? 2 : 1;
}
