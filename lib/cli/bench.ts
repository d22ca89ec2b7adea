import { readFileSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { benchData } from "../../bench/data";
import { benchEvaluation } from "../../bench/evaluation";
import type { BenchResult } from "../../bench/figures";
import { benchMemory } from "../../bench/memory";
import { benchMetrics } from "../../bench/metrics";
import { benchPredict } from "../../bench/predict";
import { textOf, withResult } from "../../bench/results";
import { benchSweep } from "../../bench/sweep";
import { benchTrain } from "../../bench/train";
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

/** What a whole run of the other benchmarks is; a smaller one is a try. */
const WHOLE = {
	train: { rounds: 5, slow: 2, steps: 80, warm: 10 },
	predict: { rounds: 5, rows: 20 * 8192 },
	metrics: { rounds: 5, rows: 10_000_000 },
	memory: { steps: 10_000, repeats: 3 },
	sweep: { rounds: 3, runs: 6, rows: 300_000 },
};

const train: Job<typeof WHOLE.train> = {
	about: "Training steps of ESMM against PyTorch, torch-rechub and deepctr-torch on the same rows.",
	define: (options) =>
		options
			.option("--rounds <n>", "rounds, each program once", wholeNumber("--rounds", 1), WHOLE.train.rounds)
			.option("--slow <n>", "rounds of the slow peers", wholeNumber("--slow", 1), WHOLE.train.slow)
			.option("--steps <n>", "steps of a measurement", wholeNumber("--steps", 3), WHOLE.train.steps)
			.option("--warm <n>", "steps of those that warm up", wholeNumber("--warm", 1), WHOLE.train.warm),
	work: async (options, signal) => {
		const { slow, rounds, steps, warm } = options;
		if (warm > steps - 2) throw new InputError(`--warm must leave two of the ${steps} steps, not be ${warm}`);
		if (slow > rounds) throw new InputError(`--slow must be at most the ${rounds} rounds, not ${slow}`);
		return answerIf(await benchTrain({ ...options, signal, say }), options, WHOLE.train);
	},
};

const predict: Job<typeof WHOLE.predict> = {
	about: "Predictions of ESMM a second against PyTorch's forward pass.",
	define: (options) =>
		options
			.option("--rounds <n>", "rounds, each program once", wholeNumber("--rounds", 1), WHOLE.predict.rounds)
			.option("--rows <n>", "rows predicted at a time", wholeNumber("--rows", 2000), WHOLE.predict.rows),
	work: async (options, signal) => answerIf(await benchPredict({ ...options, signal, say }), options, WHOLE.predict),
};

const metrics: Job<typeof WHOLE.metrics> = {
	about: "AUC and GAUC of many rows against scikit-learn's AUC.",
	define: (options) =>
		options
			.option("--rounds <n>", "rounds, each program once", wholeNumber("--rounds", 1), WHOLE.metrics.rounds)
			.option("--rows <n>", "scored rows", wholeNumber("--rows", 1000), WHOLE.metrics.rows),
	work: async (options, signal) => answerIf(await benchMetrics({ ...options, signal, say }), options, WHOLE.metrics),
};

const memory: Job<typeof WHOLE.memory> = {
	about: "Growth of memory over many training steps, and a notebook's time to its first one.",
	define: (options) =>
		options
			.option("--steps <n>", "training steps", wholeNumber("--steps", 500), WHOLE.memory.steps)
			.option("--repeats <n>", "notebooks started", wholeNumber("--repeats", 1), WHOLE.memory.repeats),
	work: async (options, signal) => answerIf(await benchMemory({ ...options, signal, say }), options, WHOLE.memory),
};

const sweep: Job<typeof WHOLE.sweep> = {
	about: "Runs a second of two workers with one thread each, of one such worker, and of one with two threads.",
	define: (options) =>
		options
			.option("--rounds <n>", "rounds, each way once", wholeNumber("--rounds", 1), WHOLE.sweep.rounds)
			.option("--runs <n>", "runs of a sweep", wholeNumber("--runs", 2), WHOLE.sweep.runs)
			.option("--rows <n>", "impressions of the log", wholeNumber("--rows", 10_000), WHOLE.sweep.rows),
	work: async (options, signal) => answerIf(await benchSweep({ ...options, signal, say }), options, WHOLE.sweep),
};

/** Records a result of a run that is whole, and gives it. */
function answerIf<O extends Record<string, number>>(result: BenchResult, options: O, whole: O): Promise<Answer> {
	const names = Object.keys(whole);
	const flags = names.map((name) => `--${name} ${whole[name]}`).join(" ");
	return recordedIf(
		result,
		names.every((name) => options[name] >= whole[name]),
		`${flags} or more`,
	);
}

/** Records a result of enough rows in bench/RESULTS.md, and gives it. */
function answerOf(result: BenchResult, rows: number, enough: number): Promise<Answer> {
	return recordedIf(result, rows >= enough, `${enough.toLocaleString("en")} rows or more`);
}

async function recordedIf(result: BenchResult, recorded: boolean, whole: string): Promise<Answer> {
	if (recorded) {
		const file = join(projectRoot(), "bench/RESULTS.md");
		await writeFileAtomic(file, withResult(readOr(file, ""), result));
		say(`bench/RESULTS.md: section ${result.bench} written`);
	} else say(`bench/RESULTS.md was left alone: it takes runs of ${whole}`);
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

jobs("bench", "Measures, against public programs where there are any, and records the figures.", {
	train,
	predict,
	metrics,
	memory,
	sweep,
	data,
	evaluation,
});
