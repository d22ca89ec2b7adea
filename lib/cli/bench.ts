import { readFileSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { benchData } from "../../bench/data";
import { benchEvaluation } from "../../bench/evaluation";
import type { BenchResult } from "../../bench/figures";
import { textOf, withResult } from "../../bench/results";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import { memorySize } from "../data/duckdb";
import { type Answer, type Job, jobs, wholeNumber } from "./command";

interface DataOptions {
	rows: number;
	repeats?: number;
	memory: string;
}

/** Sizes from here on are recorded; a smaller run is a try. */
const ROWS = 3_000_000;
/** Of the evaluation: the rows of Ali-CCP's test part. */
const TEST_ROWS = 43_000_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const data: Job<DataOptions> = {
	about: "Our preparation of raw Ali-CCP against the public one in Python and pandas, on the same files.",
	define: (options) =>
		options
			.option(
				"--rows <n>",
				"training rows of the files; bench/RESULTS.md is written from the default on",
				wholeNumber("--rows", 1000),
				ROWS,
			)
			.option("--repeats <n>", "runs of each program (default 3)", wholeNumber("--repeats", 1))
			.option("--memory <size>", "memory that DuckDB may use in ours", "500MB"),
	work: async ({ rows, repeats, memory }, signal) => {
		memorySize(memory);
		return answerOf(await benchData({ rows, repeats, memory, signal, say }), rows, ROWS);
	},
};

const evaluation: Job<{ rows: number }> = {
	about: "Memory and time of evaluating a model over a prepared log that is never in memory.",
	define: (options) =>
		options.option(
			"--rows <n>",
			"rows to evaluate; bench/RESULTS.md is written from the default on",
			wholeNumber("--rows", 10_000),
			TEST_ROWS,
		),
	work: async ({ rows }, signal) => answerOf(await benchEvaluation({ rows, signal, say }), rows, TEST_ROWS),
};

/** Records a result of enough rows in bench/RESULTS.md, and gives it. */
async function answerOf(result: BenchResult, rows: number, enough: number): Promise<Answer> {
	const recorded = rows >= enough;
	if (recorded) {
		const file = join(projectRoot(), "bench/RESULTS.md");
		await writeFileAtomic(file, withResult(readOr(file, ""), result));
		say(`bench/RESULTS.md: section ${result.bench} written`);
	} else say(`bench/RESULTS.md was left alone: it takes runs of ${enough.toLocaleString("en")} rows or more`);
	return { json: { ...result, recorded }, text: textOf(result) };
}

function readOr(file: string, otherwise: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === "ENOENT") return otherwise;
		throw new InputError(
			`${file} cannot be read (${(cause as NodeJS.ErrnoException).code}): check that you may read it`,
		);
	}
}

jobs("bench", "Measures, against public programs where there are any, and records the figures.", { data, evaluation });
