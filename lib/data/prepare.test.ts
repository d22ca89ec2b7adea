import { expect, it } from "vitest";
import { simulate } from "../simulator/simulate";
import { fingerprint, type Preparation } from "./prepare";
import { splits } from "./split";

const log = simulate({ preset: "tiny", seed: 1, rows: 500 });
const how: Preparation = { split: splits.esmm, encoding: { minFrequency: 10 } };

it("a data set's name changes with everything that a model could see change", () => {
	const { schema } = log;
	const { itemCtr: _, ...fewer } = schema.features;
	const names = [
		fingerprint(log, how),
		fingerprint({ ...log, fingerprint: "other" }, how),
		fingerprint({ ...log, schema: { ...schema, features: fewer } }, how),
		fingerprint({ ...log, schema: { ...schema, events: { ...schema.events, conversion: "click" } } }, how),
		fingerprint(log, { ...how, split: splits.esm2 }),
		fingerprint(log, { ...how, encoding: { minFrequency: 2 } }),
	];
	expect(new Set(names).size).toBe(names.length);
	expect(fingerprint(log, how)).toBe(names[0]);
});
