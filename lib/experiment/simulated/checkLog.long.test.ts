import { describe, expect, test } from "vitest";
import type { PresetName } from "../../simulator/presets";
import { simulate } from "../../simulator/simulate";
import { checkLog } from "./checkLog";
import { ceilings } from "./truth";

/** The large presets at full size: about a minute each on two cores. */
describe.each(["bench", "esm2", "funnel", "aliccp", "small_scene"] as PresetName[])("%s at full size", (preset) => {
	test.each([1, 2, 3, 4, 5])(
		"every assertion holds, seed %i",
		(seed) => {
			const log = simulate({ preset, seed });
			expect(checkLog(log).filter(({ holds }) => !holds)).toEqual([]);
			if (preset !== "bench" || seed > 1) return;
			const expected = {
				"auc(click|impression)": 0.82,
				"auc(conversion|click)": 0.9,
				"auc(conversion|impression)": 0.96,
			};
			const found = ceilings(log);
			for (const [name, value] of Object.entries(expected))
				expect(Math.abs(found[name as keyof typeof expected].value - value), name).toBeLessThan(0.02);
		},
		300_000,
	);
});
