import type { Calendar } from "./calendar";
import type { Items, Users } from "./entities";
import type { Knobs } from "./presets";

/** Vectors of one length, one a row: row i owns `values[i·width .. (i + 1)·width)`. */
export interface Vectors {
	width: number;
	values: Float32Array;
}

/** A table about the world. Columns named in `oracle` are latent: no model may read them. */
export interface WorldTable {
	rows: number;
	columns: Record<string, Int32Array | Float32Array | Vectors>;
	oracle: string[];
}

const numbered = (n: number) => Int32Array.from({ length: n }, (_, i) => i + 1);
const plusOne = (values: Int32Array) => values.map((value) => value + 1);
const float = (values: Float64Array) => Float32Array.from(values);

/** The users: what a model sees of them, and their latent vectors and propensities. */
export function usersTable(knobs: Knobs, users: Users): WorldTable {
	const latent = {
		z_click: { width: knobs.d, values: float(users.clickLatent) },
		z_buy: { width: knobs.d, values: float(users.buyLatent) },
		clicker: float(users.clicker),
		buyer: float(users.buyer),
		sensitivity: float(users.sensitivity),
		activity: float(users.activity),
	};
	const { age, power, gender, city } = users;
	return {
		rows: knobs.U,
		columns: { user: numbered(knobs.U), age, power, gender, city, ...latent },
		oracle: Object.keys(latent),
	};
}

/** The items: what a model sees of them, and their latent vectors, quality, clickbait, log-price and popularity. */
export function itemsTable(knobs: Knobs, items: Items): WorldTable {
	const promotions = knobs.promos.length;
	const discount = new Float32Array(knobs.I * promotions);
	for (let item = 0; item < knobs.I; item++)
		for (let p = 0; p < promotions; p++) discount[item * promotions + p] = items.discount[p * knobs.I + item];
	const latent = {
		q_click: { width: knobs.d, values: float(items.clickLatent) },
		q_buy: { width: knobs.d, values: float(items.buyLatent) },
		quality: float(items.quality),
		clickbait: float(items.clickbait),
		log_price: float(items.price),
		popularity: float(items.popularity),
		discount: { width: promotions, values: discount },
	};
	const seen = {
		item: numbered(knobs.I),
		category: plusOne(items.category),
		brand: plusOne(items.brand),
		shop: plusOne(items.shop),
		price: items.priceBucket,
		quality_seen: items.qualityBucket,
	};
	return { rows: knobs.I, columns: { ...seen, ...latent }, oracle: Object.keys(latent) };
}

/** The days: occasion (1…4, in the order of `occasions`), promotion (from 1, 0 for none) and relative traffic. */
export function calendarTable(calendar: Calendar): WorldTable {
	const rows = calendar.occasion.length;
	return {
		rows,
		columns: {
			day: Int32Array.from({ length: rows }, (_, day) => day),
			occasion: Int32Array.from(calendar.occasion, (code) => code + 1),
			promotion: plusOne(calendar.promotion),
			days_since_promotion: calendar.sincePromotion,
			traffic: float(calendar.traffic),
		},
		oracle: [],
	};
}
