import { stream } from "../core/random";
import { buckets, normals, weighted, zipf } from "./draw";
import type { Knobs } from "./presets";

/** Categories: latent centres (C × d, row-major) and their changes in time. */
export interface Categories {
	clickCentre: Float64Array;
	buyCentre: Float64Array;
	/** Mean log-price. */
	price: Float64Array;
	/** Effect on the conversion logit in an occasion, C × 4; 0 in NP. */
	occasion: Float64Array;
	/** Drift of the conversion logit, C × T: a random walk from 0 on day 0. Old data become stale. */
	drift: Float64Array;
}

/** Items, one entry each; latent vectors are I × d, row-major. Categories, brands and shops count from 0. */
export interface Items {
	category: Int32Array;
	brand: Int32Array;
	shop: Int32Array;
	clickLatent: Float64Array;
	buyLatent: Float64Array;
	quality: Float64Array;
	clickbait: Float64Array;
	price: Float64Array;
	popularity: Float64Array;
	/** Discount by promotion, promotions × I: 0 for four items in five, else 0.3…1. */
	discount: Float64Array;
	/** What a model sees of price (6 buckets) and quality (5, noisy), from 1. */
	priceBucket: Int32Array;
	qualityBucket: Int32Array;
}

/** Users, one entry each; latent vectors are U × d, row-major. */
export interface Users {
	clickLatent: Float64Array;
	buyLatent: Float64Array;
	/** Click propensity. */
	clicker: Float64Array;
	/** Buyer propensity, correlated .2 with it. */
	buyer: Float64Array;
	/** Price sensitivity, at least 0. */
	sensitivity: Float64Array;
	activity: Float64Array;
	/** What a model sees, from 1: noisy versions of latents, so id embeddings can only approximate affinities. */
	age: Int32Array;
	power: Int32Array;
	gender: Int32Array;
	city: Int32Array;
}

/** ρ·a + √(1−ρ²)·b, entry by entry. */
function mix(rho: number, a: Float64Array, b: Float64Array): Float64Array {
	const rest = Math.sqrt(1 - rho * rho);
	return a.map((value, i) => rho * value + rest * b[i]);
}

/** The categories of a world. */
export function makeCategories(knobs: Knobs, seed: number): Categories {
	const { C, T, d } = knobs;
	const draw = (name: string, n: number) => normals(stream(seed, `categories/${name}`), n);
	const clickCentre = draw("click", C * d);
	const occasion = draw("occasion", C * 4).map((value, i) => (i % 4 === 0 ? 0 : value * knobs.sigOcc));
	const steps = draw("drift", C * T);
	const drift = new Float64Array(C * T);
	for (let c = 0; c < C; c++)
		for (let day = 1; day < T; day++) drift[c * T + day] = drift[c * T + day - 1] + knobs.sigDrift * steps[c * T + day];
	return {
		clickCentre,
		buyCentre: mix(knobs.rho, clickCentre, draw("buy", C * d)),
		price: draw("price", C),
		occasion,
		drift,
	};
}

/** The items of a world. */
export function makeItems(knobs: Knobs, categories: Categories, seed: number): Items {
	const { I, C, d } = knobs;
	const random = (name: string) => stream(seed, `items/${name}`);
	const draw = (name: string, n = I) => normals(random(name), n);
	const shares = Float64Array.from({ length: C }, (_, c) => (c + 1) ** -0.8);
	const category = new Int32Array(I).map(weighted(random("category"), shares));
	const own = draw("click", I * d);
	const ownBuy = mix(knobs.rho, own, draw("buy", I * d));
	// Half of an item's taste is its category's.
	const around = (centre: Float64Array, self: Float64Array) =>
		self.map((value, at) => {
			const item = Math.floor(at / d);
			return Math.SQRT1_2 * (centre[category[item] * d + (at % d)] + value);
		});
	const quality = draw("quality");
	const bait = draw("clickbait");
	const price = draw("price").map((value, i) => value + 0.5 * categories.price[category[i]]);
	const seen = draw("seenQuality");
	return {
		category,
		brand: withinCategory(category, C, knobs.B, random("brand").uniform),
		shop: withinCategory(category, C, knobs.S, random("shop").uniform),
		clickLatent: around(categories.clickCentre, own),
		buyLatent: around(categories.buyCentre, ownBuy),
		quality,
		clickbait: bait.map((value, i) => -0.2 * quality[i] + Math.sqrt(0.96) * value),
		price,
		popularity: zipf(random("popularity"), I, knobs.zipfI),
		discount: discounts(knobs, seed),
		priceBucket: buckets(price, 6),
		qualityBucket: buckets(
			quality.map((value, i) => value + 0.7 * seen[i]),
			5,
		),
	};
}

/** Kinds c, c + C, c + 2C … belong to category c; an item takes one of its category's by Zipf(1). One uniform an item. */
function withinCategory(category: Int32Array, C: number, kinds: number, uniform: () => number): Int32Array {
	const cumulative = [0];
	for (let rank = 1; rank <= Math.ceil(kinds / C); rank++) cumulative.push(cumulative[rank - 1] + 1 / rank);
	return category.map((c) => {
		const count = Math.ceil((kinds - c) / C);
		const at = uniform() * cumulative[count];
		let rank = 0;
		while (rank < count - 1 && cumulative[rank + 1] <= at) rank++;
		return c + rank * C;
	});
}

/** Promotions × items. Without `promoRedraw` every promotion has the first one's discounts. */
function discounts(knobs: Knobs, seed: number): Float64Array {
	const { I, promos } = knobs;
	const values = new Float64Array(promos.length * I);
	promos.forEach((_, promotion) => {
		const random = stream(seed, `items/discount/${knobs.promoRedraw ? promotion : 0}`);
		for (let i = 0; i < I; i++) {
			const any = random.uniform() >= 0.8;
			const size = 0.3 + 0.7 * random.uniform();
			values[promotion * I + i] = any ? size : 0;
		}
	});
	return values;
}

/** The users of a world. */
export function makeUsers(knobs: Knobs, seed: number): Users {
	const { U, d } = knobs;
	const random = (name: string) => stream(seed, `users/${name}`);
	const draw = (name: string, n = U) => normals(random(name), n);
	const clickLatent = draw("click", U * d);
	const buyLatent = mix(knobs.rho, clickLatent, draw("buy", U * d));
	const clicker = draw("clicker");
	const buyer = draw("buyer").map((value, u) => 0.2 * clicker[u] + Math.sqrt(0.96) * value);
	const sensitivity = draw("sensitivity").map(Math.abs);
	const city = random("city");
	return {
		clickLatent,
		buyLatent,
		clicker,
		buyer,
		sensitivity,
		activity: zipf(random("activity"), U, knobs.zipfU),
		age: buckets(
			draw("age").map((value, u) => buyLatent[u * d] + 0.8 * value),
			8,
		),
		power: buckets(
			draw("power").map((value, u) => sensitivity[u] + 0.3 * value),
			5,
		),
		gender: Int32Array.from(draw("gender"), (value, u) => (clickLatent[u * d + 1] + value > 0 ? 2 : 1)),
		city: new Int32Array(U).map(() => 1 + city.int(20)),
	};
}
