import { type Clusters, effectiveNumber, sizesWith } from "./clusters";
import type { GaucWeight } from "./gauc";
import { auc } from "./ranking";
import { ascending } from "./truth";

/** A metric of one prediction column, prepared to be computed many times with clusters counted more or less than once. */
export interface Statistic {
	/** Its value when cluster c counts `counts[c]` times; NaN when it has none, as where a class is absent. */
	at(counts: ArrayLike<number>): number;
	/**
	 * As how many clusters of the same size those count that its value rests on (`effectiveNumber`): of an AUC by positive rows or by
	 * negative ones, whichever are fewer; of a ratio by what stands below its line.
	 */
	effective: number;
}

/** The rows of a test part that metrics of it share. */
export interface LabelledRows {
	/** 0 or 1 a row. */
	labels: Uint8Array;
	/** Number of each row's user from 0 on; negative for a row without one, which is then a cluster of its own. */
	user: Int32Array;
	/** 0 or 1 a row: what the GAUC weight "clicks" counts. */
	clicks?: Uint8Array;
}

/**
 * AUC with mid-ranks (`auc`). Rows are sorted here, once; a value then takes one pass over them.
 *
 * @throws Error a NaN score
 */
export function aucStatistic(scores: Float32Array, labels: Uint8Array, clusters: Clusters): Statistic {
	const order = ascending(scores);
	const n = order.length;
	// Cluster, label and whether a block of ties ends, in one number a row.
	const rows = new Uint32Array(n);
	for (let k = 0; k < n; k++) {
		const row = order[k];
		const ends = k + 1 === n || scores[order[k + 1]] !== scores[row];
		rows[k] = clusters.of[row] * 4 + (labels[row] ? 2 : 0) + (ends ? 1 : 0);
	}
	const at = (counts: ArrayLike<number>): number => {
		let [won, positives, below, up, down] = [0, 0, 0, 0, 0];
		for (let k = 0; k < n; k++) {
			const code = rows[k];
			const count = counts[code >>> 2];
			if (code & 2) up += count;
			else down += count;
			if (code & 1) {
				won += up * (below + down / 2);
				positives += up;
				below += down;
				up = 0;
				down = 0;
			}
		}
		return won / (positives * below);
	};
	const [positives, negatives] = [1, 0].map((label) => effectiveNumber(sizesWith(clusters, labels, label)));
	return { at, effective: Math.min(positives, negatives) };
}

/** Mean AUC within users (`gauc`): a user's own AUC is the same however often the user counts, so a value is a sum over users. */
export function gaucStatistic(
	scores: Float32Array,
	{ labels, user, clicks }: LabelledRows,
	clusters: Clusters,
	weight: GaucWeight,
): Statistic {
	if (weight === "clicks" && clicks === undefined)
		throw new Error("gauc: the weight clicks needs the clicks of the rows");
	const [top, bottom] = [new Float64Array(clusters.count), new Float64Array(clusters.count)];
	for (const rows of rowsOf(clusters)) {
		if (user[rows[0]] < 0) continue;
		const value = auc(
			Float64Array.from(rows, (row) => scores[row]),
			Uint8Array.from(rows, (row) => labels[row]),
		).value;
		if (value === null) continue;
		const clicked = () => rows.reduce((sum, row) => sum + (clicks?.[row] ?? 0), 0);
		const counts = weight === "impressions" ? rows.length : weight === "clicks" ? clicked() : 1;
		const cluster = clusters.of[rows[0]];
		top[cluster] = counts * value;
		bottom[cluster] = counts;
	}
	return ratio(top, bottom);
}

/** Mean log-loss of probabilities held in [1e-7, 1 − 1e-7], as `logloss(…)`. */
export function logLossStatistic(scores: Float32Array, labels: Uint8Array, clusters: Clusters): Statistic {
	const [top, bottom] = [new Float64Array(clusters.count), new Float64Array(clusters.count)];
	for (let row = 0; row < scores.length; row++) {
		const p = Math.min(Math.max(scores[row], 1e-7), 1 - 1e-7);
		top[clusters.of[row]] -= Math.log(labels[row] ? p : 1 - p);
		bottom[clusters.of[row]]++;
	}
	return ratio(top, bottom);
}

/** Σ predicted / Σ label, as `pcoc(…)`. */
export function pcocStatistic(scores: Float32Array, labels: Uint8Array, clusters: Clusters): Statistic {
	const [top, bottom] = [new Float64Array(clusters.count), new Float64Array(clusters.count)];
	for (let row = 0; row < scores.length; row++) {
		top[clusters.of[row]] += scores[row];
		bottom[clusters.of[row]] += labels[row];
	}
	return ratio(top, bottom);
}

/** Σ top / Σ bottom over clusters. */
function ratio(top: Float64Array, bottom: Float64Array): Statistic {
	const at = (counts: ArrayLike<number>): number => {
		let [above, below] = [0, 0];
		for (let c = 0; c < top.length; c++) {
			above += counts[c] * top[c];
			below += counts[c] * bottom[c];
		}
		return below > 0 ? above / below : Number.NaN;
	};
	return { at, effective: effectiveNumber(bottom) };
}

/** The rows of each cluster, rising. */
function* rowsOf({ of, count }: Clusters): Generator<Uint32Array> {
	const ends = new Uint32Array(count + 1);
	for (let row = 0; row < of.length; row++) ends[of[row] + 1]++;
	for (let c = 0; c < count; c++) ends[c + 1] += ends[c];
	const begins = ends.slice();
	const rows = new Uint32Array(of.length);
	for (let row = 0; row < of.length; row++) rows[begins[of[row]]++] = row;
	for (let c = 0; c < count; c++) yield rows.subarray(ends[c], ends[c + 1]);
}
