import { holm } from "../../metrics/comparison/holm";
import { type PooledSummary, pooledPaired } from "../../metrics/comparison/pooled";
import { type PhaseEffect, phaseEffects } from "./effects";
import type { PhaseWorld } from "./phases";
import type { PhaseRuns, WorldRuns } from "./runs";

/** What a difference to click space shows at the 5 % level, after Holm over all of the diagram; "no test" where none could be made. */
export type PhaseVerdict = "better" | "no difference seen" | "worse" | "no test";

/** A model less the one of click space in one metric and world. */
export interface PhaseDifference extends PooledSummary {
	/** One a log. */
	values: number[];
	/** p after Holm over every comparison of the diagram. */
	adjusted: number | null;
	verdict: PhaseVerdict;
}

/**
 * How the usual offline metric stands to the truth in a world.
 *
 * - "agrees": both see the same; "opposite": both see a difference, one up, one down.
 * - "misses": the truth shows a difference that the offline metric does not; "invents": the other way round.
 * - "nothing seen": neither sees one.
 * - "no test": one of them could not be tested, so nothing can be said.
 */
export type Agreement = "agrees" | "opposite" | "misses" | "invents" | "nothing seen" | "no test";

/** A model in a world. */
export interface PhaseCell {
	model: string;
	world: PhaseWorld;
	truth: PhaseDifference;
	offline: PhaseDifference;
	agreement: Agreement;
	/** Of how many logs the signs of the two differences are opposite: who has that log alone and no oracle takes the wrong model. */
	misled: number;
	/** Conversions among the clicked test rows of a log, on average: what the offline metric rests on. */
	positives: number;
}

/** A phase diagram, judged. */
export interface JudgedPhases {
	cells: PhaseCell[];
	/** What each knob does between its lowest and its highest level. */
	effects: PhaseEffect[];
	/** Comparisons of the diagram, cells and effects, in both metrics: Holm is over all of them. */
	tests: number;
}

const metricsOf = ["truth", "offline"] as const;

/**
 * Judges a phase diagram: in each world each model less the baseline, over the world's logs, by the truth and by the offline metric.
 *
 * Logs of worlds with the same numbers of impressions and the same purchase rate are taken to spread alike, so their deviation is
 * pooled for each model and metric (`pooledPaired`); no two worlds share a log.
 */
export function judgePhases({ plan, scale, worlds }: Pick<PhaseRuns, "plan" | "scale" | "worlds">): JudgedPhases {
	const compared = plan.models.flatMap((model) =>
		metricsOf.map((metric) => ({ model, metric, summaries: comparedIn(worlds, model, plan.baseline, plan[metric]) })),
	);
	const effects = compared.flatMap(({ model, metric, summaries }) =>
		phaseEffects(
			plan.scales[scale],
			worlds.map(({ world }, i) => ({ world, group: groupOf(world), difference: summaries[i] })),
		).map((effect) => ({ model, metric, ...effect })),
	);
	const all = [...compared.flatMap(({ summaries }) => summaries.map(({ p }) => p)), ...effects.map(({ p }) => p)];
	const adjusted = holm(all);
	const differences = compared.map(({ summaries }, k) =>
		summaries.map((one, i): PhaseDifference => {
			const p = adjusted[k * worlds.length + i];
			return { ...one, adjusted: p, verdict: verdictOf(one.mean, p) };
		}),
	);
	const cells = plan.models.flatMap((model, m) =>
		worlds.map(({ world, results }, i): PhaseCell => {
			const [truth, offline] = [differences[2 * m][i], differences[2 * m + 1][i]];
			const misled = truth.values.filter((value, log) => value * offline.values[log] < 0).length;
			const clicked = results[plan.baseline].map((run) => run.test?.[plan.offline]?.positives ?? 0);
			const positives = clicked.reduce((a, b) => a + b, 0) / clicked.length;
			return { model, world, truth, offline, agreement: agreementOf(truth, offline), misled, positives };
		}),
	);
	const first = all.length - effects.length;
	return {
		cells,
		effects: effects.map((effect, i) => ({ ...effect, adjusted: adjusted[first + i] })),
		tests: all.filter((p) => p !== null).length,
	};
}

type Compared = PooledSummary & { values: number[] };

/** A model less the baseline in every world, the deviation pooled within groups of worlds. */
function comparedIn(worlds: readonly WorldRuns[], model: string, baseline: string, metric: string): Compared[] {
	const of = ({ results }: WorldRuns, name: string) =>
		results[name].map((run) => run.test?.[metric]?.value ?? Number.NaN);
	const values = worlds.map((world) => ({ a: of(world, model), b: of(world, baseline), group: groupOf(world.world) }));
	const found = new Map<(typeof values)[number], PooledSummary>();
	for (const name of new Set(values.map(({ group }) => group))) {
		const group = values.filter((one) => one.group === name);
		for (const [i, summary] of pooledPaired(group).entries()) found.set(group[i], summary);
	}
	return values.map((one) => ({
		...(found.get(one) as PooledSummary),
		values: one.a.map((value, i) => value - one.b[i]),
	}));
}

const groupOf = ({ rows, cvr }: PhaseWorld): string => `${rows} ${cvr}`;

function verdictOf(mean: number, adjusted: number | null): PhaseVerdict {
	if (adjusted === null) return "no test";
	return adjusted > 0.05 || mean === 0 ? "no difference seen" : mean > 0 ? "better" : "worse";
}

function agreementOf(truth: PhaseDifference, offline: PhaseDifference): Agreement {
	if (truth.verdict === "no test" || offline.verdict === "no test") return "no test";
	const [there, here] = [truth, offline].map(({ verdict }) => verdict !== "no difference seen");
	if (there && here) return truth.verdict === offline.verdict ? "agrees" : "opposite";
	return there ? "misses" : here ? "invents" : "nothing seen";
}
