import { IMPRESSION } from "../core/prob";
import { InputError, unknownName } from "../core/problem";
import { bootstrapDifference, type Resampling } from "../metrics/comparison/bootstrap";
import type { ClusterDifference } from "../metrics/comparison/clusterDifference";
import { type KeptPredictions, readPredictions } from "./predictions";
import type { Part } from "./result";
import type { Store } from "./store";

const METRICS: readonly Resampling["metric"][] = ["auc", "gauc", "logloss", "pcoc"];

/** How two runs are compared. */
export interface CompareRuns {
	/** "test" unless said. */
	part?: Part;
	/** Times that users are drawn again; 1000 unless said. */
	replicates?: number;
	/** Which users are drawn; 0 unless said. */
	seed?: number;
}

/**
 * Two runs on the same rows compared by a metric, over the users of the rows (`bootstrapDifference`): from the predictions that both
 * have kept, on the rows of the metric's space alone.
 *
 * `await compareRuns(openStore(), "3fa9c2", "77b01e", "auc(conversion|click)")`
 *
 * @param a a run's hash, or as many of its first characters as no other run has
 * @param metric `auc(…)`, `gauc(…)`, `logloss(…)` or `pcoc(…)`
 * @returns a − b, its 95 % interval and p-value: of this pair of trainings, on such users; other seeds train other models
 * @throws InputError another metric, a probability that a run does not give, rows that differ, rows without users, no predictions
 */
export async function compareRuns(
	store: Store,
	a: string,
	b: string,
	metric: string,
	{ part = "test", replicates, seed = 0 }: CompareRuns = {},
): Promise<ClusterDifference> {
	const found = /^([a-z]+)\((\w+)\|(\w+)(?:;weight=(\w+))?\)$/.exec(metric);
	const name = METRICS.find((one) => one === found?.[1]);
	if (!found || !name)
		throw unknownName(
			"metric that runs are compared by",
			metric,
			METRICS.map((one) => `${one}(conversion|click)`),
		);
	const [, , event, space, weight] = found;
	const prob = `${event}|${space}`;
	const [first, second] = [await readPredictions(store, a, part), await readPredictions(store, b, part)];
	if (!isSame(first.rows, second.rows) || !isSame(first.events[event], second.events[event]))
		throw new InputError(`runs ${a} and ${b} were measured on different rows: compare runs on one log and split`);
	if (!first.user) throw new InputError("the log names no users to draw again: compare over seeds with paired");
	for (const [run, { predictions }] of [
		[a, first],
		[b, second],
	] as const)
		if (!predictions[prob]) throw unknownName(`probability that run ${run} gives`, prob, Object.keys(predictions));
	const rows = rowsOf(first, space);
	const pick = (column: ArrayLike<number>) => (row: number) => column[row];
	const labels = Uint8Array.from(rows, pick(first.events[event]));
	const clicks = first.events.click && Uint8Array.from(rows, pick(first.events.click));
	return bootstrapDifference(
		Float32Array.from(rows, pick(first.predictions[prob])),
		Float32Array.from(rows, pick(second.predictions[prob])),
		{ labels, user: Int32Array.from(rows, pick(first.user)), ...(clicks ? { clicks } : {}) },
		{ metric: name, seed, replicates, ...(weight ? { weight: weight as Resampling["weight"] } : {}) },
	);
}

const isSame = (a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): boolean =>
	a !== undefined && a.length === b?.length && Array.prototype.every.call(a, (value, i) => value === b[i]);

function rowsOf({ rows, events }: KeptPredictions, space: string): Int32Array {
	const all = Int32Array.from(rows, (_, i) => i);
	return space === IMPRESSION ? all : all.filter((row) => events[space][row] === 1);
}
