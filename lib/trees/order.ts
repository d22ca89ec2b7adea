import { stream } from "../core/random";
import type { Dataset } from "../data/dataset";

/** Whose labels a training row's target statistics are made of. */
export type Seen = "earlier rows" | "rows of other users" | "other rows";

/**
 * Training rows in groups: a row's target statistics may see none of its own group. Under "earlier rows" a group is one moment, and sees
 * the groups before it; else it is a fold, and sees all others.
 */
export interface Groups {
	readonly seen: Seen;
	/** Places in the list of training rows, group after group. */
	readonly places: Int32Array;
	/** The end of each group in `places`. */
	readonly ends: Int32Array;
}

const FOLDS = 5;

/**
 * Groups of training rows. Where the data set knows the time, rows of one moment are a group (an impression list is shown at once), in
 * order of time. Else it is out-of-fold: 5 seeded folds of users, or of rows where there are no users.
 */
export function groupsOf({ time, user }: Pick<Dataset, "time" | "user">, rows: Int32Array, seed: number): Groups {
	if (time) return grouped("earlier rows", rows, (row) => time[row]);
	const random = stream(seed, "folds");
	if (!user) return grouped("other rows", rows, () => random.int(FOLDS));
	const fold = new Map<number, number>();
	return grouped("rows of other users", rows, (row) => {
		if (user[row] < 0) return random.int(FOLDS);
		const known = fold.get(user[row]) ?? random.int(FOLDS);
		fold.set(user[row], known);
		return known;
	});
}

function grouped(seen: Seen, rows: Int32Array, of: (row: number) => number): Groups {
	const keys = Float64Array.from(rows, of);
	const places = Int32Array.from(rows.keys());
	if (keys.some((key, i) => i > 0 && key < keys[i - 1])) places.sort((a, b) => keys[a] - keys[b] || a - b);
	const ends: number[] = [];
	for (let i = 1; i <= places.length; i++)
		if (i === places.length || keys[places[i]] !== keys[places[i - 1]]) ends.push(i);
	return { seen, places, ends: Int32Array.from(ends) };
}
