import { describe, expect, it } from "vitest";
import type { Stage } from "../core/model";
import { pCTR } from "../core/prob";
import type { StageRows } from "../core/sampling";
import { aman } from "./aman";
import { unbias } from "./unbias";

describe("AMAN's rate", () => {
	const stages = (rate: number) => () => aman.stages({ ...aman.hyper, rate });
	it.each([1.5, 10, -0.1, Number.NaN])(
		"%s is refused: no un-clicked row is there twice, or less than never",
		(rate) => {
			expect(stages(rate)).toThrow(`hyperparameter "rate" of aman must be at least 0 and at most 1, not ${rate}`);
		},
	);
	it.each([0, 0.2, 1])("%s is taken", (rate) => {
		expect(stages(rate)).not.toThrow();
	});
});

describe("UNBIAS's weights", () => {
	/** What clicked rows of such pCTRs count. */
	const weights = (pCtr: readonly number[], hyper: Partial<typeof unbias.hyper> = {}) => {
		const rows: StageRows = {
			rows: pCtr.length,
			event: () => new Uint8Array(pCtr.length),
			prob: (prob) => Float32Array.from(prob === pCTR ? pCtr : []),
		};
		const [, stage] = unbias.stages({ ...unbias.hyper, ...hyper }) as readonly Stage[];
		return [...(stage.weigh?.(rows) ?? [])];
	};
	it("have a floor under pCTR: that of the hyperparameter, 0.005 by default", () => {
		expect(weights([0.25, 0.8, 0.5], { floor: 0.4 })).toEqual([2.5, 1.25, 2]);
		const [below, above] = weights([0.001, 0.01]);
		expect(below).toBeCloseTo(200, 4);
		expect(above).toBeCloseTo(100, 4);
	});
	it("have a cap: no row counts more than 50 times their mean", () => {
		const [rare, ...others] = weights([1e-9, ...Array.from({ length: 999 }, () => 1)]);
		expect(rare).toBeCloseTo((50 * (200 + 999)) / 1000, 4);
		expect(new Set(others)).toEqual(new Set([1]));
	});
});
