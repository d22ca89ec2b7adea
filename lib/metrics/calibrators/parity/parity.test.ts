import { describe, expect, it } from "vitest";
import { calibrate } from "../calibrator";
import { fitIsotonic } from "../isotonic";
import { pav } from "../pav";
import { fitPlatt } from "../platt";
import parity from "./parity.json";

// The same scores and labels as in parity.py, whose maps parity.json holds.

/** Element i of the numbers called `name`, in [0, 1). */
function unit(name: string, i: number): number {
	const k = [...name].reduce((sum, letter, place) => sum + (place + 1) * letter.charCodeAt(0), 0) % 9973;
	return ((i * 7919 + k * 104729 + ((i * i) % 9973) * (31 + k)) % 10007) / 10007;
}

function rowsOf(name: string, rows: number, grid: number, shift: number, slope: number) {
	const [scores, labels] = [new Float32Array(rows), new Uint8Array(rows)];
	for (let i = 0; i < rows; i++) {
		scores[i] = (Math.floor(unit(`${name} score`, i) * grid) + 0.5) / grid;
		const rate = 1 / (1 + Math.exp(-(slope * Math.log(scores[i] / (1 - scores[i])) + shift)));
		labels[i] = +(unit(`${name} label`, i) < rate);
	}
	return { scores, labels };
}

const everyFiftieth = Float32Array.from({ length: 51 }, (_, i) => i / 50);
const near = (ours: ArrayLike<number>, theirs: readonly number[], by: number) => {
	expect(ours.length).toBe(theirs.length);
	for (const [i, value] of theirs.entries()) expect(Math.abs(ours[i] - value), `entry ${i}`).toBeLessThan(by);
};

describe.each([
	["ties", 2000, 40, -1, 0.7],
	["rare", 5000, 4096, -4, 0.8],
	["small", 30, 1024, 0.3, 1],
	["separable", 200, 64, 0, 60],
] as const)("scikit-learn's maps of %s", (name, rows, grid, shift, slope) => {
	const { scores, labels } = rowsOf(name, rows, grid, shift, slope);
	const theirs = parity.cases[name];

	it("Platt: regression without penalty on smoothed labels, and what CalibratedClassifierCV fits", () => {
		const { a, b, n, positives } = fitPlatt(scores, labels);
		expect([n, positives]).toEqual([scores.length, theirs.positives]);
		near([a, b], [theirs.platt.a, theirs.platt.b], 1e-8);
		near([a, b], [theirs.sigmoid.a, theirs.sigmoid.b], 1e-6);
	});
	it("isotonic: points, and values between and beyond them", () => {
		const map = fitIsotonic(scores, labels);
		expect(map.x).toEqual(theirs.isotonic.x);
		near(map.y, theirs.isotonic.y, 1e-12);
		near(calibrate(map, everyFiftieth), theirs.isotonic.at, 6e-8);
	});
});

it("scikit-learn pools weighted violators to the same values", () => {
	const y = Array.from({ length: 60 }, (_, i) => unit("pav y", i) + i / 100);
	const weight = y.map((_, i) => 1 + Math.floor(unit("pav weight", i) * 9));
	const ours = pav(y, weight).flatMap(({ from, to, value }) => Array<number>(to - from).fill(value));
	near(ours, parity.pav, 1e-12);
});
