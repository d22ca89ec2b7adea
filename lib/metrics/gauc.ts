import { nanError } from "./notNumbers";
import { bitsOf, sortable, sortKeys } from "./radix";

/** What a user counts for in a GAUC: the user's rows, the user's clicked rows, or every user the same. */
export const gaucWeights = ["impressions", "clicks", "uniform"] as const;
export type GaucWeight = (typeof gaucWeights)[number];

/** A GAUC and whom it covers. */
export interface Gauc {
	/** In [0, 1]; null when no user has both classes, or the users that have them weigh nothing. */
	value: number | null;
	/** Standard error over users, who are taken as independent; null below two of them. */
	se: number | null;
	/** Rows of the users that it covers, and positives among them. */
	n: number;
	positives: number;
	/** Users with both classes, whom it covers, and users with any row. */
	users: { covered: number; all: number };
}

/**
 * Mean AUC within users: Σ w_u · AUC_u / Σ w_u over the users u that have both classes, AUC_u with mid-ranks among the user's own
 * rows (Zhu et al. 2017, KDD, with a user's impressions as weight; ESM², Wen et al. 2020, takes every user the same).
 *
 * Rows are put beside those of their user by counting, positives before negatives, in O(n). The pairs won are whole numbers, so
 * AUC_u is exact; sums over users run in float64 by rising number of the user.
 *
 * @param scores one a row; only their order within a user counts
 * @param labels 0 or 1 a row
 * @param user whole numbers from 0 without great gaps (memory is 12 bytes for each up to the largest); a row of a negative one has no
 * user and is left out
 * @param clicks 0 or 1 a row, which the weight "clicks" needs
 * @throws InputError NaN scores, counted
 * @throws Error lengths that differ, no clicks for their weight
 */
export function gauc(
	scores: Float32Array,
	labels: Uint8Array,
	user: Int32Array,
	weight: GaucWeight = "impressions",
	clicks?: Uint8Array,
): Gauc {
	if (weight === "clicks" && clicks?.length !== user.length)
		throw new Error("gauc: the weight clicks needs the clicks of the rows");
	const counted = new Uint32Array(weight === "clicks" ? usersIn(user) : 0);
	if (clicks && weight === "clicks")
		for (let row = 0; row < user.length; row++) if (user[row] >= 0) counted[user[row]] += clicks[row];
	return gaucs({ scores, labels, user }, [weight], counted)[0];
}

function usersIn(user: Int32Array): number {
	let most = -1;
	for (let row = 0; row < user.length; row++) {
		const u = user[row];
		if (u > most) most = u;
	}
	return most + 1;
}

/**
 * `gauc` under several weights for little more than one.
 *
 * @param clicks by user, which the weight "clicks" needs; as long as there are users, or longer
 * @param keys as long as the rows; overwritten
 */
export function gaucs(
	{ scores, labels, user }: { scores: Float32Array; labels: Uint8Array; user: Int32Array },
	weights: readonly GaucWeight[],
	clicks?: Uint32Array,
	keys: Uint32Array = new Uint32Array(scores.length),
): Gauc[] {
	if (weights.length === 0) return [];
	if (labels.length !== scores.length || user.length !== scores.length)
		throw new Error(`gauc: ${scores.length} scores, ${labels.length} labels, ${user.length} users`);
	const users = usersIn(user);
	const { all, ends, covered } = grouped(scores, labels, user, users, keys);
	const sums = weights.map(() => ({ weight: 0, value: 0 }));
	const aucs = new Float64Array(covered);
	const weigh = (weight: GaucWeight, u: number, rows: number) =>
		weight === "impressions" ? rows : weight === "clicks" ? (clicks?.[u] ?? 0) : 1;
	let [n, positives, k, from] = [0, 0, 0, 0];
	for (let u = 0; u < users; u++) {
		const [to, middle] = [ends[2 * u], ends[2 * u + 1]];
		if (to === LEFT_OUT) continue;
		const value = aucOf(keys, from, middle, to);
		aucs[k++] = value;
		for (let i = 0; i < weights.length; i++) {
			const w = weigh(weights[i], u, to - from);
			sums[i].weight += w;
			sums[i].value += w * value;
		}
		n += to - from;
		positives += middle - from;
		from = to;
	}
	const squares = weights.map(() => 0);
	for (let u = 0, at = 0, begin = 0; u < users; u++) {
		const to = ends[2 * u];
		if (to === LEFT_OUT) continue;
		for (let i = 0; i < weights.length; i++) {
			const { weight, value } = sums[i];
			const influence = weigh(weights[i], u, to - begin) * (aucs[at] - value / weight);
			squares[i] += influence * influence;
		}
		begin = to;
		at++;
	}
	return sums.map(({ weight, value }, i) => ({
		value: weight > 0 ? value / weight : null,
		se: weight > 0 && covered > 1 ? Math.sqrt((squares[i] * covered) / (covered - 1)) / weight : null,
		n,
		positives,
		users: { covered, all },
	}));
}

const LEFT_OUT = 0xffffffff;

/**
 * Puts the scores of each user with both classes side by side into `keys`, as keys that sort as they do: user after user, each
 * with the positives first. Two `ends` a user, beside each other for the processor's sake: of the negatives, LEFT_OUT for a user
 * without both classes, and of the positives, which is where the negatives begin.
 */
function grouped(scores: Float32Array, labels: Uint8Array, user: Int32Array, users: number, keys: Uint32Array) {
	const ends = new Uint32Array(2 * users);
	for (let row = 0; row < user.length; row++) {
		if (Number.isNaN(scores[row])) throw nanError(scores);
		const u = user[row];
		if (u >= 0) ends[2 * u + (labels[row] & 1)]++;
	}
	let [at, all, covered] = [0, 0, 0];
	for (let u = 0; u < users; u++) {
		const [negatives, positives] = [ends[2 * u], ends[2 * u + 1]];
		if (positives + negatives > 0) all++;
		if (positives === 0 || negatives === 0) {
			ends[2 * u] = LEFT_OUT;
			continue;
		}
		covered++;
		ends[2 * u + 1] = at;
		ends[2 * u] = at + positives;
		at += positives + negatives;
	}
	const bits = bitsOf(scores);
	for (let row = 0; row < user.length; row++) {
		const u = user[row];
		if (u < 0 || ends[2 * u] === LEFT_OUT) continue;
		keys[ends[2 * u + (labels[row] & 1)]++] = sortable(bits[row]);
	}
	return { all, ends, covered };
}

/** AUC of the positives in `[from, middle)` against the negatives in `[middle, to)`; many of both are sorted in place first. */
function aucOf(keys: Uint32Array, from: number, middle: number, to: number): number {
	const [positives, negatives] = [middle - from, to - middle];
	// Twice the pairs won: 2 for a pair in the right order, 1 for a tie.
	let won = 0;
	if (positives * negatives > 64 * (positives + negatives)) {
		sorted(keys.subarray(from, middle));
		sorted(keys.subarray(middle, to));
		for (let i = from, below = middle, through = middle; i < middle; i++) {
			const key = keys[i];
			while (below < to && keys[below] < key) below++;
			while (through < to && keys[through] <= key) through++;
			won += below + through - 2 * middle;
		}
	} else
		for (let i = from; i < middle; i++) {
			const key = keys[i];
			for (let j = middle; j < to; j++) won += (key > keys[j] ? 1 : 0) + (key >= keys[j] ? 1 : 0);
		}
	return won / (2 * positives * negatives);
}

/** Sorts keys in place; from some thousands on the radix sort is the faster. */
function sorted(keys: Uint32Array): void {
	if (keys.length > 4096) sortKeys(keys, new Uint32Array(keys.length));
	else keys.sort();
}
