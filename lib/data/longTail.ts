/** What the ids with at least so many impressions hold, as shares of all. */
export interface TailPoint {
	/** Least impressions of the ids that are counted here. */
	atLeast: number;
	/** How many ids have that many, and their share of the ids that were shown at all. */
	count: number;
	ids: number;
	/** Share of the impressions that are theirs. */
	impressions: number;
	/** Share of the clicks that are theirs; null in a log without clicks. */
	clicks: number | null;
}

/** The long tail of a column of ids. */
export interface LongTail {
	/** Ids that were shown. */
	shown: number;
	/** Ids that were clicked at least once. */
	clicked: number;
	/** By rising `atLeast`: 1, 2, 5, 10, 20, 50 … up to the most frequent id's. */
	points: TailPoint[];
}

/**
 * How impressions and clicks are spread over ids: few ids hold most of both, most ids hold a handful.
 *
 * @param ids one a row; 0 and below are absent and left out
 * @param click 0 or 1 a row
 */
export function longTail(ids: ArrayLike<number>, click: ArrayLike<number>): LongTail {
	const of = new Map<number, { impressions: number; clicks: number }>();
	for (let row = 0; row < ids.length; row++) {
		if (ids[row] <= 0) continue;
		const counts = of.get(ids[row]) ?? { impressions: 0, clicks: 0 };
		counts.impressions++;
		counts.clicks += click[row];
		of.set(ids[row], counts);
	}
	const all = [...of.values()];
	const total = (of: typeof all, what: "impressions" | "clicks") => of.reduce((sum, one) => sum + one[what], 0);
	const most = all.reduce((high, { impressions }) => Math.max(high, impressions), 0);
	const [impressions, clicks] = [total(all, "impressions"), total(all, "clicks")];
	const points = thresholds(most).map((atLeast): TailPoint => {
		const kept = all.filter((one) => one.impressions >= atLeast);
		return {
			atLeast,
			count: kept.length,
			ids: kept.length / all.length,
			impressions: total(kept, "impressions") / impressions,
			clicks: clicks === 0 ? null : total(kept, "clicks") / clicks,
		};
	});
	return { shown: all.length, clicked: all.filter((one) => one.clicks > 0).length, points };
}

/** 1, 2, 5, 10, 20, 50 … up to a number. */
function thresholds(most: number): number[] {
	const steps: number[] = [];
	for (let power = 1; power <= most; power *= 10)
		for (const step of [1, 2, 5]) if (step * power <= most) steps.push(step * power);
	return steps;
}
