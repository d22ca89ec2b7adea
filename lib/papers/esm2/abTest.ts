import { type Replayed, readReplayed } from "../../experiment/replayed";
import { holm } from "../../metrics/comparison/holm";
import { type PairedSummary, paired } from "../../metrics/comparison/paired";
import type { Lift } from "../../simulator/rerank";
import { liftsOverUsers, type OfRequests, ofUsers } from "../../simulator/rerankUsers";
import type { PaperRuns } from "../table/runPaperTable";

/** What a method's slates bring, over all logs. */
export interface AbMethod {
	label: string;
	model: string;
	/** Expected clicks of a slate. */
	clicks: number;
	/** Expected conversions of a slate. */
	conversions: number;
	/** Σ pctcvr / Σ pctr. */
	cvr: number;
	/** The same of each seed's log, seeds in order. */
	seeds: { clicks: number; conversions: number; cvr: number }[];
}

/** A method relative to another, minus 1: 0.02 is two per cent more. */
export interface AbLift {
	label: string;
	against: string;
	/** Σ pctcvr / Σ pctr of the slates, or Σ pctcvr. */
	measure: "cvr" | "conversions";
	/** Of all logs together, with the bootstrap over users. */
	users: Lift;
	/** Its mean over logs, with the t-interval over seeds. */
	seeds: PairedSummary;
	/** p over seeds after Holm over all lifts of the test; null where there is no test. */
	adjusted: number | null;
}

/** A simulated A/B test of a table's methods. */
export interface AbTest {
	title: string;
	/** Requests that were ranked anew, and users they are of, over all logs. */
	requests: number;
	users: number;
	logs: number;
	methods: AbMethod[];
	/** Each method against each baseline, but no baseline against a later one: CVR, then conversions. */
	lifts: AbLift[];
}

const measures = ["cvr", "conversions"] as const;

/**
 * A simulated A/B test of the runs of a plan with `replay`: what each method's slates bring, and each method relative to the given ones,
 * with two intervals. Over users: the requests of all logs together, users drawn again; it knows nothing of how a training could have
 * gone otherwise. Over seeds: lifts of single logs, each with a training of its own.
 *
 * @param against labels of baselines; by default the plan's, and ESMM where there is one
 * @throws InputError runs that kept no outcomes
 */
export async function abTest(
	{ plan, results, store }: Pick<PaperRuns, "plan" | "results" | "store">,
	against: readonly string[] = [plan.baseline, "ESMM"].filter(
		(label, i, all) => results[label] && all.indexOf(label) === i,
	),
): Promise<AbTest> {
	const labels = Object.keys(results);
	const outcomes: Replayed[][] = [];
	for (const label of labels) {
		const ofMethod: Replayed[] = [];
		for (const { run } of results[label]) ofMethod.push(await readReplayed(store, run));
		outcomes.push(ofMethod);
	}
	for (const [m, logs] of outcomes.entries())
		for (const [s, { table }] of logs.entries())
			if (table !== outcomes[0][s].table)
				throw new Error(`${labels[m]} and ${labels[0]} have ranked other requests of seed number ${s + 1}`);
	const pooled = outcomes.map(ofUsers);
	const methods = labels.map((label, m): AbMethod => {
		const seeds = outcomes[m].map(ofSlates);
		return { label, model: modelOf(plan, label), ...ofSlates(joined(outcomes[m])), seeds };
	});
	const pairs = against.flatMap((baseline, b) =>
		labels.flatMap((label, m) =>
			against.slice(0, b + 1).includes(label) ? [] : [[m, labels.indexOf(baseline)] as const],
		),
	);
	const lifts = liftsOverUsers(pooled, pairs, { seed: 1 }).flatMap((users, i) => {
		const [ours, baseline] = pairs[i].map((m) => methods[m]);
		return measures.map((measure) => {
			const alone = ours.seeds.map((seed, s) => seed[measure] / baseline.seeds[s][measure] - 1);
			const seeds = paired(alone, new Array<number>(alone.length).fill(0));
			return { label: ours.label, against: baseline.label, measure, users: users[measure], seeds };
		});
	});
	const adjusted = holm(lifts.map(({ seeds }) => seeds.p));
	return {
		title: plan.title,
		requests: outcomes[0].reduce((sum, { user }) => sum + user.length, 0),
		users: pooled[0].clicks.length,
		logs: outcomes[0].length,
		methods,
		lifts: lifts.map((lift, i) => ({ ...lift, adjusted: adjusted[i] })),
	};
}

const modelOf = ({ methods }: PaperRuns["plan"], label: string): string =>
	methods.find((method) => method.label === label)?.model ?? label;

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** Means of a slate. */
function ofSlates({ clicks, conversions }: OfRequests): AbMethod["seeds"][number] {
	const [allClicks, allConversions] = [sum(clicks), sum(conversions)];
	return {
		clicks: allClicks / clicks.length,
		conversions: allConversions / clicks.length,
		cvr: allConversions / allClicks,
	};
}

/** Logs one behind the other; whose request it is does not matter. */
function joined(logs: readonly OfRequests[]): OfRequests {
	const all = (of: "clicks" | "conversions") => Float64Array.from(logs.flatMap((log) => [...log[of]]));
	return { user: new Int32Array(0), clicks: all("clicks"), conversions: all("conversions") };
}
