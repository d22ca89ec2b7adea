import { expect, test } from "vitest";
import { stream } from "../core/random";
import { exposurePropensity, makeRace } from "./propensity";
import { simulate } from "./simulate";

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

test("inclusion probabilities sum to the length of the slate and rise with the score", () => {
	const scores = Float64Array.from({ length: 60 }, (_, k) => Math.sin(k * 7) * 1.5);
	for (const [spread, L] of [
		[0.5, 10],
		[0, 1],
		[1, 30],
	]) {
		const inclusion = makeRace(spread, 60, L)(scores).slice();
		expect(Math.abs(sum(inclusion) - L)).toBeLessThan(1e-5 * L);
		const order = Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
		for (let k = 1; k < 60; k++) expect(inclusion[order[k]]).toBeGreaterThanOrEqual(inclusion[order[k - 1]]);
	}
});

test("a slate of one without noise is a softmax, and equal scores are equally likely", () => {
	const scores = Float64Array.of(2, 0, -1, 0.5);
	const total = sum(scores.map(Math.exp));
	makeRace(
		0,
		4,
		1,
	)(scores).forEach((p, k) => {
		expect(Math.abs(p - Math.exp(scores[k]) / total)).toBeLessThan(1e-5);
	});
	for (const p of makeRace(0.5, 20, 5)(new Float64Array(20))) expect(Math.abs(p - 0.25)).toBeLessThan(1e-5);
});

test("it is the share of draws of the policy in which the item is shown", () => {
	const scores = Float64Array.from({ length: 12 }, (_, k) => (k % 5) * 0.6 - 1);
	const { uniform, normal } = stream(1, "propensity");
	const draws = 20_000;
	const shown = new Float64Array(12);
	for (let draw = 0; draw < draws; draw++) {
		const noisy = scores.map((score) => score + 0.7 * normal() - Math.log(-Math.log(uniform() + 2 ** -33)));
		const order = Array.from(noisy.keys()).sort((a, b) => noisy[b] - noisy[a]);
		for (const k of order.slice(0, 4)) shown[k]++;
	}
	makeRace(
		0.7,
		12,
		4,
	)(scores).forEach((p, k) => {
		expect(Math.abs(shown[k] / draws - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
	});
});

test("impressions have theirs: above chance, the higher the nearer to the top, and all one where all are shown", () => {
	const log = simulate({ preset: "tiny", seed: 1, rows: 2000 });
	const propensity = exposurePropensity(log);
	expect(propensity.every((p) => p > 0 && p < 1)).toBe(true);
	expect(sum(propensity) / 2000).toBeGreaterThan(1.1 * (10 / 60));
	const position = log.columns.position as Int32Array;
	const at = (wanted: number) => sum(propensity.filter((_, row) => position[row] === wanted)) / 200;
	expect(at(1)).toBeGreaterThan(at(10));
	const flat = exposurePropensity(simulate({ preset: "tiny", seed: 1, rows: 500, knobs: { tau: 0 } }));
	expect(flat.every((p) => Math.abs(p - 1 / 6) < 1e-5)).toBe(true);
	const all = exposurePropensity(simulate({ preset: "tiny", seed: 1, rows: 500, knobs: { K: 10 } }));
	expect(all.every((p) => p === 1)).toBe(true);
});
