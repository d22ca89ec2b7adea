import type { TrainEvent } from "../../train/fit";

/** What a worker tells of a run while it has it. */
export type Progress = { training: TrainEvent } | { refused: string };

/** How often (ms) a worker tells of a training. */
export const TELL = 500;

/** Passes on at most one event every so often, the first at once. */
export function throttled<T>(pass: (event: T) => void, every = TELL): (event: T) => void {
	let last = Number.NEGATIVE_INFINITY;
	return (event) => {
		const now = performance.now();
		if (now - last < every) return;
		last = now;
		pass(event);
	};
}
