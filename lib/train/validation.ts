import { choosesEpochs, directionOf, type MetricName, probOf } from "../core/metricName";
import type { Stage } from "../core/model";
import { spaceOf } from "../core/prob";
import { unknownName } from "../core/problem";
import { type Dataset, rowsIn } from "../data/dataset";
import { evaluate, labelled } from "../metrics/evaluate";
import { whyNotFinite } from "./doctor/notFinite";
import { evaluateFolder } from "./evaluateFolder";
import type { Feed } from "./feed";
import { predictRows } from "./predictRows";
import type { Network } from "./step";
import { TrainingError } from "./trainEvent";

/**
 * Refuses a stage that chooses its epoch by a metric which the log cannot give: an AUC within users without users, an error
 * against a truth that nobody knows.
 *
 * @throws InputError naming the metric and the nearest that there is
 */
export function checkChoices({ data }: Pick<Feed, "data">, stages: readonly Stage[]): void {
	const none = labelled(data, new Int32Array(0));
	for (const { choose } of stages) {
		const known = Object.keys(evaluate({ [probOf(choose)]: new Float32Array(0) }, none)).filter(choosesEpochs);
		if (!known.includes(choose)) throw unknownName(`metric of the log ${data.name}`, choose, known);
	}
}

/** Whether a value of a metric is better than the best before. */
export const isBetter = (metric: MetricName, value: number, best: number): boolean =>
	directionOf(metric) * (value - best) > 0;

/**
 * The value of a metric on all validation rows, or null where it has none (a class is absent). A streamed folder's is the same
 * to the last bit as in memory.
 *
 * @throws TrainingError a prediction that is not a number
 */
export async function validated(
	network: Network,
	feed: Feed,
	choose: MetricName,
	signal: AbortSignal | undefined,
): Promise<number | null> {
	const prob = probOf(choose);
	const scoresOn = (data: Dataset, rows: Int32Array) => {
		const scores = predictRows({ ...network, data }, rows, [prob]);
		if (scores[prob].some(Number.isNaN))
			throw new TrainingError(
				`${network.model.name}: P(${prob}) is not a number on validation rows: ${whyNotFinite(data, rows, network.weights)}. Try a smaller lr (now ${network.hyper.lr})`,
			);
		return scores;
	};
	if (feed.folder !== undefined) {
		const metrics = await evaluateFolder({
			fitted: { predictOn: scoresOn },
			folder: feed.folder,
			part: "valid",
			signal,
		});
		return metrics[choose].value;
	}
	const { data } = feed;
	const { valid } = data.split;
	// Against labels only the rows of its space count, so no others need be predicted.
	const rows = choose.startsWith("truth.") ? valid : rowsIn(data, valid, spaceOf(prob));
	return evaluate(scoresOn(data, rows), labelled(data, rows))[choose].value;
}
