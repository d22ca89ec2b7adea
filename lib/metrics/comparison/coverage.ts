import { type Random, stream } from "../../core/random";
import { type Binormal, type DrawnScores, drawScores, populationAuc, shiftOf } from "./binormal";

/** A 95 % interval of a difference, with its test. */
export interface Interval {
	low: number;
	high: number;
	p: number | null;
}

/** How often an interval held the truth, and how often its test rejected "no difference" where there was none. */
export interface Coverage {
	covers: number;
	rejects: number;
}

/** A population that samples are drawn from, and the true difference of a and b in it. */
export interface Population {
	truth: number;
	/** A sample of it; each call draws another. */
	sample(): DrawnScores;
}

/** What is drawn: AUC of a anywhere in [0.6, 0.85], that of b at most 0.04 from it. */
export type Drawing = Pick<Binormal, "users" | "rowsPerUser" | "effect">;

const [LEAST, MOST, APART] = [0.6, 0.85, 0.04];

/** The true difference that a metric has between two shifts. */
export type TrueDifference = (shift: Binormal["shift"], form: Pick<Binormal, "spread" | "effect">) => number;

const ofAuc: TrueDifference = (shift, form) => populationAuc(shift.a, form) - populationAuc(shift.b, form);

/**
 * Share of drawn populations in which each interval covers the true difference, and share of others, without a difference, in which
 * each test rejects at 5 %.
 *
 * @param pairs populations drawn with a difference; `nulls` without one
 * @param intervals by name, from samples of a population
 * @returns by name, as `intervals`
 */
export function coverage<Name extends string>(
	{ seed, pairs, nulls, drawing }: { seed: number; pairs: number; nulls: number; drawing: Drawing },
	intervals: (population: Population, draw: number) => Record<Name, Interval>,
	truthOf: TrueDifference = ofAuc,
): Record<Name, Coverage> {
	const random = stream(seed, "coverage");
	const found = new Map<string, Coverage>();
	for (let draw = 0; draw < pairs + nulls; draw++) {
		const population = populationOf(drawing, draw < pairs, random, truthOf);
		for (const [name, interval] of Object.entries<Interval>(intervals(population, draw))) {
			const { low, high, p } = interval;
			const tally = found.get(name) ?? { covers: 0, rejects: 0 };
			found.set(name, tally);
			if (draw < pairs && low <= population.truth && population.truth <= high) tally.covers++;
			if (draw >= pairs && p !== null && p <= 0.05) tally.rejects++;
		}
	}
	const shares = [...found].map(([name, { covers, rejects }]) => [
		name,
		{ covers: covers / pairs, rejects: rejects / nulls },
	]);
	return Object.fromEntries(shares) as Record<Name, Coverage>;
}

function populationOf(drawing: Drawing, differs: boolean, random: Random, truthOf: TrueDifference): Population {
	const form = { ...drawing, spread: 1.2 };
	const auc = LEAST + (MOST - LEAST) * random.uniform();
	const other = differs ? auc + APART * (2 * random.uniform() - 1) : auc;
	const shift = { a: shiftOf(auc, form), b: shiftOf(other, form) };
	return { truth: truthOf(shift, form), sample: () => drawScores({ ...form, shift }, random) };
}
