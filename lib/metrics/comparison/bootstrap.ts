import { type Random, stream } from "../../core/random";
import type { GaucWeight } from "../gauc";
import { type ClusterDifference, fromError, untested } from "./clusterDifference";
import { type Clusters, clustersOf } from "./clusters";
import { sameLength } from "./delong";
import {
	aucStatistic,
	gaucStatistic,
	type LabelledRows,
	logLossStatistic,
	pcocStatistic,
	type Statistic,
} from "./resampled";

/** What a bootstrap resamples. */
export interface Resampling {
	metric: "auc" | "gauc" | "logloss" | "pcoc";
	/** Of the GAUC; by default impressions. */
	weight?: GaucWeight;
	/** The same seed draws the same users. */
	seed: number;
	/** Times that users are drawn, 1000 by default: the standard error is then itself known to about 2 %. */
	replicates?: number;
}

/** A difference with the standard error of a bootstrap. */
export interface BootstrapDifference extends ClusterDifference {
	metric: Resampling["metric"];
	seed: number;
	replicates: number;
	/** Of these, how many drew users among whom the metric has no value (no positives, or no negatives), and count for nothing. */
	skipped: number;
}

/**
 * Metric of a minus metric of b on the same rows, when only one seed was run: the users of the test part are drawn again with
 * replacement, all rows of a user together and the same users for a and b (paired cluster bootstrap).
 *
 * The interval is difference ± t·s.e. of the replicates, with t of the effective number of users less one (`fromError`). Measured on
 * drawn scores of known AUCs, 40 uneven users (3,000 draws) and 120 (2,000), it covers the true difference in 96.2 and 95.3 % of draws;
 * with t of all users 93.0 and 94.3 %, the normal quantile 92.1 and 94.1 %, percentiles of the replicates 93.2 and 93.9 %, the basic
 * interval 90.2 and 93.3 %, BCa 88.9 and 91.9 %. The studentised bootstrap covers as this one does (96.2 and 95.5 %), but is wider by
 * 5 %, needs the standard error of every replicate and gives no p-value below 1/replicates.
 *
 * What varies is whom the log happened to hold; what a training seed does is not seen. For the AUC `delong` answers the same question
 * without resampling, which is the way beyond some millions of rows: each replicate here passes over all rows once.
 *
 * @param a predictions, one a row
 * @throws Error lengths that differ, a NaN score, fewer than 2 replicates, no clicks for their weight
 */
export function bootstrapDifference(
	a: Float32Array,
	b: Float32Array,
	rows: LabelledRows,
	{ metric, weight = "impressions", seed, replicates = 1000 }: Resampling,
): BootstrapDifference {
	sameLength("bootstrap", a, b, rows.labels, rows.user);
	if (!(replicates >= 2)) throw new Error(`bootstrap: ${replicates} replicates, at least 2 are needed`);
	const clusters = clustersOf(rows.user);
	const prepare = (scores: Float32Array): Statistic => {
		const nan = scores.findIndex((score) => Number.isNaN(score));
		if (nan >= 0) throw new Error(`bootstrap: the score of row ${nan} is NaN`);
		if (metric === "auc") return aucStatistic(scores, rows.labels, clusters);
		if (metric === "gauc") return gaucStatistic(scores, rows, clusters, weight);
		return (metric === "logloss" ? logLossStatistic : pcocStatistic)(scores, rows.labels, clusters);
	};
	const [first, second] = [prepare(a), prepare(b)];
	const once = new Uint16Array(clusters.count).fill(1);
	const known = (value: number) => (Number.isNaN(value) ? null : value);
	const values = {
		a: known(first.at(once)),
		b: known(second.at(once)),
		rows: a.length,
		clusters: clusters.count,
		effective: first.effective,
	};
	const { drawn, skipped } = draw(first, second, clusters, stream(seed, "bootstrap"), replicates);
	const told = { metric, seed, replicates, skipped };
	if (values.a !== null && drawn.length < 2)
		return { ...untested(values, `${skipped} of ${replicates} draws of users have no metric`), ...told };
	return { ...fromError(values, deviation(drawn)), ...told };
}

/** The differences of the replicates that have one. */
function draw(first: Statistic, second: Statistic, { count }: Clusters, random: Random, replicates: number) {
	const drawn: number[] = [];
	const counts = new Uint16Array(count);
	for (let replicate = 0; replicate < replicates; replicate++) {
		counts.fill(0);
		for (let i = 0; i < count; i++) counts[random.int(count)]++;
		const difference = first.at(counts) - second.at(counts);
		if (!Number.isNaN(difference)) drawn.push(difference);
	}
	return { drawn, skipped: replicates - drawn.length };
}

function deviation(values: readonly number[]): number {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
