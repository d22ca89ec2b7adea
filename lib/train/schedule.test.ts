import { expect, it } from "vitest";
import { rateAt } from "./schedule";

const hyper = { lr: 0.01, warmup: 0, decay: 1, decaySteps: 10_000 };

it("is lr at every update unless the model says more", () => {
	for (const t of [1, 2, 1e6]) expect(rateAt(hyper, t)).toBe(0.01);
});
it("rises in a straight line over the warm-up, from lr / warmup at the first update to lr at the last", () => {
	const rates = [1, 2, 3, 4, 5, 9].map((t) => rateAt({ ...hyper, warmup: 4 }, t));
	expect(rates).toEqual([0.0025, 0.005, 0.0075, 0.01, 0.01, 0.01]);
});
it("falls by `decay` in every `decaySteps` updates, smoothly", () => {
	const at = (t: number) => rateAt({ ...hyper, decay: 0.94, decaySteps: 100 }, t);
	expect(at(100)).toBeCloseTo(0.0094, 12);
	expect(at(50) ** 2).toBeCloseTo(0.01 * at(100), 12);
	expect(at(300)).toBeCloseTo(0.01 * 0.94 ** 3, 12);
});
it("both at once multiply", () => {
	expect(rateAt({ lr: 1, warmup: 10, decay: 0.5, decaySteps: 10 }, 5)).toBeCloseTo(0.5 * Math.SQRT1_2, 12);
});
