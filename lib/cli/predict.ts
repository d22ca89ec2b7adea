import { savedRun } from "../experiment/savedRun";
import { openStore } from "../experiment/store";
import { loadModel } from "../train/loadModel";
import { predictFiles } from "../train/predictFiles";
import { command } from "./command";

interface Options {
	run: string;
	out: string;
	encoded?: boolean;
	store?: string;
}

const HELP = `
FILE is one of
  a prepared folder, or its train.parquet, valid.parquet or test.parquet: of the log that the model was trained on
  CSV or Parquet with raw values, a column a feature, as the files that log was imported from; events are not needed.
    They are encoded with the vocabulary that was saved with the model; ids that it does not know are "unknown"
  with --encoded, CSV or Parquet with that vocabulary's codes
The output has the columns file (from 0, in the order given), row (from 1; in CSV the line), and one for each probability.`;

command<Options>(
	"predict",
	"Predicts files with a trained model, and writes the probabilities as Parquet.",
	(c) =>
		c
			.argument("<FILE...>", "what to predict")
			.requiredOption("--run <R>", "a run's hash, its first 6 characters or more, or the folder of a saved model")
			.requiredOption("--out <P.parquet>", "file to write")
			.option("--encoded", "the files hold codes of the model's vocabulary, not raw ids")
			.option("--store <dir>", "where runs lie (default data/runs)")
			.addHelpText("after", HELP),
	async ({ run, out, encoded, store }, signal, files) => {
		const begun = performance.now();
		const folder = savedRun(openStore(store, "read"), run);
		const model = await loadModel(folder);
		let told = begun;
		const progress = (rows: number) => {
			if (performance.now() - told < 1000) return;
			told = performance.now();
			process.stderr.write(`${rows} rows\n`);
		};
		const done = await predictFiles({ model, files, out, encoded, progress, signal }).finally(() => model.dispose());
		const { rows, columns, dropped, remarks, unknown } = done;
		for (const { reason, count, first } of dropped)
			process.stderr.write(`dropped ${count}: ${reason} (first: ${first})\n`);
		for (const { reason, count, first } of remarks) process.stderr.write(`${count} ${reason} (first: ${first})\n`);
		const missing = Object.entries(unknown).filter(([, count]) => count > 0);
		if (missing.length > 0)
			process.stderr.write(
				`ids without a code (unknown to the model's log, or absent): ${missing.map(([field, count]) => `${field} ${count}`).join(", ")}\n`,
			);
		const byReason = (list: typeof dropped) => Object.fromEntries(list.map(({ reason, count }) => [reason, count]));
		const seconds = (performance.now() - begun) / 1000;
		const { model: name, seed, data, calibration } = model.about;
		const counts = { dropped: byReason(dropped), remarks: byReason(remarks), unknown };
		const calibrated = calibration ? { calibrated: calibration.method } : {};
		return {
			json: { rows, columns, seconds, model: name, ...calibrated, ...counts },
			text: `${out}: ${rows} rows by ${name} (seed ${seed}, trained on ${data.name}${calibration ? `, calibrated by ${calibration.method}` : ""}) in ${seconds.toFixed(1)} s; columns ${columns.join(", ")}`,
		};
	},
);
