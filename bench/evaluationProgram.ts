import { readFileSync, writeFileSync } from "node:fs";
import { pCTCVR, pCTR, pCVR } from "../lib/core/prob";
import type { Dataset } from "../lib/data/dataset";
import { streamPrepared } from "../lib/data/prepared/stream";
import { base } from "../lib/models/base";
import { evaluateFolder, type Predictor } from "../lib/train/evaluateFolder";
import { fit } from "../lib/train/fit";

/**
 * Evaluates a predictor on the test part of a prepared folder, and prints `{rows, bytes, seconds, metrics}`: by how many bytes the
 * largest resident memory of the evaluation was above that of the moment before. The predictor is "model", a small one trained on the
 * training part, or "formula", arithmetic on two ids, which shows memory in a tenth of the time.
 *
 * `node --expose-gc --import tsx bench/evaluationProgram.ts FOLDER model|formula`
 */
async function main(folder: string, kind: string): Promise<void> {
	const fitted = kind === "formula" ? formula : await trained(folder);
	globalThis.gc?.();
	await new Promise((resolve) => setTimeout(resolve, 200));
	forgetPeak();
	const before = resident("VmRSS");
	const begun = performance.now();
	let rows = 0;
	const metrics = await evaluateFolder({ fitted, folder, part: "test", progress: (done) => (rows = done) });
	const seconds = (performance.now() - begun) / 1000;
	const bytes = resident("VmHWM") - before;
	process.stdout.write(`${JSON.stringify({ rows, bytes, seconds, metrics })}\n`);
}

const trained = async (folder: string): Promise<Predictor> =>
	fit(base, {
		data: await trainingPart(folder),
		seed: 1,
		hyper: { embedding: 8, mlp: [32], dropout: 0, batch: 1000, lr: 0.005, epochs: 1 },
	});

/** Three columns with as many different scores as the first two fields have pairs of ids. */
const formula: Predictor = {
	predictOn({ fields: [a, b] }, rows) {
		if (a.kind !== "id" || b.kind !== "id") throw new Error("the first two fields are no ids");
		const score = (i: number) => ((a.ids[rows[i]] * 31 + b.ids[rows[i]]) % 1_000_003) / 1_000_003;
		const ctr = Float32Array.from(rows, (_, i) => score(i));
		return { [pCTR]: ctr, [pCVR]: ctr.map((p) => 1 - p), [pCTCVR]: ctr.map((p) => p * (1 - p)) };
	},
};

/** The training part, its last fifth to validate: the rest of the folder is never in memory. */
async function trainingPart(folder: string): Promise<Dataset> {
	for await (const data of streamPrepared(folder, "train")) {
		const at = Math.floor(0.8 * data.rows);
		const rows = data.split.train;
		return { ...data, split: { train: rows.subarray(0, at), valid: rows.subarray(at), test: new Int32Array(0) } };
	}
	throw new Error(`${folder} has no training rows`);
}

/** Bytes of memory that the kernel counts for this process; Linux alone tells them. */
function resident(name: "VmRSS" | "VmHWM"): number {
	const line = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync("/proc/self/status", "utf8"));
	if (!line) throw new Error(`/proc/self/status tells no ${name}`);
	return Number(line[1]) * 1024;
}

/** Lets the largest resident memory begin anew. */
const forgetPeak = (): void => writeFileSync("/proc/self/clear_refs", "5");

main(process.argv[2], process.argv[3]).catch((problem: Error) => {
	process.stderr.write(`${problem.stack}\n`);
	process.exit(1);
});
