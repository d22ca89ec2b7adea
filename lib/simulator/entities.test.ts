import { expect, test } from "vitest";
import { makeCategories, makeItems, makeUsers } from "./entities";
import { chooseKnobs } from "./presets";

const knobs = chooseKnobs("demo", { U: 20_000, I: 20_000, C: 400, B: 1200, S: 1200, rho: 0.6, zipfI: 1 });
const categories = makeCategories(knobs, 1);
const items = makeItems(knobs, categories, 1);
const users = makeUsers(knobs, 1);

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const covariance = (a: Float64Array, b: Float64Array) => {
	const [ma, mb] = [mean(a), mean(b)];
	return mean(a.map((value, i) => (value - ma) * (b[i] - mb)));
};
const correlation = (a: Float64Array, b: Float64Array) =>
	covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
/** Four standard errors of a correlation of n independent pairs. */
const four = (n: number) => 4 / Math.sqrt(n);

test("click and buy latents are as similar as rho says and have variance 1", () => {
	const n = users.clickLatent.length;
	expect(Math.abs(correlation(users.clickLatent, users.buyLatent) - 0.6)).toBeLessThan(four(n));
	expect(Math.abs(covariance(users.buyLatent, users.buyLatent) - 1)).toBeLessThan(four(n) * Math.SQRT2);
	// Items of a category share half of their latent, so far fewer values are independent.
	const few = categories.clickCentre.length;
	expect(Math.abs(correlation(items.clickLatent, items.buyLatent) - 0.6)).toBeLessThan(four(few) * 2);
	expect(Math.abs(covariance(items.clickLatent, items.clickLatent) - 1)).toBeLessThan(four(few) * 2);
});

test("half of an item's latent is its category's", () => {
	const { d } = knobs;
	const centre = items.clickLatent.map(
		(_, at) => categories.clickCentre[items.category[Math.floor(at / d)] * d + (at % d)],
	);
	expect(Math.abs(covariance(items.clickLatent, centre) / covariance(centre, centre) - Math.SQRT1_2)).toBeLessThan(
		0.02,
	);
});

test("propensities, clickbait, price and price sensitivity have their moments", () => {
	const n = knobs.U;
	expect(Math.abs(correlation(users.buyer, users.clicker) - 0.2)).toBeLessThan(four(n));
	expect(Math.abs(covariance(users.buyer, users.buyer) - 1)).toBeLessThan(four(n) * Math.SQRT2);
	expect(Math.abs(correlation(items.clickbait, items.quality) + 0.2)).toBeLessThan(four(n));
	expect(Math.abs(mean(users.sensitivity) - Math.sqrt(2 / Math.PI))).toBeLessThan(four(n));
	expect(Math.min(...users.sensitivity)).toBeGreaterThanOrEqual(0);
	const shared = items.price.map((_, i) => categories.price[items.category[i]]);
	expect(Math.abs(covariance(items.price, shared) / covariance(shared, shared) - 0.5)).toBeLessThan(four(n));
});

test("one item in five is discounted, anew for each promotion", () => {
	const { I, promos } = knobs;
	for (let promotion = 0; promotion < promos.length; promotion++) {
		const values = items.discount.slice(promotion * I, (promotion + 1) * I);
		const positive = values.filter((value) => value > 0);
		expect(Math.abs(positive.length / I - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / I));
		expect(positive.every((value) => value >= 0.3 && value <= 1)).toBe(true);
		expect(Math.abs(mean(positive) - 0.65)).toBeLessThan((4 * 0.7) / Math.sqrt(12 * positive.length));
		if (promotion > 0) expect(values).not.toEqual(items.discount.slice(0, I));
	}
	const fixed = makeItems({ ...knobs, promoRedraw: false }, categories, 1).discount;
	expect(fixed.slice(I, 2 * I)).toEqual(fixed.slice(0, I));
});

test("a brand and a shop belong to one category, the first of them to the most items", () => {
	for (const kinds of [items.brand, items.shop]) {
		expect(kinds.every((kind, i) => kind % knobs.C === items.category[i] && kind < 1200)).toBe(true);
		const ofRank = [0, 1, 2].map(
			(rank) => kinds.filter((kind) => Math.floor(kind / knobs.C) === rank).length / knobs.I,
		);
		[1, 1 / 2, 1 / 3].forEach((weight, rank) => {
			expect(Math.abs(ofRank[rank] - weight / (11 / 6))).toBeLessThan(four(knobs.I) / 2);
		});
	}
});

test("occasion effects are none without a promotion, drift starts at 0 and walks", () => {
	const { C, T } = knobs;
	const at = (code: number) => categories.occasion.filter((_, i) => i % 4 === code);
	expect(at(0).every((value) => value === 0)).toBe(true);
	for (const code of [1, 2, 3])
		expect(Math.abs(Math.sqrt(covariance(at(code), at(code))) / knobs.sigOcc - 1)).toBeLessThan(four(C));
	const steps: number[] = [];
	for (let c = 0; c < C; c++) {
		expect(categories.drift[c * T]).toBe(0);
		for (let day = 1; day < T; day++) steps.push(categories.drift[c * T + day] - categories.drift[c * T + day - 1]);
	}
	const step = Float64Array.from(steps);
	expect(Math.abs(Math.sqrt(covariance(step, step)) / knobs.sigDrift - 1)).toBeLessThan(four(step.length));
});
