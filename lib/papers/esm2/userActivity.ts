import { InputError } from "../../core/problem";
import type { Dataset } from "../../data/dataset";
import type { Groups } from "../../metrics/evaluateBy";

/**
 * How many conversions each user has in the training part, by user number. Test conversions are left out: to group by them would be to
 * group by the outcome.
 *
 * @throws InputError a log that names no users or has no conversions
 */
export function purchasesInTraining({
	name,
	user,
	events,
	split,
}: Pick<Dataset, "name" | "user" | "events" | "split">): Int32Array {
	const { conversion } = events;
	if (!user || !conversion)
		throw new InputError(`${name} names no ${user ? "conversions" : "users"}: purchases of users cannot be counted`);
	const counts = new Int32Array(user.reduce((most, one) => Math.max(most, one + 1), 0));
	for (const row of split.train) if (user[row] >= 0 && conversion[row] === 1) counts[user[row]]++;
	return counts;
}

/** Groups of counts: each holds the counts up to its own, above those of the group before; the last one all others. */
export interface CountGroups {
	/** The largest count of each group but the last, rising. */
	edges: readonly number[];
	/** "0", "1–2", "3 or more". */
	names: readonly string[];
}

/**
 * Groups of about equal size, cut at the quantiles of the rows' counts. Equal counts stay together, so there are fewer groups where one
 * count has more rows than a group should.
 *
 * @param counts one a row; negative ones are of no group
 */
export function quantileGroups(counts: readonly Int32Array[], most: number): CountGroups {
	const sorted = Int32Array.from(counts.flatMap((some) => [...some.filter((count) => count >= 0)])).sort();
	if (sorted.length === 0) throw new InputError("no row has a count to group by");
	const last = sorted[sorted.length - 1];
	const cuts = Array.from({ length: most - 1 }, (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / most) - 1]);
	const edges = [...new Set(cuts)].filter((cut) => cut < last);
	const names = [...edges, last].map((edge, i) => {
		const from = i === 0 ? 0 : edges[i - 1] + 1;
		if (i === edges.length) return i === 0 ? "any" : `${from} or more`;
		return from === edge ? `${edge}` : `${from}–${edge}`;
	});
	return { edges, names };
}

/** The group of each count; −1 for a negative one. */
export function groupsOf(counts: Int32Array, { edges, names }: CountGroups): Groups {
	const codes = counts.map((count) => {
		if (count < 0) return -1;
		const at = edges.findIndex((edge) => count <= edge);
		return at < 0 ? edges.length : at;
	});
	return { codes, names };
}
