import { expect, test } from "vitest";
import { expose } from "./exposure";
import { chooseKnobs, type Knobs } from "./presets";
import { makeWorld } from "./simulate";

const exposed = (changes: Partial<Knobs>) => {
	const knobs = chooseKnobs("tiny", changes);
	const world = makeWorld(knobs, 1);
	return { knobs, world, rows: expose(knobs, world.calendar, world.users, world.items, 1) };
};
const meanAt = (values: ArrayLike<number>, keep: (row: number) => boolean) => {
	let [sum, n] = [0, 0];
	for (let row = 0; row < values.length; row++) if (keep(row)) [sum, n] = [sum + values[row], n + 1];
	return { mean: sum / n, n };
};

test("relevance decides what is shown, and where", () => {
	const { rows } = exposed({});
	const top = meanAt(rows.clickAffinity, (row) => rows.position[row] === 1).mean;
	const last = meanAt(rows.clickAffinity, (row) => rows.position[row] === 10).mean;
	expect(top).toBeGreaterThan(last + 0.2);
	expect(last).toBeGreaterThan(0);
});

test("without relevance a slate is a random draw by popularity, in random order", () => {
	const { rows, world, knobs } = exposed({ tau: 0, K: 10 });
	const top = meanAt(rows.clickAffinity, (row) => rows.position[row] === 1);
	const last = meanAt(rows.clickAffinity, (row) => rows.position[row] === 10);
	expect(Math.abs(top.mean - last.mean)).toBeLessThan(4 * Math.sqrt(2 / top.n));
	// Every request draws ten without replacement: the first of them follows popularity, all of them less than it.
	const popular = world.items.popularity.indexOf(Math.max(...world.items.popularity));
	const share = world.items.popularity[popular] / world.items.popularity.reduce((a, b) => a + b, 0);
	const shown = meanAt(rows.item, (row) => rows.item[row] === popular).n / (knobs.N / knobs.L);
	const atLeast = 1 - (1 - share) ** 10;
	expect(shown).toBeGreaterThan(atLeast - 4 * Math.sqrt(atLeast / 2000));
	expect(shown).toBeLessThan(10 * share);
});

test("candidates are drawn in proportion to popularity", () => {
	const { rows, world } = exposed({ tau: 0, L: 1, K: 1 });
	const total = world.items.popularity.reduce((a, b) => a + b, 0);
	const counts = new Int32Array(300);
	for (const item of rows.item) counts[item]++;
	let chi = 0;
	world.items.popularity.forEach((weight, item) => {
		const expected = (rows.item.length * weight) / total;
		chi += (counts[item] - expected) ** 2 / expected;
	});
	expect(Math.abs(chi - 299)).toBeLessThan(4 * Math.sqrt(2 * 299));
});

test("days follow traffic and users follow activity", () => {
	const { rows, world, knobs } = exposed({ L: 1, K: 1 });
	for (const [drawn, weights] of [
		[rows.day, world.calendar.traffic],
		[rows.user, world.users.activity],
	] as const) {
		const total = weights.reduce((a, b) => a + b, 0);
		const counts = new Int32Array(weights.length);
		for (const value of drawn) counts[value]++;
		let chi = 0;
		weights.forEach((weight, i) => {
			const expected = (knobs.N * weight) / total;
			chi += (counts[i] - expected) ** 2 / expected;
		});
		expect(Math.abs(chi - weights.length + 1)).toBeLessThan(4 * Math.sqrt(2 * (weights.length - 1)));
	}
});

test("affinities are inner products over the root of the dimension", () => {
	const { rows, world, knobs } = exposed({});
	for (let row = 0; row < 1000; row += 37) {
		let [click, buy] = [0, 0];
		for (let k = 0; k < knobs.d; k++) {
			const [u, i] = [rows.user[row] * knobs.d + k, rows.item[row] * knobs.d + k];
			click += world.users.clickLatent[u] * world.items.clickLatent[i];
			buy += world.users.buyLatent[u] * world.items.buyLatent[i];
		}
		expect(rows.clickAffinity[row]).toBeCloseTo(click / 2, 12);
		expect(rows.buyAffinity[row]).toBeCloseTo(buy / 2, 12);
	}
});
