import type { Dropped } from "../log";

/** Counts what a reader leaves out of one file, by reason, with the file and line of the first one. */
export interface Tally {
	/** One more of this reason. */
	add(reason: string, line: number): void;
	/** By reason, in the order in which the reasons were first seen. */
	list(): Dropped[];
}

/** A tally of nothing yet, for the file of this name. */
export function tally(file: string): Tally {
	const byReason = new Map<string, Dropped>();
	return {
		add(reason, line) {
			const known = byReason.get(reason);
			if (known) known.count++;
			else byReason.set(reason, { reason, count: 1, first: `${file}:${line}` });
		},
		list: () => [...byReason.values()].map((dropped) => ({ ...dropped })),
	};
}

/** The tallies of several files as one: counts added, the first of the first file that has the reason. */
export function merged(lists: readonly (readonly Dropped[])[]): Dropped[] {
	const byReason = new Map<string, Dropped>();
	for (const dropped of lists.flat()) {
		const known = byReason.get(dropped.reason);
		byReason.set(dropped.reason, known ? { ...known, count: known.count + dropped.count } : dropped);
	}
	return [...byReason.values()];
}
