import { expect, it } from "vitest";
import { bootstrapDifference } from "./bootstrap";
import { coverage } from "./coverage";
import { delong } from "./delong";

/** Fixed before the first run. */
const SEED = 20_261_123;

it.each([
	{ users: 40, rowsPerUser: 8, effect: 1 },
	{ users: 150, rowsPerUser: 8, effect: 0.5 },
	{ users: 300, rowsPerUser: 2, effect: 2 },
	{ users: 250, rowsPerUser: 8, effect: 1 },
])("$users users of $rowsPerUser rows: bootstrap and DeLong cover 92–98 % and reject 3–7 %", (drawing) => {
	const found = coverage({ seed: SEED, pairs: 500, nulls: 1000, drawing }, ({ sample }, seed) => {
		const rows = sample();
		return {
			bootstrap: bootstrapDifference(rows.a, rows.b, rows, { metric: "auc", seed }),
			delong: delong(rows.a, rows.b, rows),
		};
	});
	for (const { covers, rejects } of [found.bootstrap, found.delong]) {
		expect(covers).toBeGreaterThanOrEqual(0.92);
		expect(covers).toBeLessThanOrEqual(0.98);
		expect(rejects).toBeGreaterThanOrEqual(0.03);
		expect(rejects).toBeLessThanOrEqual(0.07);
	}
});
