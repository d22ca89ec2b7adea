import { derives } from "../core/graph";
import { directionOf, probOf } from "../core/metricName";
import { type AnyHyper, type AnyModel, withHyper } from "../core/model";
import { InputError, unknownName } from "../core/problem";
import type { Dataset } from "../data/dataset";
import { evaluate, labelled } from "../metrics/evaluate";
import type { MetricValue } from "../metrics/value";
import { labelsFor } from "../train/labels";
import { describe, execute } from "./run";
import type { Store } from "./store";
import { insideTraining, lastDays } from "./subsample";

/** How far back a model's training reaches, and what was tried to choose it. */
export interface TrainingWindow {
	/** The last so many days of the training part; absent: all of them. Goes into a run as its `days`. */
	days?: number;
	/** Each window with the metric on the days that were held out, and the rows that were trained on; the chosen one is among them. */
	tried: readonly { days?: number; rows: number; metric: MetricValue }[];
	/** The choice in words. */
	told: string;
}

/** What to choose a window for. */
export interface ChooseWindow {
	store: Store;
	data: Dataset;
	seed: number;
	hyper?: Readonly<Record<string, unknown>>;
	/** Days of the window that is tried beside the whole training part. MetaCVR trains XGBoost on the last 20. */
	days?: number;
	/** Last days of the training part that the windows are judged on, and that neither is trained on. */
	held?: number;
	/** The metric that chooses. */
	metric?: string;
	signal?: AbortSignal;
}

/**
 * Trains a model on the whole training part and on its last days, both without the last 5 days of it, and chooses the one that is better
 * on those: neither the validation nor the test part is looked at. (MetaCVR: "XGBoost trains on the last 20 days, because that beat all
 * days"; where the choice was made is not stated.) The runs are in the store as any other.
 *
 * Where what comes before them has no more days than the window, the window is all of it, and one model is trained.
 *
 * A window whose metric cannot be computed is not chosen; where that is so of both, and where they are equal, all days are.
 *
 * @throws InputError a metric that cannot choose or that the log does not give, before anything is trained; a log that does not tell the time of its rows, or whose training part has no more days than are held out
 */
export async function chooseWindow(
	model: AnyModel,
	{ store, data, seed, hyper, days = 20, held = 5, metric = "auc(conversion|click)", signal }: ChooseWindow,
): Promise<TrainingWindow> {
	const inside = insideTraining(data, held);
	checkMetric(model, inside, withHyper(model, hyper ?? {}), metric);
	const isWhole = lastDays(inside, days).split.train.length === inside.split.train.length;
	const tried: TrainingWindow["tried"][number][] = [];
	for (const window of isWhole ? [{}] : [{}, { days }]) {
		const run = describe(model, { ...window, hyper, seed, data: inside.fingerprint });
		const result = await execute(model, run, { store, data: async () => inside, signal });
		if (!result.metrics[metric]) throw unknownName("metric to choose by", metric, Object.keys(result.metrics));
		tried.push({ ...window, rows: result.data.rows.train, metric: result.metrics[metric] });
	}
	const score = ({ metric: { value } }: (typeof tried)[number]) =>
		value === null ? Number.NEGATIVE_INFINITY : directionOf(metric) * value;
	const all = tried[0];
	const last = isWhole ? undefined : tried[1];
	const chosen = last && score(last) > score(all) ? last : all;
	const words = tried.map(({ days, rows, metric: { value, se, reason } }) => {
		const what = days === undefined ? "all days" : `the last ${days} days`;
		return `${what} (${rows} rows): ${value === null ? `none (${reason})` : `${value.toFixed(4)} ± ${(se ?? Number.NaN).toFixed(4)}`}`;
	});
	const named = chosen.days === undefined ? "all days are" : `the last ${chosen.days} days are`;
	return {
		...(chosen.days === undefined ? {} : { days: chosen.days }),
		tried,
		told: `${model.name}: ${named} trained on, by ${metric} on the last ${held} days of the training part: ${words.join("; ")}${isWhole ? `; before these it has no more than ${days} days, so the window is all of it` : ""}`,
	};
}

/** Refuses a metric that cannot choose, or that predictions of the model have no value for on this log, by the names of those that have. */
function checkMetric(model: AnyModel, inside: Dataset, hyper: AnyHyper, metric: string): void {
	directionOf(metric);
	const prob = probOf(metric);
	if (!derives(model.graph, prob))
		throw new InputError(`"${metric}" cannot choose: the behaviour graph of ${model.name} gives no P(${prob})`);
	const data = labelsFor(model, hyper, inside);
	const rows = data.split.valid;
	const known = evaluate({ [prob]: new Float32Array(rows.length).fill(0.5) }, labelled(data, rows));
	if (!Object.hasOwn(known, metric)) throw unknownName("metric to choose by", metric, Object.keys(known));
}
