import { beforeAll, expect, test } from "vitest";
import { type Intercepts, type Odds, oddsOf } from "./behaviour";
import { calibrate } from "./calibrate";
import { type Exposure, expose } from "./exposure";
import { microCount, oracle, quadrature, truthColumns } from "./oracle";
import { chooseKnobs } from "./presets";
import { makeWorld, type World } from "./simulate";

const knobs = chooseKnobs("tiny");
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
let world: World;
let rows: Exposure;
let odds: Odds;
let b: Intercepts;
beforeAll(() => {
	world = makeWorld(knobs, 1);
	rows = expose(knobs, world.calendar, world.users, world.items, 1);
	odds = oddsOf(knobs, world, rows);
	b = calibrate(knobs, odds);
});
const sample = Array.from({ length: 40 }, (_, i) => i * 499 + 3);
const truthAt = (row: number) => {
	const out = new Float64Array(truthColumns.length);
	oracle(knobs, odds, b)(row, out);
	return Object.fromEntries(truthColumns.map((name, k) => [name, out[k]])) as Record<
		(typeof truthColumns)[number],
		number
	>;
};

test("the quadrature has the moments of a standard normal up to degree 17", () => {
	const moments = [1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10_395, 0, 135_135, 0, 2_027_025, 0];
	moments.forEach((moment, degree) => {
		const sum = quadrature.reduce((total, { node, weight }) => total + weight * node ** degree, 0);
		const scale = quadrature.reduce((total, { node, weight }) => total + weight * Math.abs(node) ** degree, 0);
		expect(Math.abs(sum - moment) / scale, `degree ${degree}`).toBeLessThan(1e-12);
	});
});

test("the count of micro actions equals the sum over all 32 outcomes", () => {
	const factors = Float64Array.of(0.5, 2, 3, 8, 20);
	const count = new Float64Array(6);
	microCount(1.3, factors, count);
	const expected = new Float64Array(6);
	for (let outcome = 0; outcome < 32; outcome++) {
		let [p, n] = [1, 0];
		factors.forEach((factor, k) => {
			const hit = 1 / (1 + 1.3 * factor);
			const happened = (outcome >> k) & 1;
			p *= happened ? hit : 1 - hit;
			n += happened;
		});
		expected[n] += p;
	}
	expected.forEach((value, n) => {
		expect(count[n]).toBeCloseTo(value, 14);
	});
});

/** The equations of one row as sigmoids of logits, with intent integrated on a fine grid. */
function direct(row: number): Record<string, number> {
	const { users, items, categories, calendar } = world;
	const [user, item, day] = [rows.user[row], rows.item[row], rows.day[row]];
	const inner = (z: Float64Array, q: Float64Array) => {
		let sum = 0;
		for (let k = 0; k < knobs.d; k++) sum += z[user * knobs.d + k] * q[item * knobs.d + k];
		return sum / Math.sqrt(knobs.d);
	};
	const clickAffinity = inner(users.clickLatent, items.clickLatent);
	const buyAffinity = inner(users.buyLatent, items.buyLatent);
	const occasion = calendar.occasion[day];
	const promotion = calendar.promotion[day];
	const hot = occasion === 2 ? items.discount[promotion * knobs.I + item] : 0;
	const [occC, occM, occB] = [
		[0, 0.1, 0.35, -0.1],
		[0, 0.5, 0.2, -0.2],
		[0, -0.6, 0.8, -0.5],
	].map((level) => level[occasion]);
	const category = items.category[item];
	const quality = items.quality[item];
	const click =
		b.click + 1.2 * clickAffinity + 0.5 * items.clickbait[item] + 0.5 * users.clicker[user] + occC + 0.6 * hot;
	const buy =
		b.conversion +
		1.2 * buyAffinity +
		0.5 * quality -
		0.25 * items.clickbait[item] +
		0.5 * users.buyer[user] -
		0.25 * users.sensitivity[user] * items.price[item] +
		occB +
		categories.occasion[category * 4 + occasion] +
		categories.drift[category * knobs.T + day] +
		0.9 * hot * (0.5 + users.sensitivity[user]);
	const sums: Record<string, number> = { y: 0, z: 0, zDo: 0, m: 0, a: 0, am: 0, za: 0 };
	const step = 0.05;
	for (let h = -8; h <= 8; h += step) {
		const density = (step * Math.exp((-h * h) / 2)) / Math.sqrt(2 * Math.PI);
		const y = density * rows.position[row] ** -0.45 * sigmoid(click + 0.4 * h);
		const actions = b.micro.map((intercept) => sigmoid(intercept + 0.5 * buyAffinity + 0.3 * quality + 0.6 * h));
		sums.y += y;
		for (let outcome = 0; outcome < 32; outcome++) {
			let [p, n] = [1, 0];
			actions.forEach((hit, k) => {
				const happened = (outcome >> k) & 1;
				p *= happened ? hit : 1 - hit;
				n += happened;
			});
			const macro = 0.7 * buyAffinity + 0.5 * h;
			const cart = sigmoid(b.cart + macro + 0.8 * n + occM);
			const wish = sigmoid(b.wish + macro + 0.64 * n - 0.5 * occM);
			for (const [c, w] of [
				[0, 0],
				[1, 0],
				[0, 1],
				[1, 1],
			]) {
				const q = p * (c ? cart : 1 - cart) * (w ? wish : 1 - wish);
				const z = q * sigmoid(buy + 2.2 * c + 3.2 * w + 0.1 * n + 0.5 * h);
				sums.z += y * z;
				sums.zDo += density * z;
				if (n > 0) sums.m += y * q;
				if (c || w) sums.a += y * q;
				if (n > 0 && (c || w)) sums.am += y * q;
				if (c || w) sums.za += y * z;
			}
		}
	}
	const { y, z, zDo, m, a, am, za } = sums;
	return {
		pctr: y,
		pcvr_obs: z / y,
		pcvr_do: zDo,
		pctcvr: z,
		pmi_obs: m / y,
		pma_obs: a / y,
		p_buy_given_a: za / a,
		p_buy_given_oa: (z - za) / (y - a),
		p_ma_given_mi: am / m,
		p_ma_given_omi: (a - am) / (y - m),
	};
}

test("the oracle equals the equations summed and integrated directly", () => {
	for (const row of sample.slice(0, 12)) {
		const truth = truthAt(row);
		for (const [name, value] of Object.entries(direct(row)))
			expect(Math.abs(truth[name as "pctr"] - value), `${name} of row ${row}`).toBeLessThan(2e-6);
	}
});

test("the mixtures of ESM² and HM³ and the product of ESMM hold in float64", () => {
	for (const row of sample) {
		const t = truthAt(row);
		expect(Math.abs(t.pctcvr - t.pctr * t.pcvr_obs)).toBeLessThan(1e-12);
		const buy = t.pma_obs * t.p_buy_given_a + (1 - t.pma_obs) * t.p_buy_given_oa;
		expect(Math.abs(t.pcvr_obs - buy)).toBeLessThan(1e-12);
		const macro = t.pmi_obs * t.p_ma_given_mi + (1 - t.pmi_obs) * t.p_ma_given_omi;
		expect(Math.abs(t.pma_obs - macro)).toBeLessThan(1e-12);
	}
});

test("a target out of reach is refused and named", () => {
	expect(() => calibrate({ ...knobs, ctr: 0.9 }, odds)).toThrow(/knob "ctr" = 0.9 cannot be reached/);
});
