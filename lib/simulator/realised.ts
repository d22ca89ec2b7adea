import { type Behaviour, microActions } from "./behaviour";
import { type Calendar, occasions } from "./calendar";

/** Rates of one occasion, as they came out. */
export interface OccasionRates {
	/** Share of the impressions. */
	share: number;
	ctr: number;
	/** Conversions per click. */
	cvr: number;
	/** Cart or wish per click. */
	dAction: number;
	/** After a click. */
	conversions: number;
}

/** Rates of a simulated log, as they came out. Rates of actions are per click; NaN where there was none. */
export interface Realised {
	clicks: number;
	/** With or without a click. */
	conversions: number;
	ctr: number;
	cvr: number;
	cart: number;
	wish: number;
	dAction: number;
	micro: number;
	/** By micro action. */
	actions: Record<(typeof microActions)[number], number>;
	/** By occasion. */
	occasions: Record<(typeof occasions)[number], OccasionRates>;
}

/** Counts what happened. `day` is the day of each row. */
export function realisedRates(behaviour: Behaviour, day: Int32Array, calendar: Calendar): Realised {
	const count = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0);
	const clicks = count(behaviour.click);
	const perClick = (flags: Uint8Array) => count(flags) / clicks;
	const afterClick = behaviour.conversion.map((converted, row) => converted & behaviour.click[row]);
	const sums = occasions.map(() => ({ rows: 0, clicks: 0, dActions: 0, conversions: 0 }));
	day.forEach((value, row) => {
		const sum = sums[calendar.occasion[value]];
		sum.rows++;
		sum.clicks += behaviour.click[row];
		sum.dActions += behaviour.dAction[row];
		sum.conversions += afterClick[row];
	});
	const byOccasion = sums.map(
		(sum): OccasionRates => ({
			share: sum.rows / day.length,
			ctr: sum.clicks / sum.rows,
			cvr: sum.conversions / sum.clicks,
			dAction: sum.dActions / sum.clicks,
			conversions: sum.conversions,
		}),
	);
	return {
		clicks,
		conversions: count(behaviour.conversion),
		ctr: clicks / day.length,
		cvr: perClick(afterClick),
		cart: perClick(behaviour.cart),
		wish: perClick(behaviour.wish),
		dAction: perClick(behaviour.dAction),
		micro: perClick(behaviour.micro),
		actions: Object.fromEntries(
			microActions.map((name, k) => [name, perClick(behaviour.actions[k])]),
		) as Realised["actions"],
		occasions: Object.fromEntries(occasions.map((name, k) => [name, byOccasion[k]])) as Realised["occasions"],
	};
}
