import type { JobEvent } from "../experiment/runJobs";
import type { TrainEvent } from "../train/fit";
import { escapeHtml } from "./html";
import { liveOutput } from "./notebook";

/** A progress display: a bar under a notebook's cell, or a line on stderr. */
export interface Progress {
	/** How much is done, of `total`, and a few words beside it. */
	update(done: number, words?: string): void;
	/** Shows the end, with the time it took; at `done` of `total`, or where the last update was. Only the first call counts. */
	end(words?: string, done?: number): void;
}

/** Where and when a display draws; a test gives its own. */
export interface Surface {
	/** Milliseconds. */
	now(): number;
	/** Draws a state. `last` is the end. */
	draw(state: ProgressState, last: boolean): void;
	/** Least milliseconds between two drawings. */
	every: number;
}

/** What a display shows. */
export interface ProgressState {
	label: string;
	/** In [0, 1]. */
	share: number;
	words: string;
	seconds: number;
	/** Expected seconds to the end, from the pace so far; undefined in the first hundredth, where the start weighs too much. */
	left?: number;
}

/** Begins a display. Drawing is limited to a few times a second, so it may be updated at every step. */
export function progress(
	{ label, total }: { label: string; total: number },
	surface: Surface = surfaceHere(),
): Progress {
	const begun = surface.now();
	let drawn = Number.NEGATIVE_INFINITY;
	let state: ProgressState = { label, share: 0, words: "", seconds: 0 };
	let ended = false;
	return {
		update(done, words = "") {
			const now = surface.now();
			const seconds = (now - begun) / 1000;
			const share = Math.min(1, Math.max(0, done / total));
			state = { label, share, words, seconds, left: share >= 0.01 ? (seconds / share) * (1 - share) : undefined };
			if (ended || now - drawn < surface.every) return;
			drawn = now;
			surface.draw(state, false);
		},
		end(words = state.words, done = state.share * total) {
			if (ended) return;
			ended = true;
			surface.draw(
				{ ...state, share: done / total, words, seconds: (surface.now() - begun) / 1000, left: undefined },
				true,
			);
		},
	};
}

/** What a stage of reading counts, and how many of it make one unit of its rate. */
const counted: Readonly<Record<string, readonly [unit: string, size: number]>> = {
	reading: ["MB/s", 1e6],
	loading: ["rows/s", 1],
	simulating: ["rows/s", 1],
};

/**
 * A display for each stage of the making of a log, with its rate. It begins with the first news, so that input that cannot be
 * read is answered with one line.
 */
export function stageProgress(): {
	update(stage: string, done: number, total: number): void;
	end(): void;
} {
	let [bar, now, begun]: [Progress | undefined, string, number] = [undefined, "", 0];
	const end = () => bar?.end();
	return {
		update(stage, done, total) {
			if (stage !== now) {
				end();
				bar = progress({ label: stage, total: 1 });
				now = stage;
				begun = performance.now();
			}
			const [unit, size] = counted[stage] ?? ["", 1];
			const seconds = (performance.now() - begun) / 1000;
			// The first news come at once, and would make any rate.
			const rate = seconds < 0.5 ? Number.NaN : done / size / seconds;
			bar?.update(done / Math.max(1, total), unit && Number.isFinite(rate) ? `${rate.toPrecision(3)} ${unit}` : "");
		},
		end,
	};
}

/** "1 h 05 min", "3 min 20 s", "12 s". */
export function duration(seconds: number): string {
	const s = Math.round(seconds);
	if (s < 60) return `${s} s`;
	const [h, min] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
	return h > 0 ? `${h} h ${String(min).padStart(2, "0")} min` : `${min} min ${String(s % 60).padStart(2, "0")} s`;
}

/** A state in one line. */
export function line({ label, share, words, seconds, left }: ProgressState): string {
	const time = left === undefined ? duration(seconds) : `${duration(left)} left`;
	return `${label} ${String(Math.floor(share * 100)).padStart(3)} % ${words ? `${words} ` : ""}${time}`;
}

function surfaceHere(): Surface {
	const output = liveOutput();
	const now = () => performance.now();
	if (output) return { now, every: 200, draw: (state) => output(bar(state), line(state)) };
	if (process.stderr.isTTY)
		return {
			now,
			every: 100,
			draw: (state, last) => void process.stderr.write(`\r\x1b[2K${line(state)}${last ? "\n" : ""}`),
		};
	return { now, every: 5000, draw: (state) => void process.stderr.write(`${line(state)}\n`) };
}

const bar = (state: ProgressState): string =>
	`<div><progress value="${state.share.toFixed(4)}" max="1" style="width:20em;vertical-align:middle"></progress> <span>${escapeHtml(line(state))}</span></div>`;

/** Share of a training that is done, if every stage takes all its epochs. */
const shareOf = (e: TrainEvent): number => (e.stage - 1 + (e.epoch - 1 + e.step / e.steps) / e.epochs) / e.stages;

const stageOf = (e: TrainEvent): string => (e.stages > 1 ? `stage ${e.stage}/${e.stages}, ` : "");

const wordsOf = (e: TrainEvent): string =>
	`${stageOf(e)}epoch ${e.epoch}/${e.epochs}, loss ${e.loss.toFixed(4)}, ${Math.round(e.rate).toLocaleString("en")} samples/s`;

/** Hears a training's steps; `end` closes the display: at 100 % if the training has finished. */
export type FitProgress = ((event: TrainEvent) => void) & { end(finished: boolean): void };

/** What is shown of a training before it is over, however near: its last validation is still to come. */
const NEARLY = 0.999;

/**
 * Draws a training: `fit(model, { …, on: fitProgress("ESMM") })`. One that has learnt all it can before its last epoch ends at
 * 100 % and says at which; one that is stopped ends where it was.
 */
export function fitProgress(label: string, surface?: Surface): FitProgress {
	let shown: Progress | undefined;
	let last: TrainEvent | undefined;
	const hear = (event: TrainEvent) => {
		shown ??= progress({ label, total: 1 }, surface);
		last = event;
		shown.update(Math.min(shareOf(event), NEARLY), wordsOf(event));
	};
	return Object.assign(hear, {
		end(finished: boolean) {
			if (!last) return;
			const early = `${stageOf(last)}stopped early at epoch ${last.epoch}`;
			if (finished) shown?.end(last.epoch < last.epochs ? early : undefined, 1);
			else shown?.end(`${wordsOf(last)}, stopped`);
		},
	});
}

/** How far a list of runs is, for whoever watches; the words of a training's step are there while one is under way. */
export interface RunsEvent extends Partial<TrainEvent> {
	/** Runs that have ended, of `runs`. */
	done: number;
	runs: number;
	model: string;
	seed: number;
}

/** Draws runs that are done one after another: `runSelection({ …, on: runProgress("Selection") })`. */
export function runProgress(label: string, surface?: Surface): (event: RunsEvent) => void {
	const shown = progress({ label, total: 1 }, surface);
	return (event) => {
		const { done, runs, model, seed } = event;
		const training = isTraining(event) ? event : undefined;
		const words = `run ${Math.min(done + 1, runs)}/${runs}: ${model}, seed ${seed}${training ? `, ${wordsOf(training)}` : ""}`;
		shown.update((done + (training && done < runs ? shareOf(training) : 0)) / runs, words);
		if (done === runs) shown.end(`${runs} runs`);
	};
}

/** Draws jobs wherever they run: `runPaperTable(plan, { …, on: jobProgress("Table 2") })`. The words are of the one heard last. */
export function jobProgress(label: string, surface?: Surface): (event: JobEvent) => void {
	const shown = progress({ label, total: 1 }, surface);
	const under = new Map<string, number>();
	return ({ kind, job, training, counts }) => {
		if (kind === "begun" || training) under.set(job.hash, training ? shareOf(training) : 0);
		else under.delete(job.hash);
		const { runs, running, failed } = counts;
		const ended = counts.done + counts.skipped + failed;
		const shares = [...under.values()].reduce((sum, share) => sum + share, 0);
		const ofRun = `${job.run.model}, seed ${job.run.seed}${training ? `, ${wordsOf(training)}` : ""}`;
		const lost = failed > 0 ? `, ${failed} failed` : "";
		shown.update(
			Math.min(NEARLY, (ended + shares) / runs),
			`run ${Math.min(ended + running, runs)}/${runs}${lost}: ${ofRun}`,
		);
		if (ended === runs) shown.end(`${runs} runs, ${counts.skipped} from the store${lost}`, 1);
	};
}

/** What one display of many tables' runs knows before they begin. */
export interface PlannedRuns {
	/** All of them, those in the store too. */
	runs: number;
	/** Expected for those that are not in the store, one after another. */
	seconds: number;
	/** Of a run: whose it is ("esmm, Table 2"), and its expected seconds. */
	of(job: JobEvent["job"]): { table: string; seconds: number };
}

/** Hears the runs of one list of jobs after another; `end` closes the display. */
export type RunsProgress = ((event: JobEvent) => void) & { end(): void };

/**
 * Draws the runs of all tables under one display: paper and table, which run of how many, rate, and the time left. Runs weigh as many
 * seconds as are expected of them, and those in the store nothing, so that the time left is that of what is left.
 */
export function allRunsProgress(label: string, planned: PlannedRuns, surface?: Surface): RunsProgress {
	let shown: Progress | undefined;
	const under = new Map<string, number>();
	const counts = { ended: 0, stored: 0, failed: 0 };
	let seconds = 0;
	const hear = ({ kind, job, training }: JobEvent) => {
		const of = planned.of(job);
		if (kind === "begun" || kind === "step") under.set(job.hash, (training ? shareOf(training) : 0) * of.seconds);
		else {
			under.delete(job.hash);
			counts.ended++;
			if (kind === "skipped") counts.stored++;
			else seconds += of.seconds;
			if (kind === "failed") counts.failed++;
		}
		if (kind === "skipped") return;
		shown ??= progress({ label, total: 1 }, surface);
		const now = [...under.values()].reduce((sum, one) => sum + one, 0);
		const lost = counts.failed > 0 ? `, ${counts.failed} failed` : "";
		const words = `${of.table}: run ${Math.min(counts.ended + under.size, planned.runs)}/${planned.runs}${lost}: ${job.run.model}, seed ${job.run.seed}${training ? `, ${wordsOf(training)}` : ""}`;
		shown.update(Math.min(NEARLY, (seconds + now) / Math.max(planned.seconds, 1e-9)), words);
	};
	return Object.assign(hear, {
		end() {
			const lost = counts.failed > 0 ? `, ${counts.failed} failed` : "";
			shown?.end(
				`${counts.ended} runs, ${counts.stored} from the store${lost}`,
				counts.ended < planned.runs ? undefined : 1,
			);
		},
	});
}

const isTraining = (event: RunsEvent): event is RunsEvent & TrainEvent => event.step !== undefined;
