import type { GaucWeight } from "../gauc";
import { auc } from "../ranking";
import { ascending } from "../truth";
import { type Clusters, effectiveNumber, sizesWith } from "./clusters";

/** A metric of one prediction column, prepared to be computed many times with clusters counted more or less than once. */
export interface Statistic {
	/** Its value when cluster c counts `counts[c]` times; NaN when it has none, as where a class is absent. */
	at(counts: Uint16Array): number;
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
	// Clusters of the positives and of the negatives, by rising score.
	const sides = [new Int32Array(n), new Int32Array(n)];
	const filled = [0, 0];
	// For each score that a positive has: where its positives end, where the negatives of that score begin, and where they end.
	const blocks: number[] = [];
	for (let from = 0, to = 0; from < n; from = to) {
		const [before, below] = [filled[1], filled[0]];
		for (to = from; to < n && scores[order[to]] === scores[order[from]]; to++) {
			const side = labels[order[to]] ? 1 : 0;
			sides[side][filled[side]++] = clusters.of[order[to]];
		}
		if (filled[1] > before) blocks.push(filled[1], below, filled[0]);
	}
	const [down, up] = sides.map((side, label) => side.slice(0, filled[label]));
	const ends = Int32Array.from(blocks);
	const at = (counts: Uint16Array): number => {
		let [won, positives, below, i, j] = [0, 0, 0, 0, 0];
		for (let block = 0; block < ends.length; block += 3) {
			const [upTo, tiedFrom, tiedTo] = [ends[block], ends[block + 1], ends[block + 2]];
			for (; j < tiedFrom; j++) below += counts[down[j]];
			let [tied, here] = [0, 0];
			for (; j < tiedTo; j++) tied += counts[down[j]];
			for (; i < upTo; i++) here += counts[up[i]];
			won += here * (below + tied / 2);
			positives += here;
			below += tied;
		}
		for (; j < down.length; j++) below += counts[down[j]];
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
		const [own, ofOwn] = [new Float64Array(rows.length), new Uint8Array(rows.length)];
		for (let k = 0; k < rows.length; k++) {
			own[k] = scores[rows[k]];
			ofOwn[k] = labels[rows[k]];
		}
		const { value } = auc(own, ofOwn);
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
	const at = (counts: Uint16Array): number => {
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
