import { ascending } from "../truth";
import { type ClusterDifference, fromError } from "./clusterDifference";
import { clustersOf, effectiveNumber, sizesWith } from "./clusters";
import type { LabelledRows } from "./resampled";

/**
 * AUC of a minus AUC of b on the same rows, with mid-ranks, its standard error, 95 % interval and p-value for rows that depend on each
 * other within users, without resampling: two sorts and one pass, O(n).
 *
 * Obuchowski 1997 (Biometrics 53, 567–578), which is DeLong, DeLong & Clarke-Pearson 1988 when every row is a cluster of its own. With
 * V the difference of a's and b's placements (of a positive, the share of negatives below it; of a negative, the share of positives
 * above it) and S⁺, S⁻ its sums over the positives and negatives of a user, less their number times the AUC difference:
 * var = I⁺/(I⁺−1)·Σ(S⁺)²/M² + I⁻/(I⁻−1)·Σ(S⁻)²/N² + 2·I/(I−1)·Σ S⁺S⁻/(M·N), with I⁺, I⁻, I users with a positive, a negative, any row.
 *
 * @param a scores; only their order counts
 * @throws Error lengths that differ, a NaN score
 */
export function delong(a: Float32Array, b: Float32Array, { labels, user }: LabelledRows): ClusterDifference {
	sameLength("delong", a, b, labels, user);
	const clusters = clustersOf(user);
	const [first, second] = [placements(a, labels), placements(b, labels)];
	const sizes = [1, 0].map((label) => sizesWith(clusters, labels, label));
	const [withPositive, withNegative] = sizes.map((ofLabel) =>
		ofLabel.reduce((sum, size) => sum + (size > 0 ? 1 : 0), 0),
	);
	const values = {
		a: first.value,
		b: second.value,
		rows: a.length,
		clusters: clusters.count,
		effective: Math.min(...sizes.map(effectiveNumber)),
	};
	const difference = (first.value ?? 0) - (second.value ?? 0);
	const [up, down] = [new Float64Array(clusters.count), new Float64Array(clusters.count)];
	for (let row = 0; row < a.length; row++)
		(labels[row] ? up : down)[clusters.of[row]] += first.of[row] - second.of[row] - difference;
	let [ups, downs, both] = [0, 0, 0];
	for (let c = 0; c < clusters.count; c++) {
		ups += up[c] ** 2;
		downs += down[c] ** 2;
		both += up[c] * down[c];
	}
	const { positives } = first;
	const negatives = a.length - positives;
	const corrected = (sum: number, count: number, pairs: number) => ((sum / pairs) * count) / (count - 1);
	const variance =
		corrected(ups, withPositive, positives ** 2) +
		corrected(downs, withNegative, negatives ** 2) +
		2 * corrected(both, clusters.count, positives * negatives);
	return fromError(values, Math.sqrt(Math.max(0, variance)));
}

/** Throws an error that names the lengths when they differ. */
export function sameLength(name: string, ...columns: ArrayLike<number>[]): void {
	const lengths = columns.map(({ length }) => length);
	if (lengths.some((length) => length !== lengths[0]))
		throw new Error(`${name}: columns of ${lengths.join(", ")} rows`);
}

/** AUC, and the placement of each row: of a positive the share of negatives below, of a negative that of positives above, ties half. */
function placements(scores: Float32Array, labels: Uint8Array) {
	const order = ascending(scores);
	const n = order.length;
	const positives = labels.reduce((sum, label) => sum + label, 0);
	const negatives = n - positives;
	const of = new Float64Array(n);
	let [below, reached, won] = [0, 0, 0];
	for (let from = 0, to = 0; from < n; from = to) {
		let up = 0;
		for (to = from; to < n && scores[order[to]] === scores[order[from]]; to++) up += labels[order[to]];
		const down = to - from - up;
		const [above, under] = [(positives - reached - up / 2) / positives, (below + down / 2) / negatives];
		for (let k = from; k < to; k++) of[order[k]] = labels[order[k]] ? under : above;
		won += up * (below + down / 2);
		reached += up;
		below += down;
	}
	return { of, positives, value: positives > 0 && negatives > 0 ? won / (positives * negatives) : null };
}
