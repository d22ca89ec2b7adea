import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../lib/core/problem";
import { projectRoot } from "../lib/core/root";
import { makeFolder } from "../lib/data/prepared/madeFolder";
import { child } from "./child";
import { type BenchResult, figure } from "./figures";
import { commit, machine, today } from "./machine";
import { loader } from "./rawAliCcp";
import { workFolder } from "./workFolder";

/** What `npm run bench -- evaluation` may be told. */
export interface BenchEvaluation {
	/** Rows of the larger log; the smaller has a tenth. */
	rows: number;
	signal: AbortSignal;
	say: (line: string) => void;
}

/** What one evaluation took: its rows, the growth of resident memory, and its time. */
interface Took {
	rows: number;
	bytes: number;
	seconds: number;
}

/**
 * Memory and time of evaluating a small trained model over a prepared folder that is never in memory: the growth of resident
 * memory in a process of its own, at two sizes, and what each further row costs. The folders, some 35 bytes a row, lie in
 * data/cache/bench while they are needed.
 *
 * @throws InputError not on Linux, whose kernel tells the memory
 */
export async function benchEvaluation({ rows, signal, say }: BenchEvaluation): Promise<BenchResult> {
	if (process.platform !== "linux")
		throw new InputError(
			`the evaluation's memory is read from /proc, which ${process.platform} has not: run it on Linux`,
		);
	const work = workFolder(join(projectRoot(), "data/cache/bench"));
	try {
		const few = await evaluated(Math.round(rows / 10), work.folder, { signal, say });
		const many = await evaluated(rows, work.folder, { signal, say });
		return {
			bench: "evaluation",
			machine: machine(),
			versions: { node: process.versions.node },
			commit: commit(),
			date: today(),
			figures: figuresOf(few, many),
			notes: [
				`One run each of ${few.rows} and ${many.rows} rows with 18 id fields: base, embedding 8, one layer of 32, three Probs.`,
				"Bytes are the largest resident memory of the evaluation above that of the moment before; memory that training had left free is used again first, so the room of 9 bytes a row shows as less, and at few rows not at all.",
			],
		};
	} finally {
		work.remove();
	}
}

/** Evaluates a folder of so many rows, which is made for it, in a process of its own. */
async function evaluated(test: number, work: string, { signal, say }: Omit<BenchEvaluation, "rows">): Promise<Took> {
	const folder = join(work, String(test));
	mkdirSync(folder);
	say(`a prepared folder of ${test.toLocaleString("en")} rows`);
	await makeFolder(folder, { train: 6000, valid: 2000, test });
	if (signal.aborted) throw new Error("stopped; nothing was recorded");
	say(`evaluating ${test.toLocaleString("en")} rows`);
	const file = join(projectRoot(), "bench/evaluationProgram.ts");
	const program = [process.execPath, "--expose-gc", "--import", loader(), file, folder, "model"];
	const { rows, bytes, seconds } = JSON.parse(await child(program, { signal, say }));
	say(`${rows.toLocaleString("en")} rows: ${seconds.toFixed(1)} s, ${(bytes / 1e6).toFixed(0)} MB more`);
	return { rows, bytes, seconds };
}

const figuresOf = (few: Took, many: Took): BenchResult["figures"] => ({
	"evaluation.rows": figure([many.rows]),
	"evaluation.bytesPerRow": figure([many.bytes / many.rows]),
	"evaluation.bytesPerFurtherRow": figure([(many.bytes - few.bytes) / (many.rows - few.rows)]),
	"evaluation.seconds": figure([many.seconds]),
	"evaluation.rowsPerSecond": figure([many.rows / many.seconds]),
});
