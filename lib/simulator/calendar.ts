import type { Knobs } from "./presets";

/** Occasions by code: no promotion, before, during and after one (MetaCVR's NP, BP, DP, AP). */
export const occasions = ["NP", "BP", "DP", "AP"] as const;

/** Code of the days of a promotion itself. */
export const DP = 2;
const [NP, BP, AP] = [0, 1, 3];

/** Seconds of a day; times of a log are whole seconds since its start. */
export const DAY = 86_400;

/** What each day of the log is. All arrays have one entry a day. */
export interface Calendar {
	/** Code of the occasion, an index into `occasions`. */
	occasion: Uint8Array;
	/** Index of the promotion the day belongs to; −1 on NP days. */
	promotion: Int32Array;
	/** Days since the last day of a promotion: 0 during one, at most 30, and 30 before the first. */
	sincePromotion: Int32Array;
	/** Relative traffic. */
	traffic: Float64Array;
}

const LENGTH = 3;
const trafficOf = [1, 1.1, 1.6, 0.9];
/** Recent days of MetaCVR's split, which `recentShare` thins: 45 up to, not including, 60. */
const recent = [45, 60];

/**
 * Lays promotions out over the days: DP first, then AP on days still NP, then BP on days still NP, so a day between two
 * close promotions belongs to the earlier one.
 */
export function layCalendar(knobs: Pick<Knobs, "T" | "promos" | "recentShare">): Calendar {
	const { T, promos } = knobs;
	const occasion = new Uint8Array(T);
	const promotion = new Int32Array(T).fill(-1);
	const lay = (code: number, offset: number, overwrite: boolean) => {
		promos.forEach((start, index) => {
			for (let day = start + offset; day < start + offset + LENGTH; day++) {
				if (day < 0 || day >= T || (!overwrite && occasion[day] !== NP)) continue;
				occasion[day] = code;
				promotion[day] = index;
			}
		});
	};
	lay(DP, 0, true);
	lay(AP, LENGTH, false);
	lay(BP, -LENGTH, false);
	const sincePromotion = new Int32Array(T);
	for (let day = 0, since = 30; day < T; day++) {
		since = occasion[day] === DP ? 0 : Math.min(30, since + 1);
		sincePromotion[day] = since;
	}
	const traffic = Float64Array.from(occasion, (code, day) =>
		day >= recent[0] && day < recent[1] ? trafficOf[code] * knobs.recentShare : trafficOf[code],
	);
	return { occasion, promotion, sincePromotion, traffic };
}

/** Weekday of a day of the log, 1 (Monday) … 7: the calendar starts on Friday, 15 January 2021, as MetaCVR's does. */
export const weekdayOf = (day: number): number => ((day + 4) % 7) + 1;

/**
 * Level effects of the occasions on three logits, by occasion code. Before a promotion people cart and wait, so carts
 * rise while conversions fall: an edge learnt in one occasion is wrong in the next (what MetaCVR's adaptation is for, and
 * what ESM² and HM³, with edges constant in time, assume away).
 */
export function levels(occAmp: number): Record<"click" | "macro" | "conversion", number[]> {
	const scaled = (values: number[]) => values.map((value) => value * occAmp);
	return {
		click: scaled([0, 0.1, 0.35, -0.1]),
		macro: scaled([0, 0.5, 0.2, -0.2]),
		conversion: scaled([0, -0.6, 0.8, -0.5]),
	};
}
