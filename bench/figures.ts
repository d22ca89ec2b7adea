import type { StepProfile } from "./opTimes";

/** A figure of a benchmark over its repetitions. */
export interface Figure {
	median: number;
	min: number;
	max: number;
}

/** What every benchmark is given. */
export interface Bench {
	/** Ends the programs that run. */
	signal: AbortSignal;
	/** Hears progress. */
	say: (line: string) => void;
}

/** What a benchmark gives: `npm run bench -- NAME --json` prints it. */
export interface BenchResult {
	/** Name of the benchmark: "data". */
	bench: string;
	machine: Machine;
	/** What ran: name → version. */
	versions: Record<string, string>;
	/** The commit that was measured, and whether files differed from it. */
	commit: string;
	/** Day of the run, YYYY-MM-DD. */
	date: string;
	figures: Record<string, Figure>;
	/** What was done and what to doubt, a line each. */
	notes: string[];
	/** Of `train`: where the time of a step goes, by vocabulary. */
	profiles?: Record<string, StepProfile>;
}

/** The machine that a benchmark ran on. */
export interface Machine {
	system: string;
	processor: string;
	cores: number;
	memoryGB: number;
}

/** The figure of some measurements: the median of an even number of them is the mean of the middle two. */
export function figure(values: readonly number[]): Figure {
	if (values.length === 0) throw new Error("a figure needs at least one measurement");
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** How many times `a` is `b`: of the medians; from the least to the most that any two measurements give. */
export const ratio = (a: Figure, b: Figure): Figure => ({
	median: a.median / b.median,
	min: a.min / b.max,
	max: a.max / b.min,
});

/** A figure's number with three significant digits or, from 1000 on, whole: "0.345", "24.1", "133,000". */
export const digits = (value: number): string =>
	Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
