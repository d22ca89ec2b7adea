import { InputError } from "../../core/problem";
import { type KeptPredictions, readPredictions } from "../../experiment/predictions";
import type { RunResult } from "../../experiment/result";
import { load } from "../../experiment/source";
import { evaluateBy, type GroupMetrics } from "../../metrics/evaluateBy";
import { simulated } from "../table/jobsOfTable";
import type { PaperRuns } from "../table/runPaperTable";
import { type CountGroups, groupsOf, purchasesInTraining, quantileGroups } from "./userActivity";

/** The two methods of Figure 7. */
export const activityMethods = ["ESMM", "ESM2"] as const;

/** What is measured in each group, over test rows: as people are judged offline, and against the truth, which needs no purchases. */
export const activityMetrics = [
	"auc(conversion|click)",
	"auc(conversion|impression)",
	"truth.auc(conversion|click)",
] as const;

/** A metric of both methods in one group, a value a seed; null where the group's rows have one class alone. */
export type ActivityValues = Record<(typeof activityMethods)[number], (number | null)[]>;

/** Users with about as many purchases. */
export interface ActivityGroup {
	/** How many purchases in the training part: "0", "1–2", "3 or more". */
	name: string;
	/** Test impressions, and conversions among them, of all seeds. */
	rows: number;
	conversions: number;
	/** By metric. */
	values: Record<(typeof activityMetrics)[number], ActivityValues>;
}

/** Figure 7 of ESM²: the methods by how much users buy. */
export interface UserActivity {
	/** The runs that it rests on: ESMM's, then ESM²'s, seeds in order. */
	runs: string[];
	log: string;
	seeds: number;
	groups: ActivityGroup[];
}

/** Version of how users are grouped and what is measured of them: one up whenever a kept figure would come out otherwise. */
export const activityVersion = 1;

/** The hashes of the runs that Figure 7 rests on. */
export const runsOfActivity = ({ results }: Pick<PaperRuns, "results">): string[] =>
	activityMethods.flatMap((label) => (results[label] ?? []).map(({ run }) => run));

/**
 * ESMM and ESM² within groups of users by their purchases, from the kept predictions of Table 3 (Wen et al. 2020, §4.3.4, Figure 7).
 * Purchases are counted in the training part, groups cut at quantiles of the test impressions of all seeds, at most four of them.
 *
 * Each seed's log is made anew to count, so it takes some seconds a seed.
 *
 * @throws InputError a table without ESMM and ESM², runs that kept no predictions
 * @throws Error a log that is not the runs'
 */
export async function userActivity(runs: PaperRuns): Promise<UserActivity> {
	const { results, store } = runs;
	for (const label of activityMethods)
		if (!results[label]) throw new InputError(`Figure 7 compares ESMM and ESM2: ${runs.plan.title} has no ${label}`);
	const seeds = results.ESMM.map((result, i) => ({ ESMM: result, ESM2: results.ESM2[i] }));
	const bought: Int32Array[] = [];
	for (const { ESMM } of seeds) {
		const { rows, user } = await readPredictions(store, ESMM.run, "test");
		const purchases = await purchasesOf(runs, ESMM);
		bought.push(rows.map((_, i) => (user && user[i] >= 0 ? purchases[user[i]] : -1)));
	}
	const groups = quantileGroups(bought, 4);
	const found: Record<(typeof activityMethods)[number], GroupMetrics[]>[] = [];
	for (const [i, { ESMM, ESM2 }] of seeds.entries())
		found.push({
			ESMM: measured(await readPredictions(store, ESMM.run, "test"), bought[i], groups),
			ESM2: measured(await readPredictions(store, ESM2.run, "test"), bought[i], groups),
		});
	return {
		...{ runs: runsOfActivity(runs), log: logOf(runs, seeds[0].ESMM), seeds: seeds.length },
		groups: groups.names.map((name, g) => ({
			name,
			rows: sum(found.map(({ ESMM }) => ESMM[g].rows)),
			conversions: sum(found.map(({ ESMM }) => ESMM[g].metrics["auc(conversion|impression)"].positives)),
			values: Object.fromEntries(
				activityMetrics.map((metric) => [metric, valuesOf(found, g, metric)]),
			) as ActivityGroup["values"],
		})),
	};
}

/** 'simulated log "esm2", 300,000 impressions'. */
const logOf = ({ plan, scale, data }: PaperRuns, { data: { name, read } }: RunResult): string =>
	`${data ? name : `simulated log "${plan.protocol.scales[scale].preset}"`}, ${read.toLocaleString("en-US")} impressions`;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Purchases of each user in the training part of a run's log. */
async function purchasesOf({ plan, scale, data }: PaperRuns, result: RunResult): Promise<Int32Array> {
	const log = await load(data ?? simulated(plan, plan.protocol.scales[scale], result.seed));
	if (log.fingerprint !== result.data.fingerprint)
		throw new Error(`${log.name} has changed: run ${result.run.slice(0, 12)} was on another log`);
	return purchasesInTraining(log);
}

function measured(kept: KeptPredictions, bought: Int32Array, groups: CountGroups): GroupMetrics[] {
	const probs = ["conversion|click", "conversion|impression"] as const;
	const predictions = Object.fromEntries(probs.map((prob) => [prob, kept.predictions[prob]]));
	return evaluateBy(predictions, kept, groupsOf(bought, groups)).groups;
}

const valuesOf = (
	found: readonly Record<(typeof activityMethods)[number], GroupMetrics[]>[],
	group: number,
	metric: string,
): ActivityValues => ({
	ESMM: found.map(({ ESMM }) => ESMM[group].metrics[metric]?.value ?? null),
	ESM2: found.map(({ ESM2 }) => ESM2[group].metrics[metric]?.value ?? null),
});
