import { modelNamed } from "../lib/models";
import { engine } from "../lib/tensor/native";
import { fit } from "../lib/train/fit";
import { readTrainingRows } from "./trainingRows";

/**
 * Trains ESMM for one step on the rows of a folder, predicts all of them several times and prints the rows a second of each time but
 * the first, which warms up.
 *
 * `node --import tsx bench/predictProgram.ts FOLDER BATCH TIMES`
 */
async function main(folder: string, batch: number, times: number): Promise<void> {
	const data = readTrainingRows(folder);
	const rows = data.split.train;
	const few = { ...data, split: { ...data.split, train: rows.subarray(0, Math.min(4 * batch, rows.length)) } };
	const fitted = await fit(modelNamed("esmm"), { data: few, seed: 1, hyper: { embedding: 18, batch, epochs: 1 } });
	const rates = Array.from({ length: times + 1 }, () => {
		const begun = performance.now();
		fitted.predict(rows);
		return (1000 * rows.length) / (performance.now() - begun);
	}).slice(1);
	process.stdout.write(`${JSON.stringify({ rates, versions: { tensorflow: engine().version } })}\n`);
}

const [folder, batch, times] = process.argv.slice(2);
main(folder, Number(batch), Number(times)).catch((problem: Error) => {
	process.stderr.write(`${problem.stack}\n`);
	process.exit(1);
});
