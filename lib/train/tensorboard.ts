import type { AnyHyper } from "../core/model";
import type { FitListener } from "./listener";
import { type SummaryFile, summaryFile } from "./summaryFile";

/** What is said of a training beside its curves. */
export interface TrainingAbout {
	model: string;
	seed: number;
	hyper: AnyHyper;
	/** Fingerprint of its data set. */
	data: string;
}

/**
 * Writes a training for TensorBoard into a folder of its own: `fit(model, { …, on: tensorBoard(folder, about) })`, then
 * `tensorboard --logdir` on the folder or one above it.
 *
 * At every update `loss`, `learning_rate` and `samples_per_second`; at the end of an epoch `epoch/loss`, `validation/<metric>` and,
 * of a stage that weighs its rows, `epoch/effective_rows`; as text the hyperparameters and what the doctor found. The x-axis counts updates from the start of the training. One that goes on
 * from its checkpoint opens another file in the same folder and goes on counting: TensorBoard drops what the first file has beyond.
 *
 * The file is made when there is something to write: a run that comes from the store makes none. A value that cannot be written (a
 * full disk) is said once on stderr, and the training goes on without.
 *
 * Ask `checkSummaries` before: whether this can be written at all.
 */
export function tensorBoard(folder: string, about: TrainingAbout): FitListener {
	let file: SummaryFile | undefined;
	let [failed, update] = [false, 0];
	const write = (what: (file: SummaryFile) => void) => {
		if (failed) return;
		try {
			if (!file) {
				file = summaryFile(folder);
				file.text("hyperparameters", tableOf(about), update);
			}
			what(file);
		} catch (problem) {
			failed = true;
			const why = (problem as Error).message.split("\n")[0];
			process.stderr.write(`TensorBoard's file in ${folder} could not be written (${why}); training goes on without\n`);
		}
	};
	const hear: FitListener = (event) => {
		update = event.update;
		write((file) => {
			file.scalar("loss", event.loss, update);
			file.scalar("learning_rate", event.lr, update);
			file.scalar("samples_per_second", event.rate, update);
		});
	};
	return Object.assign(hear, {
		epoch: ({ loss, choose, value, effectiveRows }: Parameters<NonNullable<FitListener["epoch"]>>[0]) =>
			write((file) => {
				file.scalar("epoch/loss", loss, update);
				if (value !== null) file.scalar(`validation/${choose}`, value, update);
				if (effectiveRows !== undefined) file.scalar("epoch/effective_rows", effectiveRows, update);
			}),
		found: (line: string) => write((file) => file.text("doctor", line, update)),
		end: () => file && write((file) => file.flush()),
	} satisfies Partial<FitListener>);
}

const tableOf = ({ model, seed, data, hyper }: TrainingAbout): string =>
	["| | |", "|---|---|", ...Object.entries({ model, data, seed, ...hyper }).map(([k, v]) => `| ${k} | ${v} |`)].join(
		"\n",
	);
