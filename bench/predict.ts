import { join } from "node:path";
import { projectRoot } from "../lib/core/root";
import { child } from "./child";
import { type Bench, type BenchResult, figure } from "./figures";
import { busy, commit, machine, today } from "./machine";
import { peerPython } from "./peerPython";
import { oursAs, VOCABULARIES } from "./train";
import { writeTrainingRows } from "./trainingRows";
import { workFolder } from "./workFolder";

/** What `npm run bench -- predict` may be told. */
export interface BenchPredict extends Bench {
	rounds: number;
	/** Rows predicted at a time, in all. */
	rows: number;
}

/** Times that a process predicts all rows, of which the median counts. */
const TIMES = 5;
const CHUNK = 8192;

/**
 * Predicting with ESMM as `npm run bench -- train` trains it: ours by `Fitted.predict`, against PyTorch's forward pass in eval mode
 * without gradients, in turns and on the same rows.
 *
 * @throws Error a program failed, or it was stopped
 */
export async function benchPredict({ rounds, rows, signal, say }: BenchPredict): Promise<BenchResult> {
	const python = await peerPython("torch", signal, say);
	const work = workFolder(join(projectRoot(), "data/cache/bench"));
	try {
		const notes = busy();
		for (const line of notes) say(line);
		const figures: BenchResult["figures"] = {};
		const versions: Record<string, string> = { node: process.versions.node };
		for (const [name, size] of Object.entries(VOCABULARIES)) {
			const folder = join(work.folder, name);
			writeTrainingRows(folder, { rows, fields: 23, size: Math.floor(size / 23) });
			const rate = async (program: readonly string[]): Promise<number> => {
				const { rates, versions: of } = JSON.parse(
					await child([...program, folder, String(CHUNK), String(TIMES)], { signal }),
				);
				Object.assign(versions, of);
				return figure(rates).median;
			};
			const [ours, torch]: [number[], number[]] = [[], []];
			for (let round = 0; round < rounds; round++) {
				ours.push(await rate(oursAs("bench/predictProgram.ts")));
				torch.push(await rate([python, join(projectRoot(), "bench/peers/torch_predict.py")]));
				say(
					`round ${round + 1}/${rounds}, ${name}: ours ${Math.round(ours[round])}, PyTorch ${Math.round(torch[round])} rows/s`,
				);
			}
			figures[`predict_vs_torch_${name}`] = figure(ours.map((value, round) => value / torch[round]));
			figures[`predict.ours_${name}.rowsPerSecond`] = figure(ours);
			figures[`predict.torch_${name}.rowsPerSecond`] = figure(torch);
		}
		return {
			bench: "predict",
			machine: machine(),
			versions,
			commit: commit(),
			date: today(),
			figures,
			notes: [
				...notes,
				`${rows} rows in chunks of ${CHUNK}, three columns a row, network and ids as in the section train; rounds: ${rounds}, in turns, a process each, in which the median of ${TIMES} times counts. A ratio is of one round.`,
			],
		};
	} finally {
		work.remove();
	}
}
