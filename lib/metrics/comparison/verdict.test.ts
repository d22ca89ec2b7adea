import { describe, expect, it } from "vitest";
import { delong } from "./delong";
import { paired } from "./paired";
import { type Comparison, verdicts } from "./verdict";

const zero = [0, 0, 0, 0, 0];
const compared = (differences: number[], better: Comparison["better"] = "higher"): Comparison => ({
	a: "ESMM",
	b: "BASE",
	better,
	test: paired(differences, zero.slice(0, differences.length)),
});
const up = [0.02, 0.021, 0.019, 0.02, 0.022];
const weak = [0.02, 0.001, 0.03, 0.005, 0.02];

describe("verdicts", () => {
	it("says which is better, by the metric's direction, with what it rests on in one line", () => {
		const [{ outcome, reason }] = verdicts([compared(up)]);
		expect(outcome).toBe("a is better");
		expect(reason).toMatch(
			/^a is better: ESMM − BASE = \+0\.0204 \[\+0\.0190, \+0\.0218\] over 5 paired seeds, p < 0\.0001, after Holm over 1 test < 0\.0001; smallest detectable 0\.0019$/,
		);
		expect(verdicts([compared(up, "lower")])[0].outcome).toBe("b is better");
		expect(verdicts([compared(up.map((d) => -d))])[0].outcome).toBe("b is better");
		expect(
			verdicts([
				compared(
					up.map((d) => -d),
					"lower",
				),
			])[0].outcome,
		).toBe("a is better");
	});
	it("adjusts over the table: what is seen alone is not seen among four", () => {
		expect(verdicts([compared(weak)])[0].outcome).toBe("a is better");
		const table = [compared(weak), compared(up), compared([0.01, -0.01, 0.02, 0, 0]), compared([1, -1, 0, 1, -2])];
		const judged = verdicts(table);
		expect(judged.map(({ outcome }) => outcome)).toEqual([
			"no difference seen",
			"a is better",
			"no difference seen",
			"no difference seen",
		]);
		expect(judged[0].p).toBeCloseTo(3 * (table[0].test.p ?? 0), 12);
		expect(judged[0].reason).toMatch(/^no difference seen: .* p = 0\.0466, after Holm over 4 tests 0\.1399; smallest/);
	});
	it("without a test there is no verdict but the reason, and it does not count", () => {
		const [one, same, seen] = verdicts([compared([0.02]), compared(zero), compared(weak)]);
		expect(one).toEqual({
			outcome: "no difference seen",
			p: null,
			reason: "no difference seen: ESMM − BASE = +0.0200 over 1 paired seed; one seed: no interval and no test",
		});
		expect(same).toMatchObject({ outcome: "no difference seen", p: null });
		expect(seen.outcome).toBe("a is better");
	});
	it("judges users as it judges seeds", () => {
		const n = 200;
		const user = Int32Array.from({ length: n }, (_, i) => i % 50);
		const labels = Uint8Array.from({ length: n }, (_, i) => (i * 7 + (i >> 3)) & 1);
		const noise = (i: number) => Math.sin(i * 12.9898) * 2;
		const good = Float32Array.from(labels, (label, i) => 2 * label + noise(i));
		const bad = Float32Array.from(labels, (label, i) => 0.2 * label + noise(i + 1000));
		const test = delong(good, bad, { labels, user });
		const [judged] = verdicts([{ a: "good", b: "bad", better: "higher", test }]);
		expect(judged.outcome).toBe("a is better");
		expect(judged.reason).toContain("over 50 users, p ");
		const none = delong(good, bad, { labels: labels.map(() => 0), user });
		expect(verdicts([{ a: "good", b: "bad", better: "higher", test: none }])[0].reason).toBe(
			"no difference seen: good − bad = unknown over 50 users; a class is absent: the metric has no value",
		);
	});
});
