import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "../lib/data/prepared/madeFolder";
import { child } from "./child";
import { type BenchResult, figure } from "./figures";
import { commit, machine, today } from "./machine";

/** What `benchEvaluation` may be told. */
export interface BenchEvaluation {
	/** Rows of the larger log; the smaller has a tenth. */
	rows: number;
	/** Where the two prepared folders are made, and removed; 20 bytes a row. */
	folder?: string;
	signal?: AbortSignal;
	say?: (line: string) => void;
}

/**
 * Memory and time of evaluating a small trained model over a prepared folder that is never in memory: the growth of resident
 * memory in a process of its own, at two sizes, and what each further row costs.
 */
export async function benchEvaluation({ rows, folder = tmpdir(), signal, say }: BenchEvaluation): Promise<BenchResult> {
	const measured: { rows: number; bytes: number; seconds: number }[] = [];
	for (const test of [Math.round(rows / 10), rows]) {
		const at = mkdtempSync(join(folder, "entire-space-"));
		try {
			say?.(`a prepared folder of ${test} rows`);
			await makeFolder(at, { train: 6000, valid: 2000, test });
			const program = [process.execPath, "--expose-gc", "--import", "tsx", "bench/evaluationProgram.ts", at, "model"];
			measured.push(JSON.parse(await child(program, { signal, say })));
		} finally {
			rmSync(at, { recursive: true, force: true });
		}
	}
	const [few, many] = measured;
	return {
		bench: "evaluation",
		machine: machine(),
		versions: { node: process.versions.node },
		commit: commit(),
		date: today(),
		figures: figuresOf(few, many),
		notes: [
			`One run each of ${few.rows} and ${many.rows} rows with 18 id fields: base, embedding 8, one layer of 32, three Probs.`,
			"Bytes are the largest resident memory of the evaluation above that of the moment before; memory that training had left free is used again first, so the room of 9 bytes a row shows as less.",
		],
	};
}

const figuresOf = (few: { rows: number; bytes: number }, many: { rows: number; bytes: number; seconds: number }) => ({
	"bytes a row, in all": figure([many.bytes / many.rows]),
	"bytes a further row": figure([(many.bytes - few.bytes) / (many.rows - few.rows)]),
	seconds: figure([many.seconds]),
	"rows a second": figure([many.rows / many.seconds]),
});
