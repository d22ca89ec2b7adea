import type { Dropped } from "../log";

/** Counts what a reader leaves out, by reason, with the file and line of the first one. */
export interface Tally {
	/** One more of this reason. */
	add(reason: string, file: string, line: number): void;
	/** How many were added so far, all reasons together. */
	total(): number;
	/** By reason, in the order in which the reasons were first seen. */
	list(): Dropped[];
}

/** A tally of nothing yet. */
export function tally(): Tally {
	const byReason = new Map<string, Dropped>();
	let total = 0;
	return {
		add(reason, file, line) {
			total++;
			const known = byReason.get(reason);
			if (known) known.count++;
			else byReason.set(reason, { reason, count: 1, first: `${file}:${line}` });
		},
		total: () => total,
		list: () => [...byReason.values()].map((dropped) => ({ ...dropped })),
	};
}
