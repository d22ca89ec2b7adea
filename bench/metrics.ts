import { join } from "node:path";
import { projectRoot } from "../lib/core/root";
import { child } from "./child";
import { type Bench, type BenchResult, figure } from "./figures";
import { busy, commit, machine, today } from "./machine";
import { peerPython } from "./peerPython";
import { writeScoredRows } from "./scoredRows";
import { oursAs } from "./train";
import { workFolder } from "./workFolder";

/** What `npm run bench -- metrics` may be told. */
export interface BenchMetrics extends Bench {
	rounds: number;
	rows: number;
}

/** Rows in which GAUC is checked against plain Python. */
const SAMPLE = 50_000;
/** Times in a process, of which the median counts. */
const TIMES = 3;
/** Largest difference of the two AUCs and GAUCs that is only rounding. */
const ROUNDING = 1e-12;

/**
 * AUC and GAUC of many rows: ours against scikit-learn's AUC, in turns and on the same rows.
 *
 * @throws Error the values differ by more than rounding, a program failed, or it was stopped
 */
export async function benchMetrics({ rounds, rows, signal, say }: BenchMetrics): Promise<BenchResult> {
	const python = await peerPython("pandas", signal, say);
	const work = workFolder(join(projectRoot(), "data/cache/bench"));
	try {
		const notes = busy();
		for (const line of notes) say(line);
		const [all, sample] = [join(work.folder, "all"), join(work.folder, "sample")];
		say(`${rows.toLocaleString("en")} scored rows`);
		writeScoredRows(all, rows);
		writeScoredRows(sample, Math.min(SAMPLE, rows), 2);
		const ours = async (folder: string, times: number) =>
			JSON.parse(await child([...oursAs("bench/metricsProgram.ts"), folder, String(times)], { signal }));
		const peer = async (folder: string, what: string, times: number) => {
			const program = [python, join(projectRoot(), "bench/peers/sklearn_auc.py"), folder, what, String(times)];
			return JSON.parse(await child(program, { signal }));
		};
		const [{ gauc }, reference] = [await ours(sample, 1), await peer(sample, "gauc", 0)];
		const apart = mustBeSame("GAUC", gauc, reference.value);
		const runs: { auc: number; gauc: number; theirs: number; difference: number }[] = [];
		for (let round = 0; round < rounds; round++) {
			const [a, b] = [await ours(all, TIMES), await peer(all, "auc", TIMES)];
			runs.push({
				auc: figure(a.seconds.auc).median,
				gauc: figure(a.seconds.gauc).median,
				theirs: figure(b.seconds).median,
				difference: mustBeSame("AUC", a.auc, b.value),
			});
			const { auc, gauc, theirs } = runs[round];
			say(
				`round ${round + 1}/${rounds}: AUC ${auc.toFixed(2)} s, GAUC ${gauc.toFixed(2)} s; scikit-learn's AUC ${theirs.toFixed(2)} s`,
			);
		}
		const of = (value: (run: (typeof runs)[number]) => number) => figure(runs.map(value));
		return {
			bench: "metrics",
			machine: machine(),
			versions: { node: process.versions.node, ...reference.versions },
			commit: commit(),
			date: today(),
			figures: {
				"metrics.rows": figure([rows]),
				auc_time_vs_sklearn: of((run) => (run.auc + run.gauc) / run.theirs),
				auc_difference: of((run) => run.difference),
				gauc_difference: figure([apart]),
				"metrics.auc.seconds": of((run) => run.auc),
				"metrics.gauc.seconds": of((run) => run.gauc),
				"metrics.sklearn.auc.seconds": of((run) => run.theirs),
			},
			notes: [
				...notes,
				`${rows} rows: float32 scores of a million values, 4 % positives, ${Math.round(rows / 20)} users whose rows lie anywhere. Rounds: ${rounds}, in turns, a process each, in which the median of ${TIMES} times counts.`,
				"auc_time_vs_sklearn: time of our AUC, with its standard error, and our GAUC together by that of scikit-learn's roc_auc_score, within one round. Reading the rows is not counted.",
				`auc_difference: of our AUC and scikit-learn's; gauc_difference: of our GAUC and plain Python's over scikit-learn's AUC of each user, on ${Math.min(SAMPLE, rows)} rows. More than ${ROUNDING} ends the benchmark.`,
			],
		};
	} finally {
		work.remove();
	}
}

function mustBeSame(what: string, ours: number, theirs: number): number {
	const difference = Math.abs(ours - theirs);
	if (!(difference <= ROUNDING)) throw new Error(`${what}: ours is ${ours}, the peer's ${theirs}; so no figures`);
	return difference;
}
