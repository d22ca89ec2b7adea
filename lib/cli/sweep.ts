import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, extname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { InputError, unknownName } from "../core/problem";
import { checkWritable } from "../data/writable";
import { mlflow } from "../experiment/mlflow/mlflow";
import { localPool } from "../experiment/pool";
import { Interrupted } from "../experiment/run";
import type { Runner } from "../experiment/runJobs";
import { openStore, type Store } from "../experiment/store";
import { parseSweep } from "../experiment/sweep/readSpec";
import { runSweep } from "../experiment/sweep/runSweep";
import { toCsv } from "../view/csv";
import { toHtml } from "../view/html";
import { toLatex } from "../view/latex";
import { toMarkdown, toText } from "../view/markdown";
import { sweepProgress, sweepTable } from "../view/sweepTable";
import type { Table } from "../view/table";
import { command, commandAgain, wholeNumber } from "./command";

interface Options {
	workers?: number;
	queue?: string;
	shared?: string;
	final?: boolean;
	store?: string;
	out?: string;
	mlflow?: string;
}

/** How a file ends → what is written into it. */
const FORMATS: Readonly<Record<string, (table: Table) => string>> = {
	".md": toMarkdown,
	".csv": toCsv,
	".tex": toLatex,
	".html": toHtml,
};

/** The text of the file, which must be named and be there. */
function specIn(args: readonly string[]): [text: string, file: string] {
	const [file, ...more] = args;
	if (file === undefined || more.length > 0)
		throw new InputError(`npm run sweep -- SPEC.json takes one file, not ${args.length}`);
	if (!existsSync(file)) throw new InputError(`there is no file ${file}: give that of a sweep's specification`);
	if (statSync(file).isDirectory()) throw new InputError(`${file} is a folder: give a file`);
	return [readFileSync(file, "utf8"), file];
}

/** Refuses a place for the table before anything is computed for it. */
function checkOut(out: string): void {
	const end = extname(out);
	if (!Object.hasOwn(FORMATS, end)) throw unknownName(`ending of --out ${out}`, end, Object.keys(FORMATS));
	checkWritable(dirname(out), (why) => `--out ${out} cannot be written (${why}): give a path that can be`);
}

function runnerOf({ queue, shared, workers }: Options, store: Store): Promise<Runner> | Runner {
	if (queue === undefined) {
		if (shared !== undefined) throw new InputError("--shared is where a queue's workers find data: give --queue too");
		return localPool({ store, ...(workers === undefined ? {} : { workers }) });
	}
	if (workers !== undefined)
		throw new InputError(
			'--workers is for this machine; workers of a queue are started by "npm run worker -- --queue URL"',
		);
	return import("../experiment/queue/runner").then(({ queueRunner }) => queueRunner(queue, { store, shared }));
}

command<Options>(
	"sweep",
	"Trains models with many settings on several seeds, chooses each model's setting on validation, and prints the table.",
	(c) =>
		c
			.argument("[spec]", "JSON file: models, data, seeds, space, search, trials, choose")
			.allowExcessArguments()
			.option(
				"--workers <n>",
				"processes with one thread each (default: as many as cores)",
				wholeNumber("--workers", 1),
			)
			.option("--queue <url>", "runs on the workers of a queue: redis://… or postgres://…")
			.option("--shared <dir>", "with --queue: folder or object store that driver and workers share")
			.option("--final", "opens the test part for the chosen setting of each model, and records that")
			.option("--store <dir>", "where results lie (default data/runs)")
			.option(
				"--mlflow <url>",
				"tells the runs to an MLflow server too (experiment: MLFLOW_EXPERIMENT_NAME, or entire-space)",
			)
			.option("--out <file>", "writes the table: .md, .csv, .tex or .html"),
	async (options, signal, args) => {
		const sweep = parseSweep(...specIn(args));
		const { out, final } = options;
		if (out !== undefined) checkOut(out);
		const tracking = options.mlflow === undefined ? undefined : mlflow(options.mlflow);
		const store = openStore(options.store);
		const where = await runnerOf(options, store);
		const runner = tracking ? tracking.runner(where) : where;
		const live = sweepProgress();
		try {
			let first: string | undefined;
			const outcome = await runSweep(sweep, {
				...{ store, runner, final, signal },
				on(event) {
					first ??= event.reason;
					live.hear(event);
				},
			});
			live.end();
			const table = sweepTable(outcome);
			if (out !== undefined) {
				await mkdir(dirname(out), { recursive: true });
				await writeFileAtomic(out, FORMATS[extname(out)](table));
			}
			if (outcome.failed > 0) {
				process.exitCode = 1;
				process.stderr.write(`${outcome.failed} of ${outcome.runs} runs failed, the first: ${first}\n`);
			}
			return { json: outcome, text: toText(table) };
		} catch (problem) {
			throw problem instanceof Interrupted ? new Interrupted(`${problem.message}: ${commandAgain("sweep")}`) : problem;
		} finally {
			live.end();
			await runner.close();
		}
	},
);
