import { join } from "node:path";
import { projectRoot } from "../lib/core/root";
import { type Job, jobFor } from "../lib/experiment/job";
import { localPool } from "../lib/experiment/pool";
import { runJobs } from "../lib/experiment/runJobs";
import { openStore } from "../lib/experiment/store";
import { type Bench, type BenchResult, type Figure, figure } from "./figures";
import { busy, commit, machine, today } from "./machine";
import { workFolder } from "./workFolder";

/** What `npm run bench -- sweep` may be told. */
export interface BenchSweep extends Bench {
	/** Rounds, in each of which every way runs all runs once. */
	rounds: number;
	/** Runs of a sweep. */
	runs: number;
	/** Impressions of the simulated log. */
	rows: number;
}

/** Ways to use two cores. */
const WAYS = {
	two_workers: { workers: 2, threads: 1 },
	one_worker: { workers: 1, threads: 1 },
	two_threads: { workers: 1, threads: 2 },
} as const;
type Way = keyof typeof WAYS;

/** What a way took. */
interface Took {
	/** From nothing to the first training step's data: processes started, TensorFlow and the log loaded. */
	startSeconds: number;
	/** All runs, with processes that are warm. */
	seconds: number;
	runs: number;
	/** Rows trained on. */
	samples: number;
}
/** One round. */
export type SweepRound = Record<Way, Took>;

/**
 * The same runs of ESMM on two workers with one thread each, on one such worker, and on one worker with two threads, in turns.
 *
 * @throws Error a run failed, or it was stopped
 */
export async function benchSweep({ rounds, runs, rows, signal, say }: BenchSweep): Promise<BenchResult> {
	const work = workFolder(join(projectRoot(), "data/cache/bench"));
	try {
		const notes = busy();
		for (const line of notes) say(line);
		const source = { source: "simulator", preset: "demo", rows, logSeed: 1 } as const;
		const of = (seeds: number, hyper: object) =>
			Promise.all(
				Array.from({ length: seeds }, (_, seed) =>
					jobFor({ model: "esmm", source, seed, hyper: { epochs: 1, ...hyper } }),
				),
			);
		const jobs = await of(runs, {});
		const all: SweepRound[] = [];
		for (let round = 0; round < rounds; round++) {
			const took: Partial<SweepRound> = {};
			for (const way of Object.keys(WAYS) as Way[]) {
				const folder = join(work.folder, `${way}-${round}`);
				const first = await of(WAYS[way].workers, { mlp: [4], embedding: 2, batch: 8192 });
				const one = await measured(folder, WAYS[way], first, jobs, signal);
				took[way] = one;
				say(
					`round ${round + 1}/${rounds}, ${way}: ${(one.runs / one.seconds).toFixed(3)} runs/s, started in ${one.startSeconds.toFixed(1)} s`,
				);
			}
			all.push(took as SweepRound);
		}
		return {
			bench: "sweep",
			machine: machine(),
			versions: { node: process.versions.node },
			commit: commit(),
			date: today(),
			figures: sweepFigures(all),
			notes: [
				...notes,
				`${runs} runs of ESMM (two towers 360-200-80-1, embedding 18, batch 1024, one epoch, validation and metrics included) on one simulated log of ${rows.toLocaleString("en")} impressions, in child processes as npm run sweep starts them. Rounds: ${rounds}, in turns; a ratio is of one round.`,
				"two_workers: two processes with one TensorFlow thread each; one_worker: one such process; two_threads: one process with two threads. The clock starts when each process has done a small run: startSeconds tells what that took, with starting, loading TensorFlow and making the log.",
				"sweep_vs_one_worker and sweep_vs_two_threads: runs a second of two_workers by those of the other.",
				"Runs of fewer than 50 steps are not compiled, and two processes of such get in each other's way more: on 100,000 impressions the ratio to one worker was 1.4 to 1.6 on this kind of machine.",
			],
		};
	} finally {
		work.remove();
	}
}

/** Does `first` to warm the processes up, and then times `jobs`. */
async function measured(
	folder: string,
	way: { workers: number; threads: number },
	first: readonly Job[],
	jobs: readonly Job[],
	signal: AbortSignal,
): Promise<Took> {
	const store = openStore(folder);
	const runner = localPool({ store, ...way });
	const timed = async (list: readonly Job[]) => {
		const begun = performance.now();
		const outcome = await runJobs(list, { store, runner, signal });
		for (const reason of outcome.reasons.values()) throw new Error(`a run failed: ${reason}`);
		return { seconds: (performance.now() - begun) / 1000, results: [...outcome.results.values()] };
	};
	try {
		const start = await timed(first);
		const { seconds, results } = await timed(jobs);
		const samples = results.reduce((sum, { data, epochs }) => sum + data.rows.train * epochs, 0);
		return { startSeconds: start.seconds, seconds, runs: jobs.length, samples };
	} finally {
		await runner.close();
	}
}

/** The figures of all rounds: rates, and ratios each within one round. */
export function sweepFigures(all: readonly SweepRound[]): Record<string, Figure> {
	const of = (value: (round: SweepRound) => number) => figure(all.map(value));
	const rate = (way: Way) => (round: SweepRound) => round[way].runs / round[way].seconds;
	const ways = Object.keys(WAYS) as Way[];
	return {
		sweep_vs_one_worker: of((round) => rate("two_workers")(round) / rate("one_worker")(round)),
		sweep_vs_two_threads: of((round) => rate("two_workers")(round) / rate("two_threads")(round)),
		...Object.fromEntries(ways.map((way) => [`sweep.${way}.runsPerSecond`, of(rate(way))])),
		...Object.fromEntries(
			ways.map((way) => [`sweep.${way}.samplesPerSecond`, of((round) => round[way].samples / round[way].seconds)]),
		),
		...Object.fromEntries(ways.map((way) => [`sweep.${way}.startSeconds`, of((round) => round[way].startSeconds)])),
	};
}
