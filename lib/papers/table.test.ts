import { describe, expect, it } from "vitest";
import { judge } from "./table";

const method = (label: string, values: number[], value: number | null) => ({
	label,
	model: label.toLowerCase(),
	hyper: { lr: 0.01 },
	values,
	published: value === null ? null : { value },
});
const base = method("BASE", [0.6, 0.61, 0.62, 0.63, 0.64], 0.66);
/** BASE's seeds plus differences. */
const plus = (differences: number[], value: number | null) =>
	method(
		"ESMM",
		base.values.map((v, i) => v + differences[i]),
		value,
	);
const judged = (differences: number[], value: number | null, baseline = base) =>
	judge({ column: "CVR AUC", methods: [baseline, plus(differences, value)] })[1];
const up = [0.02, 0.021, 0.019, 0.02, 0.02];
const mixed = [0.03, -0.02, 0.01, -0.01, 0];

describe("judge", () => {
	it("same-order: the interval lies on the paper's side", () => {
		const row = judged(up, 0.68);
		expect(row.verdict).toBe("same-order");
		expect(row.reason).toMatch(
			/^same order: ESMM − BASE = \+0\.0200 \[\+0\.0191, \+0\.0209\] over 5 paired seeds \(smallest detectable /,
		);
		expect(row.reason).toContain("the paper prints +0.0200");
		expect(
			judged(
				up.map((d) => -d),
				0.64,
			).verdict,
		).toBe("same-order");
	});
	it("outside: it lies on the other side", () => {
		const row = judged(up, 0.64);
		expect(row.verdict).toBe("outside");
		expect(row.reason).toMatch(/^opposite order: .*the paper prints −0\.0200$/);
		expect(
			judged(
				up.map((d) => -d),
				0.68,
			).verdict,
		).toBe("outside");
	});
	it("not-comparable: the interval holds 0, and it says what could have been seen", () => {
		const row = judged(mixed, 0.68);
		expect(row.verdict).toBe("not-comparable");
		// std 0.0192, n 5: 3.761·0.0192/√5
		expect(row.reason).toMatch(
			/^no difference seen: .* \(smallest detectable \+0\.0324\); the paper prints \+0\.0200$/,
		);
	});
	it("not-comparable: the paper's number is unknown, its own or the baseline's", () => {
		expect(judged(up, null)).toMatchObject({ verdict: "not-comparable", published: null });
		expect(judged(up, null).reason).toMatch(/the paper's number is unknown$/);
		expect(judged(up, 0.68, { ...base, published: null }).verdict).toBe("not-comparable");
	});
	it("one seed has no interval, so no verdict", () => {
		const [, row] = judge({
			column: "c",
			methods: [method("BASE", [0.6], 0.6), method("ESMM", [0.7], 0.7)],
		});
		expect(row.verdict).toBe("not-comparable");
		expect(row.reason).toBe("ESMM − BASE = +0.1000 with one seed: no interval, no comparison");
	});
	it("a metric that could not be computed gives no verdict and says for which seed", () => {
		const [, row] = judge({
			column: "c",
			methods: [method("BASE", [0.6, 0.7], 0.6), method("ESMM", [0.7, Number.NaN], 0.7)],
		});
		expect(row.verdict).toBe("not-comparable");
		expect(row.reason).toBe("the metric could not be computed for seed number 2: no comparison");
	});
	it("seeds are paired: a shift of every seed is seen through a spread twenty times as wide", () => {
		expect(judged([0.001, 0.0011, 0.0009, 0.001, 0.001], 0.68).verdict).toBe("same-order");
	});
	it("the baseline is judged against nothing; rows carry what they are", () => {
		const [first, second] = judge({ column: "CVR AUC", methods: [base, plus(up, 0.68)] });
		expect(first.verdict).toBe("not-comparable");
		expect(first.reason).toMatch(/^baseline/);
		expect(first.ours.mean).toBeCloseTo(0.62, 12);
		expect(second).toMatchObject({
			label: "ESMM",
			model: "esmm",
			hyper: { lr: 0.01 },
			column: "CVR AUC",
			published: { value: 0.68 },
			ours: { n: 5 },
		});
	});
});

describe("best", () => {
	const method = (label: string, values: number[]) => ({ label, model: label, hyper: {}, values, published: null });
	const bestOf = (...methods: ReturnType<typeof method>[]) =>
		judge({ column: "AUC", methods })
			.filter((row) => row.best)
			.map((row) => row.label);
	it("is marked only where the paired interval to every other method lies above 0", () => {
		const [low, middle, high] = [
			method("low", [1, 2, 3]),
			method("middle", [1.1, 2.11, 3.12]),
			method("high", [1.2, 2.21, 3.2]),
		];
		expect(bestOf(low, middle, high)).toEqual(["high"]);
		expect(bestOf(high, low)).toEqual(["high"]);
		expect(bestOf(low, method("noisy", [1.5, 1.9, 3.3]))).toEqual([]);
		expect(bestOf(low)).toEqual([]);
	});
});
