import { compareRuns } from "../../experiment/compareRuns";
import type { RunResult } from "../../experiment/result";
import type { Store } from "../../experiment/store";
import type { ClusterDifference } from "../../metrics/comparison/clusterDifference";

/**
 * The difference of two runs of one seed in a metric of the test part, over the users of its rows (`compareRuns`).
 *
 * @returns or a line that says why it is not known: predictions that are not there, rows without users, a metric that it is not for
 */
export async function overUsers(
	store: Store,
	a: RunResult,
	b: RunResult,
	metric: string,
): Promise<ClusterDifference | string> {
	try {
		return await compareRuns(store, a.run, b.run, metric, { seed: a.seed });
	} catch (problem) {
		return `one seed, and its users cannot be drawn again: ${(problem as Error).message}`;
	}
}
