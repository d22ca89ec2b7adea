import type { SelectionBias } from "../../experiment/simulated/truth";
import { type Summary, summary } from "../../metrics/comparison/paired";

/** How far clicked rows lie from all rows in one feature, over logs of several seeds. */
export interface FeatureShift {
	feature: string;
	/** Values, or bins of a number, of the first log. */
	cells: number;
	/** KL(clicked ‖ all) in nats, less what as many rows drawn at random would show on average: (cells − 1) / (2 · clicks). */
	beyondChance: Summary;
	psi: Summary;
}

/** The features that clicks select by, the strongest first. Each log's measures come with its number of clicks. */
export function featureShifts(logs: readonly (Pick<SelectionBias, "features"> & { clicks: number })[]): FeatureShift[] {
	return Object.entries(logs[0].features)
		.map(([feature, { cells }]) => ({
			feature,
			cells,
			beyondChance: summary(
				logs.map(({ features, clicks }) => features[feature].kl - (features[feature].cells - 1) / (2 * clicks)),
			),
			psi: summary(logs.map(({ features }) => features[feature].psi)),
		}))
		.sort((a, b) => b.beyondChance.mean - a.beyondChance.mean);
}
