import { describe, expect, it } from "vitest";
import { chosenBy } from "./choices";
import { ranked, rungsOf } from "./halving";
import type { AnyChoices } from "./spec";
import { trialsOf } from "./trials";

const space: Record<string, AnyChoices> = {
	lr: { log: [1e-4, 1e-2] },
	dropout: { linear: [0, 0.5] },
	embedding: { integer: [2, 5] },
	mlp: [[4], [8], [16, 8]],
};
const drawn = (choices: Record<string, AnyChoices>, trials = 3, seed = 0) =>
	trialsOf(choices, { search: "random", trials, seed }).map(({ hyper }) => hyper);

describe("draws", () => {
	it("are these, on every machine", () => {
		expect(drawn(space)).toEqual([
			{ lr: 0.000646778, dropout: 0.191511, embedding: 3, mlp: [8] },
			{ lr: 0.0010559, dropout: 0.0407142, embedding: 3, mlp: [16, 8] },
			{ lr: 0.000783266, dropout: 0.216146, embedding: 2, mlp: [16, 8] },
		]);
	});
	it("stay as they are when another choice, a further hyperparameter or more trials come; another seed draws others", () => {
		const few = drawn(space);
		const more = drawn({ ...space, dropout: [0], batch: [1, 2, 3] }, 6);
		for (const [i, { lr, embedding, mlp }] of few.entries()) expect(more[i]).toMatchObject({ lr, embedding, mlp });
		expect(drawn(space, 3, 1).map(({ lr }) => lr)).not.toEqual(few.map(({ lr }) => lr));
		// Another range scales the same draw.
		const wider = drawn({ dropout: { linear: [0, 1] } });
		for (const [i, { dropout }] of few.entries()) expect(wider[i].dropout).toBeCloseTo(2 * (dropout as number), 5);
	});
	it("fill their ranges evenly and do not leave them", () => {
		const all = drawn(space, 2000);
		const share = (of: (hyper: Record<string, unknown>) => boolean) => all.filter(of).length / all.length;
		for (const { lr, embedding } of all) {
			expect(lr).toBeGreaterThanOrEqual(1e-4);
			expect(lr).toBeLessThanOrEqual(1e-2);
			expect([2, 3, 4, 5]).toContain(embedding);
		}
		// Four standard errors of a share over 2000 draws are at most 0.045.
		expect(Math.abs(share(({ lr }) => (lr as number) < 1e-3) - 1 / 2)).toBeLessThan(0.045);
		expect(Math.abs(share(({ dropout }) => (dropout as number) < 0.1) - 1 / 5)).toBeLessThan(0.036);
		expect(Math.abs(share(({ embedding }) => embedding === 5) - 1 / 4)).toBeLessThan(0.039);
		expect(Math.abs(share(({ mlp }) => (mlp as number[]).length === 2) - 1 / 3)).toBeLessThan(0.043);
	});
	it("reach both ends of whole numbers, and the first of a range", () => {
		expect([0, 0.999999].map((u) => chosenBy(u, { integer: [3, 4] }))).toEqual([3, 4]);
		expect(chosenBy(0, { log: [1e-4, 1] })).toBe(1e-4);
		expect(chosenBy(0.5, { log: [1e-4, 1] })).toBe(0.01);
		expect(chosenBy(0.25, { linear: [1, 3] })).toBe(1.5);
	});
});

describe("trials", () => {
	it("of a grid are all combinations, names in alphabetical order, the last one changing fastest", () => {
		const grid = (choices: Record<string, AnyChoices>) =>
			trialsOf(choices, { search: "grid", trials: 1, seed: 0 }).map(({ hyper }) => [hyper.a, hyper.b]);
		const want = [
			[1, "x"],
			[1, "y"],
			[2, "x"],
			[2, "y"],
		];
		expect(grid({ a: [1, 2], b: ["x", "y"] })).toEqual(want);
		expect(grid({ b: ["x", "y"], a: [1, 2] })).toEqual(want);
		expect(trialsOf({}, { search: "grid", trials: 1, seed: 0 })).toEqual([{ index: 0, hyper: {} }]);
	});
	it("that are equal count once, under the first one's number", () => {
		const trials = trialsOf({ a: [1, 2] }, { search: "random", trials: 8, seed: 0 });
		expect(trials.map(({ hyper }) => hyper.a).sort()).toEqual([1, 2]);
		expect(trials[0].index).toBe(0);
	});
});

describe("successive halving", () => {
	it("of 8 trials has 8 on an eighth of the rows, 4 on a quarter, 2 on half, 1 on all", () => {
		expect(rungsOf("halving", 8)).toEqual([
			{ share: 1 / 8, most: 8 },
			{ share: 1 / 4, most: 4 },
			{ share: 1 / 2, most: 2 },
			{ share: 1, most: 1 },
		]);
		expect(rungsOf("halving", 6).map(({ share, most }) => [share, most])).toEqual([
			[1 / 4, 6],
			[1 / 2, 3],
			[1, 1],
		]);
		expect(rungsOf("halving", 1)).toEqual([{ share: 1, most: 1 }]);
		expect(rungsOf("random", 8).map(({ share }) => share)).toEqual([1]);
	});
	it("ranks by value; equal ones by number, those without a value behind, those that failed not at all", () => {
		const scores = [0.5, null, 0.7, undefined, 0.5, null];
		const order = (better: 1 | -1) =>
			ranked(
				scores.map((score, index) => ({ index, score })),
				better,
			).map(({ index }) => index);
		expect(order(1)).toEqual([2, 0, 4, 1, 5]);
		expect(order(-1)).toEqual([0, 4, 2, 1, 5]);
	});
	it("ranks a training that exploded or whose tower collapsed behind the sound ones, whatever its value", () => {
		const trials = [
			{ index: 0, score: 0.9, unsound: ["collapsed tower"] },
			{ index: 1, score: 0.5, unsound: [] },
			{ index: 2, score: null },
			{ index: 3, score: 0.6 },
		];
		expect(ranked(trials, 1).map(({ index }) => index)).toEqual([3, 1, 0, 2]);
	});
});
