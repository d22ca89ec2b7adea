import { expect, it } from "vitest";
import { featureShifts } from "./featureShifts";

it("takes off each log's own chance level, averages over logs, and puts the strongest first", () => {
	const log = (clicks: number, a: number, b: number) => ({
		clicks,
		features: { a: { kl: a, psi: 2 * a, cells: 11 }, b: { kl: b, psi: 2 * b, cells: 2 } },
	});
	const [first, second] = featureShifts([log(100, 0.06, 0.105), log(50, 0.11, 0.01)]);
	expect([first.feature, first.cells, second.feature, second.cells]).toEqual(["b", 2, "a", 11]);
	// b: 0.105 − 1/200 and 0.01 − 1/100; a: 0.06 − 10/200 and 0.11 − 10/100.
	expect(first.beyondChance.mean).toBeCloseTo(0.05, 12);
	expect(second.beyondChance.mean).toBeCloseTo(0.01, 12);
	expect(second.psi.mean).toBeCloseTo(0.17, 12);
	expect(first.beyondChance.n).toBe(2);
});
