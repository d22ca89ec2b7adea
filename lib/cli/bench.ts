import { readFileSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { benchData } from "../../bench/data";
import { textOf, withResult } from "../../bench/results";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import { memorySize } from "../data/duckdb";
import { type Job, jobs, wholeNumber } from "./command";

interface DataOptions {
	rows: number;
	repeats?: number;
	memory: string;
}

/** Sizes from here on are recorded; a smaller run is a try. */
const ROWS = 3_000_000;

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
		const say = (line: string) => void process.stderr.write(`${line}\n`);
		const result = await benchData({ rows, repeats, memory, signal, say });
		const recorded = rows >= ROWS;
		if (recorded) {
			const file = join(projectRoot(), "bench/RESULTS.md");
			await writeFileAtomic(file, withResult(readOr(file, ""), result));
			say("bench/RESULTS.md: section data written");
		} else say(`bench/RESULTS.md was left alone: it takes runs of ${ROWS} training rows or more`);
		return { json: { ...result, recorded }, text: textOf(result) };
	},
};

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

jobs("bench", "Measures, against public programs where there are any, and records the figures.", { data });
