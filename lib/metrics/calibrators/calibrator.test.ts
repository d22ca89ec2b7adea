import { describe, expect, it } from "vitest";
import { stream } from "../../core/random";
import { auc } from "../ranking";
import { calibrate, calibrationMethod, calibrationMethods, fitCalibrator, remarksOn } from "./calibrator";
import { fitIsotonic } from "./isotonic";
import { pav } from "./pav";
import { fitPlatt, logit } from "./platt";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Rows whose labels follow `truth`, scored by a model whose log-odds are `slope` times the true ones plus `shift`. */
function drawn(n: number, seed: number, { slope, shift }: { slope: number; shift: number }) {
	const random = stream(seed, "calibrator");
	const odds = Float64Array.from({ length: n }, () => 2 * (random.uniform() + random.uniform() + random.uniform()) - 5);
	const labels = Uint8Array.from(odds, (z) => +(random.uniform() < sigmoid(z)));
	return { scores: Float32Array.from(odds, (z) => sigmoid(slope * z + shift)), labels };
}

/** Mean |rate − prediction| over 20 equally large groups by prediction, each weighted by its rows. */
function ece(scores: Float32Array, labels: Uint8Array): number {
	const order = Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
	let sum = 0;
	for (let k = 0; k < 20; k++) {
		const rows = order.slice((k * order.length) / 20, ((k + 1) * order.length) / 20);
		sum += Math.abs(rows.reduce((gap, row) => gap + scores[row] - labels[row], 0));
	}
	return sum / scores.length;
}

describe("Platt", () => {
	it("undoes a shift and a slope: the exact rates come back", () => {
		// For p = k / 100, exactly k of each 100 rows are positive, 100 times over; smoothing the labels moves the map by some 1e-5.
		const rates = Array.from({ length: 99 }, (_, k) => k + 1);
		const each = 10_000;
		const [scores, labels] = [new Float32Array(99 * each), new Uint8Array(99 * each)];
		for (const [at, k] of rates.entries()) {
			scores.fill(sigmoid(0.6 * logit(k / 100) + 1.5), at * each, (at + 1) * each);
			labels.fill(1, at * each, at * each + k * (each / 100));
		}
		const map = fitPlatt(scores, labels);
		expect(map.a).toBeCloseTo(1 / 0.6, 4);
		expect(map.b).toBeCloseTo(-1.5 / 0.6, 4);
		const found = calibrate(
			map,
			Float32Array.from(rates, (k) => sigmoid(0.6 * logit(k / 100) + 1.5)),
		);
		for (const [at, k] of rates.entries()) expect(Math.abs(found[at] - k / 100)).toBeLessThan(1e-5);
	});
	it("keeps the order: AUC is the same to the last bit", () => {
		const { scores, labels } = drawn(20_000, 1, { slope: 1.7, shift: 2 });
		const fresh = drawn(20_000, 2, { slope: 1.7, shift: 2 });
		const map = fitPlatt(scores, labels);
		expect(calibrate(map, fresh.scores)).not.toEqual(fresh.scores);
		expect(auc(calibrate(map, fresh.scores), fresh.labels).value).toBe(auc(fresh.scores, fresh.labels).value);
	});
	it("takes 0 and 1, and stays finite where scores separate the classes or are all equal", () => {
		const ends = fitPlatt(Float32Array.of(0, 0, 1, 1, 0.5, 0.5), Uint8Array.of(0, 0, 1, 1, 0, 1));
		expect([ends.a, ends.b].every(Number.isFinite)).toBe(true);
		const [zero, half, one] = calibrate(ends, Float32Array.of(0, 0.5, 1));
		expect(zero).toBeLessThan(half);
		expect(half).toBeLessThan(one);
		// The smoothed rate: (2 · 3/4 + 6 · 1/8) / 8.
		const flat = fitPlatt(new Float32Array(8).fill(0.9), Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0));
		expect(flat.a).toBe(1);
		expect(calibrate(flat, Float32Array.of(0.9))[0]).toBeCloseTo(2.25 / 8, 6);
	});
	it("log-odds keep the order of all float32 probabilities, the ends and quotients above 1 too", () => {
		const rising = Float32Array.of(0, 1e-45, 1e-30, 0.3, 1 - 2 ** -24, 1, 1 + 2 ** -23, 30);
		const odds = Array.from(rising, logit);
		expect(odds.every((z, i) => Number.isFinite(z) && (i === 0 || z > odds[i - 1]))).toBe(true);
	});
});

describe("isotonic", () => {
	it("pools what falls: each block is the mean of its rows", () => {
		const blocks = pav([1, 3, 2, 2, 5, 4], [1, 1, 1, 2, 3, 1]);
		expect(blocks.map(({ from, to, value }) => [from, to, value])).toEqual([
			[0, 1, 1],
			[1, 4, 2.25],
			[4, 6, 4.75],
		]);
	});
	it("no rising sequence is nearer: against every one on a grid", () => {
		const random = stream(4, "pav");
		const [y, weight] = [0, 1].map(() => Array.from({ length: 6 }, () => 1 + random.int(4)));
		const distance = (values: readonly number[]) =>
			values.reduce((sum, value, i) => sum + weight[i] * (value - y[i]) ** 2, 0);
		const ours = distance(pav(y, weight).flatMap(({ from, to, value }) => Array<number>(to - from).fill(value)));
		let best = Number.POSITIVE_INFINITY;
		const grow = (values: number[]): void => {
			if (values.length === 6) best = Math.min(best, distance(values));
			else for (let v = values.at(-1) ?? 1; v <= 4; v += 0.25) grow([...values, v]);
		};
		grow([]);
		expect(ours).toBeLessThanOrEqual(best);
		expect(best - ours).toBeLessThan(0.1);
	});
	it("rows of one score are one point; straight between points, flat beyond", () => {
		const map = fitIsotonic(Float32Array.of(0.5, 0.25, 0.75, 0.5, 0.25), Uint8Array.of(1, 0, 1, 0, 0));
		expect(map).toEqual({ kind: "isotonic", x: [0.25, 0.5, 0.75], y: [0, 0.5, 1], n: 5, positives: 2 });
		const given = calibrate(map, Float32Array.of(0, 0.25, 0.375, 0.5, 0.625, 0.75, 1));
		expect([...given]).toEqual([0, 0, 0.25, 0.5, 0.75, 1, 1]);
	});
	it("never falls, and its mean on the rows it was fitted on is their rate", () => {
		const { scores, labels } = drawn(5000, 3, { slope: 0.5, shift: -1 });
		const map = fitIsotonic(scores, labels);
		const given = calibrate(map, scores.slice().sort());
		for (let i = 1; i < given.length; i++) expect(given[i]).toBeGreaterThanOrEqual(given[i - 1]);
		expect(given.reduce((a, b) => a + b, 0) / 5000).toBeCloseTo(map.positives / 5000, 7);
	});
	it("makes ties: on fresh rows AUC changes, where Platt leaves it", () => {
		const [one, fresh] = [5, 6].map((seed) => drawn(3000, seed, { slope: 1, shift: 0 }));
		const given = calibrate(fitIsotonic(one.scores, one.labels), fresh.scores);
		expect(new Set(given).size).toBeLessThan(new Set(fresh.scores).size / 2);
		expect(auc(given, fresh.labels).value).not.toBe(auc(fresh.scores, fresh.labels).value);
	});
});

describe.each(calibrationMethods)("%s", (method) => {
	it("ECE on fresh rows falls, of a model mis-scaled as by oversampling", () => {
		const wrong = { slope: 1, shift: 2 };
		const [valid, fresh] = [7, 8].map((seed) => drawn(20_000, seed, wrong));
		const given = calibrate(fitCalibrator(method, valid.scores, valid.labels), fresh.scores);
		const [before, after] = [ece(fresh.scores, fresh.labels), ece(given, fresh.labels)];
		expect(before).toBeGreaterThan(0.2);
		expect(after).toBeLessThan(0.02);
	});
	it("is plain JSON, which gives the same bits", () => {
		const { scores, labels } = drawn(3000, 9, { slope: 2, shift: 1 });
		const map = fitCalibrator(method, scores, labels);
		expect(calibrate(JSON.parse(JSON.stringify(map)), scores)).toEqual(calibrate(map, scores));
	});
	it.each([
		["NaN, counted", [0.1, Number.NaN, 0.3, Number.NaN], [0, 1, 0, 1], "2 of 4 scores are NaN"],
		["logits", [0.1, -2, 3, 0.5], [0, 1, 0, 1], "1 of 4 scores are negative or infinite"],
		["one class, positives", [0.1, 0.2], [1, 1], "all 2 labels are 1: calibration needs rows of both classes"],
		["one class, negatives", [0.1, 0.2], [0, 0], "all 2 labels are 0: calibration needs rows of both classes"],
		["no rows", [], [], "no rows to calibrate on"],
		["too few labels", [0.1, 0.2], [1], "2 scores but 1 labels"],
		["labels that are none", [0.1, 0.2], [1, 2], "1 of 2 labels are neither 0 nor 1"],
	])("refuses %s", (_, scores, labels, message) => {
		expect(() => fitCalibrator(method, Float32Array.from(scores), Uint8Array.from(labels))).toThrow(message);
	});
	it("refuses NaN when it is applied", () => {
		const map = fitCalibrator(method, Float32Array.of(0.2, 0.8), Uint8Array.of(0, 1));
		expect(() => calibrate(map, Float32Array.of(0.5, Number.NaN, 0.1))).toThrow("1 of 3 scores are NaN");
	});
});

describe("remarks", () => {
	const of = (method: (typeof calibrationMethods)[number], n: number, positives: number, rising = true) => {
		const scores = Float32Array.from({ length: n }, (_, i) => (i + 1) / (n + 1));
		const labels = Uint8Array.from(scores, (_, i) => +(rising ? i >= n - positives : i < positives));
		return remarksOn(fitCalibrator(method, scores, labels));
	};
	it.each([
		["platt", 1000, 99, "fitted on 99 positives among 1000 rows, and platt wants 100 or more: its map is uncertain"],
		["platt", 1000, 990, "fitted on 10 negatives among 1000 rows, and platt wants 100 or more: its map is uncertain"],
		[
			"isotonic",
			1000,
			199,
			"fitted on 199 positives among 1000 rows, and isotonic wants 200 or more: take platt, or more",
		],
		["isotonic", 1000, 500, "scores up to 0.4995 get probability 0: no such row was positive"],
		["isotonic", 1000, 500, "scores from 0.5005 get probability 1: every such row was positive"],
	] as const)("%s, %i rows, %i positives", (method, n, positives, remark) => {
		expect(of(method, n, positives).join("; ")).toContain(remark);
	});
	it("a slope that turns the order is told, and enough rows of both classes need none", () => {
		expect(of("platt", 1000, 200, false)).toEqual([
			expect.stringMatching(/^the slope is -\d.*: higher scores had fewer positives, so the order is turned$/),
		]);
		expect(of("platt", 1000, 200)).toEqual([]);
	});
});

it("an unknown method is refused with the known ones", () => {
	expect(calibrationMethod("isotonic")).toBe("isotonic");
	expect(() => calibrationMethod("plat")).toThrow('unknown calibration "plat": did you mean "platt"?');
});
