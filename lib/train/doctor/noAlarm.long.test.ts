import { describe, expect, it } from "vitest";
import type { AnyModel } from "../../core/model";
import { prepare } from "../../data/prepare";
import { splits } from "../../data/split";
import { models } from "../../models/index";
import { type PresetName, presets } from "../../simulator/presets";
import { simulate } from "../../simulator/simulate";
import { fit } from "../fit";
import { lineOf } from "./finding";

/** Rows of the demo preset; larger worlds are cut to as many, tiny has its own 20,000. */
const ROWS = 200_000;

describe("no alarm on any model and preset at demo scale, with the model's own hyperparameters", () => {
	for (const preset of Object.keys(presets) as PresetName[])
		it(preset, async () => {
			const log = simulate({ preset, seed: 1, rows: Math.min(ROWS, presets[preset].N), knobs: { randomLog: 0 } });
			const data = prepare(log, { split: splits.esmm, encoding: { minFrequency: 10 } });
			const found: string[] = [];
			for (const model of Object.values(models)) {
				const fitted = await fit(model as unknown as AnyModel, { data, seed: 1 });
				fitted.dispose();
				found.push(...fitted.findings.map((finding) => `${model.name}: ${lineOf(finding)}`));
			}
			expect(found).toEqual([]);
		});
});
