import { describe, expect, it } from "vitest";
import { holm } from "../../metrics/comparison/holm";
import { paired } from "../../metrics/comparison/paired";
import { type ColumnOfRuns, judge, type MethodValues } from "./table";

const metric = "auc(conversion|click)";
const method = (
	label: string,
	values: number[],
	value: number | null,
	more: Partial<MethodValues> = {},
): MethodValues => ({
	...{ label, model: label.toLowerCase(), hyper: { lr: 0.01 }, values, against: "BASE" },
	published: value === null ? null : { value },
	...more,
});
const base = method("BASE", [0.6, 0.61, 0.62, 0.63, 0.64], 0.66);
const plus = (differences: number[]) => base.values.map((v, i) => v + differences[i]);
const column = (methods: MethodValues[], more: Partial<ColumnOfRuns> = {}): ColumnOfRuns => ({
	...{ column: "CVR AUC", metric, methods },
	...more,
});
const judged = (differences: number[], value: number | null, baseline = base) =>
	judge([column([baseline, method("ESMM", plus(differences), value)])])[1];
const up = [0.02, 0.021, 0.019, 0.02, 0.02];
const down = up.map((d) => -d);
const mixed = [0.03, -0.02, 0.01, -0.01, 0];

describe("on another log only the order is judged", () => {
	it("same-order: p after Holm at most 0.05, and the sign that the paper prints", () => {
		const row = judged(up, 0.68);
		expect(row.verdict).toBe("same-order");
		expect(row.reason).toMatch(
			/^same order: ESMM − BASE = \+0\.0200 \[\+0\.0191, \+0\.0209\] over 5 paired seeds, p < 0\.0001, smallest detectable /,
		);
		expect(row.reason).toMatch(/; the paper prints \+0\.0200$/);
		expect(judged(down, 0.64).verdict).toBe("same-order");
	});
	it("outside: the sign is the other one", () => {
		const row = judged(up, 0.64);
		expect(row.verdict).toBe("outside");
		expect(row.reason).toMatch(/^opposite order: .*the paper prints −0\.0200$/);
		expect(judged(down, 0.68).verdict).toBe("outside");
	});
	it("not-comparable: no difference seen, with the interval and what could have been seen", () => {
		const row = judged(mixed, 0.68);
		expect(row.verdict).toBe("not-comparable");
		const { low, high, detectable } = paired(plus(mixed), base.values);
		expect([low < 0, high > 0]).toEqual([true, true]);
		expect(row.reason).toMatch(/^no difference seen: ESMM − BASE = \+0\.0020 \[−0\.0\d+, \+0\.0\d+\]/);
		expect(row.reason).toContain(`smallest detectable ${detectable.toFixed(4)}; the paper prints +0.0200`);
	});
	it("not-comparable: the paper's number is unknown, its own or the baseline's, or prints no order", () => {
		expect(judged(up, null)).toMatchObject({ verdict: "not-comparable", published: null });
		expect(judged(up, null).reason).toMatch(/the paper's number is unknown$/);
		expect(judged(up, 0.68, { ...base, published: null }).verdict).toBe("not-comparable");
		expect(judged(up, 0.66)).toMatchObject({ verdict: "not-comparable", reason: expect.stringMatching(/no order$/) });
	});
	it("one seed without predictions has no interval, so no verdict, and it says why", () => {
		const one = (more: Partial<MethodValues>) =>
			judge([column([method("BASE", [0.6], 0.6), method("ESMM", [0.7], 0.7, more)])])[1];
		expect(one({})).toMatchObject({
			verdict: "not-comparable",
			reason: "ESMM − BASE = +0.1000, no comparison: one seed: no interval and no test",
		});
		expect(one({ overUsers: "its predictions are not there" }).reason).toMatch(/: its predictions are not there$/);
	});
	it("one seed with a difference over users is judged by it", () => {
		const overUsers = {
			...{ a: 0.7, b: 0.6, difference: 0.1, se: 0.02, low: 0.06, high: 0.14, p: 0.001, detectable: 0.056 },
			...{ rows: 9000, clusters: 1234, effective: 100 },
		};
		const methods = [method("BASE", [0.6], 0.6), method("ESMM", [0.7], 0.7, { overUsers })];
		const [baseline, row] = judge([column(methods)]);
		expect(row.verdict).toBe("same-order");
		expect(row.reason).toContain("[+0.0600, +0.1400] over 1,234 users of one seed, drawn again, p = 0.0010");
		expect([baseline.best, row.best]).toEqual([false, true]);
	});
	it("a metric that could not be computed gives no verdict and says for which seed", () => {
		const methods = [method("BASE", [0.6, 0.7], 0.6), method("ESMM", [0.7, Number.NaN], 0.7)];
		expect(judge([column(methods)])[1]).toMatchObject({
			verdict: "not-comparable",
			reason: expect.stringContaining("the value of seed number 2 is not a finite number"),
		});
	});
	it("seeds are paired: a shift of every seed is seen through a spread twenty times as wide", () => {
		expect(judged([0.001, 0.0011, 0.0009, 0.001, 0.001], 0.68).verdict).toBe("same-order");
	});
	it("the baseline is judged against nothing; rows carry what they are", () => {
		const [first, second] = judge([column([base, method("ESMM", plus(up), 0.68)])]);
		expect(first.verdict).toBe("not-comparable");
		expect(first.reason).toMatch(/^baseline/);
		expect(first.ours.mean).toBeCloseTo(0.62, 12);
		expect(second).toMatchObject({
			...{ label: "ESMM", model: "esmm", hyper: { lr: 0.01 }, column: "CVR AUC" },
			...{ published: { value: 0.68 }, ours: { n: 5 } },
		});
	});
	it("p-values are adjusted over all comparisons of the table, not of a column", () => {
		// p = 0.03 by itself: seen alone, not among four.
		const weak = [0.02, 0.005, 0.012, 0.001, 0.018];
		const p = paired(plus(weak), base.values).p as number;
		expect([p > 0.0125, p < 0.05]).toEqual([true, true]);
		expect(judged(weak, 0.68).verdict).toBe("same-order");
		const two = (name: string): ColumnOfRuns =>
			column([base, method("ESMM", plus(weak), 0.68), method("AMAN", plus(mixed), 0.67)], { column: name });
		const rows = judge([two("a"), two("b")]);
		const adjusted = holm(
			["ESMM", "AMAN", "ESMM", "AMAN"].map((_, i) => (i % 2 ? paired(plus(mixed), base.values).p : p)),
		);
		expect(rows[1].verdict).toBe("not-comparable");
		expect(rows[1].reason).toMatch(/^no difference seen: /);
		expect(rows[1].reason).toContain(`(${adjusted[0]?.toFixed(4)} after Holm over 4 comparisons)`);
	});
	it("a method is compared with the baseline that it names", () => {
		const small = method("BASE 1 %", plus(down), null, { against: "BASE 1 %" });
		const rows = judge([column([base, small, method("ESMM 1 %", plus(mixed), null, { against: "BASE 1 %" })])]);
		expect(rows[1].reason).toMatch(/^baseline/);
		expect(rows[2].reason).toMatch(/: ESMM 1 % − BASE 1 % = \+0\.0220/);
	});
});

describe("on the paper's own log the number itself is judged", () => {
	const own = (value: number | null, std?: number, runs?: number, values = base.values) =>
		judge(
			[
				column([method("BASE", values, value, std ? { published: { value: value as number, std } } : {})], {
					own: true,
				}),
			],
			{
				runs,
			},
		)[0];
	// Ours: 0.62 ± t(4)·0.0158/√5 = 0.62 ± 0.0196.
	it("within our interval, or outside it", () => {
		expect(own(0.639).verdict).toBe("within");
		expect(own(0.641)).toMatchObject({
			verdict: "outside",
			reason: "BASE: the printed 0.6410 is +0.0210 from ours, 0.6200 ± 0.0196: outside ± 0.0196",
		});
		expect(own(0.601).verdict).toBe("within");
		expect(own(0.599).verdict).toBe("outside");
	});
	it("theirs widens it: of n runs by their interval, of an unknown number as of one", () => {
		// t(9)·0.02/√10 = 0.0143, and √(0.0196² + 0.0143²) = 0.0243.
		expect(own(0.644, 0.02, 10).verdict).toBe("within");
		expect(own(0.645, 0.02, 10).verdict).toBe("outside");
		expect(own(0.644, 0.02, 10).reason).toContain("widened by the paper's ± 0.0143: within ± 0.0243");
		// 1.96·0.02 = 0.0392, and √(0.0196² + 0.0392²) = 0.0438.
		expect(own(0.663, 0.02).verdict).toBe("within");
		expect(own(0.665, 0.02).verdict).toBe("outside");
	});
	it("an unknown number and one seed are not comparable; a method's difference to its baseline is told too", () => {
		expect(own(null)).toMatchObject({ verdict: "not-comparable", reason: "BASE: the paper's number is unknown" });
		expect(own(0.62, undefined, undefined, [0.62]).reason).toMatch(/^BASE: one seed: how far another would be/);
		const rows = judge([column([base, method("ESMM", plus(up), 0.64)], { own: true })]);
		expect(rows.map(({ verdict }) => verdict)).toEqual(["outside", "within"]);
		expect(rows[1].reason).toMatch(/; ESMM − BASE = \+0\.0200 \[/);
	});
});

describe("best", () => {
	const bestOf = (metric: string, ...methods: MethodValues[]) =>
		judge([column(methods, { metric })])
			.filter((row) => row.best)
			.map((row) => row.label);
	const of = (label: string, values: number[]) => method(label, values, null, { against: "low" });
	const [low, middle, high] = [
		of("low", [1, 2, 3, 4]),
		of("middle", [1.1, 2.11, 3.12, 4.1]),
		of("high", [1.2, 2.21, 3.2, 4.2]),
	];
	it("is marked only where it is better than every other method, seed by seed", () => {
		expect(bestOf(metric, low, middle, high)).toEqual(["high"]);
		expect(bestOf(metric, low, high)).toEqual(["high"]);
		expect(bestOf(metric, low, of("noisy", [1.5, 1.9, 3.3, 4.2]))).toEqual([]);
		expect(bestOf(metric, low)).toEqual([]);
	});
	it("is the lowest of an error, and nothing of what is best at 1", () => {
		expect(bestOf("logloss(conversion|click)", low, middle, high)).toEqual(["low"]);
		expect(bestOf("pcoc(conversion|click)", low, middle, high)).toEqual([]);
	});
	it("is adjusted over the column: what beats one other may not be bold among four", () => {
		const others = [0, 1, 2].map((i) =>
			of(
				`o${i}`,
				low.values.map((v, s) => v - [0.01, 0.004, 0.011, 0.0025][(s + i) % 4]),
			),
		);
		const p = others.map((other) => paired(low.values, other.values).p as number);
		for (const one of p) expect([one > 0.05 / 3, one < 0.05]).toEqual([true, true]);
		expect(bestOf(metric, low, others[0])).toEqual(["low"]);
		expect(bestOf(metric, low, ...others)).toEqual([]);
	});
	it("is better than all of a chain, where each is compared with the one above it", () => {
		const chain = (values: number[][]) =>
			["GBDT", "DNN", "ESMM", "ESM2"].map((label, i, all) =>
				method(label, values[i], null, { against: all[Math.max(0, i - 1)] }),
			);
		const by = (step: number) => low.values.map((v, s) => v + step + [0.001, 0, 0.002, -0.001][s] * step * 10);
		const rising = [low.values, by(0.1), by(0.2), by(0.3)];
		expect(bestOf(metric, ...chain(rising))).toEqual(["ESM2"]);
		// The last is above the third, with which it is compared, and below the second.
		expect(bestOf(metric, ...chain([low.values, by(0.3), by(0.1), by(0.2)]))).toEqual(["DNN"]);
		const overUsers = {
			...{ a: 0.7, b: 0.6, difference: 0.1, se: 0.02, low: 0.06, high: 0.14, p: 0.001, detectable: 0.056 },
			...{ rows: 9000, clusters: 1234, effective: 100 },
		};
		const one = chain(rising).map((of, i) => ({ ...of, values: [i], ...(i > 0 ? { overUsers } : {}) }));
		expect(bestOf(metric, ...one)).toEqual([]);
	});
	it("is among those of one baseline: of two shares there are two", () => {
		const shifted = [low, high].map((one) => method(`${one.label} 1 %`, one.values, null, { against: "low 1 %" }));
		expect(bestOf(metric, low, high, ...shifted)).toEqual(["high", "high 1 %"]);
	});
});
