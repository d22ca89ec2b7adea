/** A round of a search: its trials train on a share of the rows, and at most so many of a model are in it. */
export interface Rung {
	share: number;
	most: number;
}

/**
 * The rounds of a search with n trials. Grid and random search have one, over all rows. Successive halving (Jamieson & Talwalkar,
 * AISTATS 2016) with η = 2 has ⌊log₂ n⌋ + 1: n trials at the smallest share, then half as many with twice the rows, until one has all.
 */
export function rungsOf(search: string, trials: number): Rung[] {
	if (search !== "halving") return [{ share: 1, most: Number.POSITIVE_INFINITY }];
	const last = Math.floor(Math.log2(trials));
	return Array.from({ length: last + 1 }, (_, k) => ({ share: 2 ** (k - last), most: Math.floor(trials / 2 ** k) }));
}

/** A trial with its score: null where the metric could not be computed, undefined where a run failed. */
export interface Scored {
	index: number;
	score: number | null | undefined;
	/** What is wrong with it: a training that exploded, a tower that collapsed. */
	unsound?: readonly string[];
}

/**
 * Trials, the best first: by score, unsound ones behind the sound, those without a value (null) last; equal ones in the order of the
 * search. One with a failed run is not among them.
 */
export function ranked<T extends Scored>(trials: readonly T[], better: 1 | -1): T[] {
	const value = ({ score }: T) => (score === null ? Number.NEGATIVE_INFINITY : better * (score as number));
	const rank = ({ score, unsound = [] }: T) => (score === null ? 2 : unsound.length > 0 ? 1 : 0);
	return trials
		.filter(({ score }) => score !== undefined)
		.sort((a, b) => rank(a) - rank(b) || (value(a) === value(b) ? a.index - b.index : value(b) - value(a)));
}
