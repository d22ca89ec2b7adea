import { stream } from "../core/random";
import { type Calendar, DAY, DP, levels } from "./calendar";
import type { Categories, Items, Users } from "./entities";
import type { Exposure } from "./exposure";
import type { Knobs } from "./presets";

/** The five micro actions after a click: picture, comments, questions and answers, seller chat, cart-control button. */
export const microActions = ["pic", "comments", "qa", "chat", "cartControl"] as const;

/** Intercepts of the logits, solved by `calibrate`. */
export interface Intercepts {
	click: number;
	/** One per micro action. */
	micro: number[];
	cart: number;
	wish: number;
	conversion: number;
}

/**
 * Odds against each behaviour, e^(−logit), without the intercepts and hidden intent; one entry a row. Odds multiply
 * where logits add, and p = 1 / (1 + odds), so the sums over intent and actions need no further exponential.
 */
export interface Odds {
	click: Float64Array;
	micro: Float64Array;
	/** Cart and wish, without the occasion. */
	macro: Float64Array;
	conversion: Float64Array;
	/** Probability that the position is examined, a factor of the click probability. */
	exam: Float64Array;
	/** Occasion code. */
	occasion: Uint8Array;
	/** Category × occasion effect and drift inside the conversion logit. */
	g: Float64Array;
	drift: Float64Array;
}

/** Discount of an item on a day: its promotion's from the first day before to the last day after, else 0. */
export function discountOn(knobs: Knobs, calendar: Calendar, items: Items, item: number, day: number): number {
	const promotion = calendar.promotion[day];
	return promotion < 0 ? 0 : items.discount[promotion * knobs.I + item];
}

/**
 * The structural equations, up to intercepts and intent.
 *
 * What they break: examination multiplies the click sigmoid, so no logit-additive tower is exact; affinities are inner
 * products; drift and occasions make a time split non-identical; price acts through a user's own sensitivity.
 */
export function oddsOf(
	knobs: Knobs,
	world: { calendar: Calendar; categories: Categories; items: Items; users: Users },
	rows: Exposure,
): Odds {
	const { T } = knobs;
	const N = rows.item.length;
	const { calendar, categories, items, users } = world;
	const level = levels(knobs.occAmp);
	const examAt = Float64Array.from({ length: knobs.L + 1 }, (_, position) => position ** -knobs.eta);
	const column = () => new Float64Array(N);
	const odds: Odds = {
		...{ click: column(), micro: column(), macro: column(), conversion: column() },
		...{ exam: column(), occasion: new Uint8Array(N), g: column(), drift: column() },
	};
	for (let row = 0; row < N; row++) {
		const [user, item, day] = [rows.user[row], rows.item[row], rows.day[row]];
		const buy = rows.buyAffinity[row];
		const category = items.category[item];
		const occasion = calendar.occasion[day];
		const hot = occasion === DP ? discountOn(knobs, calendar, items, item, day) : 0;
		const g = categories.occasion[category * 4 + occasion];
		const drift = categories.drift[category * T + day];
		const [quality, bait, sensitivity] = [items.quality[item], items.clickbait[item], users.sensitivity[user]];
		const click =
			knobs.wA * rows.clickAffinity[row] + 0.5 * bait + 0.5 * users.clicker[user] + level.click[occasion] + 0.6 * hot;
		const conversion =
			knobs.vA * buy +
			knobs.qB * quality -
			knobs.vbait * bait +
			knobs.kB * users.buyer[user] -
			0.25 * sensitivity * items.price[item] +
			level.conversion[occasion] +
			g +
			drift +
			0.9 * hot * (0.5 + sensitivity);
		odds.click[row] = Math.exp(-click);
		odds.micro[row] = Math.exp(-(knobs.mA * buy + 0.3 * quality));
		odds.macro[row] = Math.exp(-knobs.cA * buy);
		odds.conversion[row] = Math.exp(-conversion);
		odds.exam[row] = examAt[rows.position[row]];
		odds.occasion[row] = occasion;
		odds.g[row] = g;
		odds.drift[row] = drift;
	}
	return odds;
}

/** How the odds against cart, wish and conversion change with what came before. Indexed by the number of micro actions. */
export interface Effects {
	cartByMicro: Float64Array;
	wishByMicro: Float64Array;
	conversionByMicro: Float64Array;
	/** By occasion. */
	cartByOccasion: Float64Array;
	wishByOccasion: Float64Array;
	/** Factor after a cart, after a wish. */
	afterCart: number;
	afterWish: number;
	/** Hidden intent's logit effect on click, micro, macro, conversion. */
	intent: { click: number; micro: number; macro: number; conversion: number };
}

/**
 * The interactions of the behaviours. Micro actions raise carts (`cm`) and, past them, conversions (`dm`), so a
 * conversion is not independent of micro actions given macro ones: HM³'s edges change in value, its identity holds.
 */
export function effectsOf(knobs: Knobs): Effects {
	const byMicro = (slope: number) => Float64Array.from({ length: 6 }, (_, n) => Math.exp(-slope * n));
	const macro = levels(knobs.occAmp).macro;
	return {
		cartByMicro: byMicro(knobs.cm),
		wishByMicro: byMicro(0.8 * knobs.cm),
		conversionByMicro: byMicro(knobs.dm),
		cartByOccasion: Float64Array.from(macro, (level) => Math.exp(-level)),
		wishByOccasion: Float64Array.from(macro, (level) => Math.exp(0.5 * level)),
		afterCart: Math.exp(-knobs.dc),
		afterWish: Math.exp(-knobs.dw),
		intent: {
			click: knobs.gammas * knobs.gammaC,
			micro: knobs.gammas * knobs.gammaM,
			macro: knobs.gammas * knobs.gammaA,
			conversion: knobs.gammas * knobs.gammaB,
		},
	};
}

/** What the users did, one entry a row. Without a click everything is 0, but conversions where `pDirect` is above 0. */
export interface Behaviour {
	/** Hidden intent, standard normal; no model sees it. */
	intent: Float32Array;
	click: Uint8Array;
	/** One column per micro action. */
	actions: Uint8Array[];
	/** Any micro action. */
	micro: Uint8Array;
	cart: Uint8Array;
	wish: Uint8Array;
	/** Cart or wish. */
	dAction: Uint8Array;
	conversion: Uint8Array;
	/** Seconds on the item's page. */
	dwell: Float32Array;
	/** Second of the conversion, −1 without one. */
	conversionTime: Int32Array;
}

/**
 * Draws what each user did on each impression.
 *
 * Hidden intent enters click, micro, macro and conversion: given the same features, clicked rows have higher intent, so
 * conversion labels are missing not at random. Inverse-propensity and doubly robust methods with P(click | x) correct the
 * covariate shift only. Every row takes the same draws, whatever happens in it. With `pDirect` some rows without a click
 * convert, at once: ESMM's P(conversion | impression) = pCTR · pCVR then falls short of the recorded rate.
 *
 * @param streams where the names of its random streams begin
 */
export function behave(
	knobs: Knobs,
	odds: Odds,
	b: Intercepts,
	rows: Exposure,
	seed: number,
	streams = "labels",
): Behaviour {
	const N = rows.item.length;
	const random = (name: string) => stream(seed, `${streams}/${name}`);
	const drawIntent = random("intent").normal;
	const drawClick = random("click").uniform;
	const drawMicro = random("micro").uniform;
	const drawCart = random("cart").uniform;
	const drawWish = random("wish").uniform;
	const drawConversion = random("conversion").uniform;
	const drawDwell = random("dwell").normal;
	const drawDelay = random("delay").uniform;
	const drawDirect = random("direct").uniform;
	const effects = effectsOf(knobs);
	const { intent: gamma } = effects;
	const end = knobs.T * DAY;
	const flags = () => new Uint8Array(N);
	const out: Behaviour = {
		...{ intent: new Float32Array(N), click: flags(), actions: microActions.map(flags), micro: flags() },
		...{ cart: flags(), wish: flags(), dAction: flags(), conversion: flags() },
		...{ dwell: new Float32Array(N), conversionTime: new Int32Array(N).fill(-1) },
	};
	const uMicro = new Float64Array(5);
	for (let row = 0; row < N; row++) {
		const h = drawIntent();
		const uClick = drawClick();
		for (let k = 0; k < 5; k++) uMicro[k] = drawMicro();
		const uCart = drawCart();
		const uWish = drawWish();
		const uConversion = drawConversion();
		const linger = drawDwell();
		const uDelay = drawDelay();
		const direct = drawDirect() < knobs.pDirect;
		out.intent[row] = h;
		if (uClick * (1 + odds.click[row] * Math.exp(-b.click - gamma.click * h)) >= odds.exam[row]) {
			if (!direct) continue;
			out.conversion[row] = 1;
			out.conversionTime[row] = rows.time[row];
			continue;
		}
		out.click[row] = 1;
		const micro = odds.micro[row] * Math.exp(-gamma.micro * h);
		let n = 0;
		for (let k = 0; k < 5; k++) {
			if (!happens(uMicro[k], micro * Math.exp(-b.micro[k]))) continue;
			out.actions[k][row] = 1;
			n++;
		}
		const macro = odds.macro[row] * Math.exp(-gamma.macro * h);
		const occasion = odds.occasion[row];
		const cart = happens(uCart, macro * Math.exp(-b.cart) * effects.cartByMicro[n] * effects.cartByOccasion[occasion]);
		const wish = happens(uWish, macro * Math.exp(-b.wish) * effects.wishByMicro[n] * effects.wishByOccasion[occasion]);
		let against = odds.conversion[row] * Math.exp(-b.conversion - gamma.conversion * h);
		against *= effects.conversionByMicro[n];
		if (cart) against *= effects.afterCart;
		if (wish) against *= effects.afterWish;
		out.micro[row] = n > 0 ? 1 : 0;
		out.cart[row] = cart ? 1 : 0;
		out.wish[row] = wish ? 1 : 0;
		out.dAction[row] = cart || wish ? 1 : 0;
		out.dwell[row] = Math.exp(2.2 + 0.5 * n + 0.4 * rows.buyAffinity[row] + 0.5 * linger);
		if (!happens(uConversion, against)) continue;
		const time = rows.time[row] + Math.round(-Math.log(1 - uDelay) * knobs.delay * 3600);
		if (knobs.censor && time >= end) continue;
		out.conversion[row] = 1;
		out.conversionTime[row] = time;
	}
	return out;
}

const happens = (uniform: number, oddsAgainst: number): boolean => uniform * (1 + oddsAgainst) < 1;
