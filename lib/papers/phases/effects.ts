import { type PooledSummary, spread } from "../../metrics/comparison/pooled";
import type { PhaseScale, PhaseWorld } from "./phases";

/** What a knob does to the difference between a model and the one of click space. */
export interface PhaseEffect extends Pick<PooledSummary, "mean" | "low" | "high" | "p" | "detectable" | "degrees"> {
	model: string;
	metric: "truth" | "offline";
	knob: keyof PhaseWorld;
	/** Its lowest and highest level. */
	from: number;
	to: number;
	/** Pairs of worlds that differ in the knob alone, over which `mean` is. */
	pairs: number;
	/** p after Holm over every comparison of the diagram. */
	adjusted: number | null;
}

/** A difference in a world, and the group of worlds whose deviation it shares. */
export interface WorldDifference {
	world: PhaseWorld;
	group: string;
	difference: PooledSummary;
}

/**
 * For each knob the difference at its highest level less that at its lowest, averaged over all pairs of worlds that differ in nothing
 * else, with its t-interval. Worlds share no log, so variances add: s²/n of every world over the square of the number of pairs, with
 * Satterthwaite's degrees of freedom over the groups (Welch 1947). A knob with one level has no effect; a pair with an untested
 * difference is left out of its average.
 */
export function phaseEffects(
	{ rho, levels }: Pick<PhaseScale, "rho" | "levels">,
	differences: readonly WorldDifference[],
): Omit<PhaseEffect, "model" | "metric" | "adjusted">[] {
	const knobs: readonly [keyof PhaseWorld, readonly number[]][] = [["rho", rho], ...entriesOf(levels)];
	return knobs.flatMap(([knob, all]) => {
		const [from, to] = [all[0], all[all.length - 1]];
		if (from === to) return [];
		const known = differences.filter(({ difference }) => difference.p !== null);
		const pairs = known.flatMap((high) => {
			const low = high.world[knob] === to && known.find(({ world }) => differsIn(knob, world, high.world, from));
			return low ? [{ low, high }] : [];
		});
		return pairs.length === 0 ? [] : [{ knob, from, to, pairs: pairs.length, ...average(pairs) }];
	});
}

const entriesOf = <K extends string, V>(record: Readonly<Record<K, V>>) => Object.entries(record) as [K, V][];

const differsIn = (knob: keyof PhaseWorld, world: PhaseWorld, other: PhaseWorld, from: number): boolean =>
	world[knob] === from && entriesOf({ ...world, [knob]: other[knob] }).every(([name, value]) => other[name] === value);

function average(pairs: readonly { low: WorldDifference; high: WorldDifference }[]) {
	const k = pairs.length;
	const mean = pairs.reduce((sum, { low, high }) => sum + high.difference.mean - low.difference.mean, 0) / k;
	const terms = new Map<string, { variance: number; degrees: number }>();
	for (const { group, difference } of pairs.flatMap(({ low, high }) => [low, high])) {
		const { variance } = terms.get(group) ?? { variance: 0 };
		const { std, n, degrees } = difference;
		terms.set(group, { variance: variance + (std * std) / n / (k * k), degrees });
	}
	const all = [...terms.values()];
	const variance = all.reduce((sum, term) => sum + term.variance, 0);
	const degrees = variance ** 2 / all.reduce((sum, term) => sum + term.variance ** 2 / term.degrees, 0);
	return { mean, ...spread(mean, Math.sqrt(variance), degrees), degrees };
}
