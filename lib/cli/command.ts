import { Command, CommanderError } from "commander";
import { InputError, unknownName } from "../core/problem";

/** What a command gives: an object for `--json`, text for people. */
export interface Answer {
	json: object;
	text: string;
}

/**
 * The frame of every command: `--help`, `--json` (one object on stdout, progress on stderr), exit code 0, 1 for a
 * failed job, 2 for bad arguments or input, and one line on stderr that says what to do (a stack with `--debug`).
 *
 * @param define adds the command's own options
 * @param work does the job; `signal` is aborted by SIGINT and SIGTERM, `args` are the words that belong to no option
 */
export const command = <O extends object>(
	name: string,
	about: string,
	define: (options: Command) => Command,
	work: (options: O, signal: AbortSignal, args: readonly string[]) => Promise<Answer>,
): Promise<void> => run(framed(`npm run ${name} --`, { about, define, work }), (program) => ({ program, work }));

/** One of several jobs of a command, as `npm run data -- import`. */
export interface Job<O extends object> {
	about: string;
	/** Adds the job's own options and arguments. */
	define: (options: Command) => Command;
	/** Does the job; `args` are the words that belong to no option. */
	work: (options: O, signal: AbortSignal, args: readonly string[]) => Promise<Answer>;
}

/** The frame of a command with several jobs, each with options of its own: `npm run NAME -- JOB`. */
export function jobs(name: string, about: string, all: Readonly<Record<string, Job<never>>>): Promise<void> {
	const names = Object.keys(all);
	const program = quiet(new Command(`npm run ${name} --`).description(about).usage(`${names.join("|")} [options]`));
	program.argument("[job]").action((given?: string) => {
		if (given === undefined) throw new InputError(`npm run ${name} -- ${names.join("|")}: say which`);
		throw unknownName("job", given, names);
	});
	let chosen: { program: Command; work: Job<object>["work"] } | undefined;
	for (const [job, what] of Object.entries(all)) {
		const sub = framed(job, what as Job<object>);
		sub.action(() => {
			chosen = { program: sub, work: what.work as Job<object>["work"] };
		});
		program.addCommand(sub);
	}
	return run(program, () => {
		if (!chosen) throw new InputError(`npm run ${name} -- ${names.join("|")}: say which`);
		return chosen;
	});
}

const quiet = (program: Command): Command =>
	program
		.exitOverride()
		.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "").replace(/\n(?=.)/g, " ")) });

const framed = <O extends object>(name: string, { about, define }: Job<O>): Command =>
	quiet(
		define(new Command(name).description(about))
			.option("--json", "one JSON object on stdout")
			.option("--debug", "stack trace on failure"),
	);

async function run<O extends object>(
	program: Command,
	choose: (program: Command) => { program: Command; work: Job<O>["work"] },
): Promise<void> {
	const stop = new AbortController();
	let asked = 0;
	for (const signal of ["SIGINT", "SIGTERM"] as const)
		process.on(signal, () => {
			// One Ctrl-C can arrive twice, from the terminal and from npm; another one later means: at once.
			if (asked > 0 && performance.now() - asked > 1000) process.exit(130);
			asked ||= performance.now();
			stop.abort();
		});
	try {
		program.parse();
		const chosen = choose(program);
		const options = chosen.program.opts<O & { json?: boolean }>();
		const { json, text } = await chosen.work(options, stop.signal, chosen.program.args);
		process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${text}\n`);
	} catch (problem) {
		if (problem instanceof CommanderError) {
			process.exitCode = problem.exitCode === 0 ? 0 : 2;
			return;
		}
		const error = problem instanceof Error ? problem : new Error(String(problem));
		process.exitCode = error instanceof InputError ? 2 : 1;
		const debug = process.argv.includes("--debug");
		process.stderr.write(`${debug ? error.stack : error.message.replaceAll("\n", " ")}\n`);
	}
}

/** The command as it was given, to be given again in a shell: "npm run train -- --model esmm --seed 1". */
export const commandAgain = (name: string, args: readonly string[] = process.argv.slice(2)): string =>
	[
		`npm run ${name} --`,
		...args.map((arg) => (/^[\w./:=,+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)),
	].join(" ");

/** Reads a whole number of at least `least` from an option. */
export const wholeNumber =
	(flag: string, least: number) =>
	(text: string): number => {
		const value = Number(text);
		if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
			throw new InputError(`${flag} must be a whole number of at least ${least}, not "${text}"`);
		return value;
	};

/** Reads `name=value` pairs; a value is JSON, or else text. */
export function setting(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
	const at = text.indexOf("=");
	if (at < 1) throw new InputError(`--set takes name=value, for example lr=0.002, not "${text}"`);
	const [name, value] = [text.slice(0, at), text.slice(at + 1)];
	try {
		return { ...before, [name]: JSON.parse(value) };
	} catch {
		return { ...before, [name]: value };
	}
}
