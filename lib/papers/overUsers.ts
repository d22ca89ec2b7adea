import { IMPRESSION } from "../core/prob";
import { type KeptPredictions, readPredictions } from "../experiment/predictions";
import type { RunResult } from "../experiment/result";
import type { Store } from "../experiment/store";
import { bootstrapDifference, type Resampling } from "../metrics/comparison/bootstrap";
import type { ClusterDifference } from "../metrics/comparison/clusterDifference";

const METRICS: readonly Resampling["metric"][] = ["auc", "gauc", "logloss", "pcoc"];

/**
 * The difference of two runs of one seed in a metric of the test part, over the users of its rows: the paired cluster bootstrap on
 * kept predictions.
 *
 * @returns or a line that says why it is not known: predictions that are not there, rows without users, a metric that it is not for
 */
export async function overUsers(
	store: Store,
	a: RunResult,
	b: RunResult,
	metric: string,
): Promise<ClusterDifference | string> {
	const found = /^([a-z]+)\(([\w]+)\|([\w]+)(?:;weight=(\w+))?\)$/.exec(metric);
	const name = METRICS.find((one) => one === found?.[1]);
	if (!found || !name) return `one seed, and no bootstrap of ${metric}`;
	const [, , event, space, weight] = found;
	try {
		const [first, second] = [await readPredictions(store, a.run, "test"), await readPredictions(store, b.run, "test")];
		if (!first.user) return "one seed, and the log names no users to draw again";
		const rows = rowsOf(first, space);
		const prob = `${event}|${space}` as const;
		const pick = (column: ArrayLike<number>) => (row: number) => column[row];
		const labels = Uint8Array.from(rows, pick(first.events[event]));
		const clicks = first.events.click && Uint8Array.from(rows, pick(first.events.click));
		return bootstrapDifference(
			Float32Array.from(rows, pick(first.predictions[prob])),
			Float32Array.from(rows, pick(second.predictions[prob])),
			{ labels, user: Int32Array.from(rows, pick(first.user)), ...(clicks ? { clicks } : {}) },
			{ metric: name, seed: a.seed, ...(weight ? { weight: weight as Resampling["weight"] } : {}) },
		);
	} catch (problem) {
		return `one seed, and its predictions are not there to draw users again (${(problem as Error).message})`;
	}
}

function rowsOf({ rows, events }: KeptPredictions, space: string): Int32Array {
	const all = Int32Array.from(rows, (_, i) => i);
	return space === IMPRESSION ? all : all.filter((row) => events[space][row] === 1);
}
