import { join } from "node:path";
import { modelNamed } from "../lib/models";
import { tf } from "../lib/tensor/native";
import { fit } from "../lib/train/fit";
import { readTrainingRows, writeTrainingRows } from "./trainingRows";

const BATCH = 64;
/** Epochs of a training, each with a validation and copies of the best weights. */
const EPOCHS = 25;
/** Steps before the first reading, in an epoch that is not the first. */
const BEFORE = 1 / 20;

/**
 * Trains a small ESMM for so many steps and prints by how much the number of tensors and the resident memory grew from the first
 * twentieth of them to the last step: `{tensors, bytes, steps}`. Garbage of JavaScript is collected before both readings.
 *
 * `node --expose-gc --import tsx bench/memoryProgram.ts FOLDER STEPS`
 */
async function main(folder: string, steps: number): Promise<void> {
	const perEpoch = Math.round(steps / EPOCHS);
	const [train, valid] = [BATCH * perEpoch, 2000];
	writeTrainingRows(join(folder, "rows"), { rows: train + valid, fields: 6, size: 2000 });
	const data = readTrainingRows(join(folder, "rows"));
	const rows = data.split.train;
	const readings: { tensors: number; bytes: number }[] = [];
	let done = 0;
	await fit(modelNamed("esmm"), {
		data: { ...data, split: { ...data.split, train: rows.subarray(0, train), valid: rows.subarray(train) } },
		seed: 1,
		hyper: { embedding: 8, mlp: [64, 32], batch: BATCH, epochs: EPOCHS, patience: EPOCHS },
		on: () => {
			done++;
			if (done !== Math.round(steps * BEFORE) && done !== perEpoch * EPOCHS) return;
			globalThis.gc?.();
			readings.push({ tensors: tf.memory().numTensors, bytes: process.memoryUsage.rss() });
		},
	});
	const [before, after] = readings;
	const answer = { tensors: after.tensors - before.tensors, bytes: after.bytes - before.bytes, steps: done };
	process.stdout.write(`${JSON.stringify(answer)}\n`);
}

main(process.argv[2], Number(process.argv[3])).catch((problem: Error) => {
	process.stderr.write(`${problem.stack}\n`);
	process.exit(1);
});
