import { expect, test } from "vitest";
import { InputError } from "../core/problem";
import { chooseKnobs, type Knobs, presets } from "./presets";

test("every preset passes its own checks", () => {
	for (const name of Object.keys(presets)) expect(chooseKnobs(name)).toEqual(presets[name as "demo"]);
});

test("an unknown preset or knob is refused with the nearest name", () => {
	expect(() => chooseKnobs("demos")).toThrow(/unknown preset "demos": did you mean "demo"/);
	expect(() => chooseKnobs("toString")).toThrow(/unknown preset/);
	expect(() => chooseKnobs("demo", { sigOc: 1 } as Partial<Knobs>)).toThrow(/unknown knob "sigOc".*"sigOcc"/);
});

test.each([
	[{ N: 0 }, "N"],
	[{ N: 10.5 }, "N"],
	[{ ctr: 1 }, "ctr"],
	[{ ctr: "0.1" }, "ctr"],
	[{ cvr: Number.NaN }, "cvr"],
	[{ rho: 1.1 }, "rho"],
	[{ K: 5 }, "K"],
	[{ I: 59 }, "I"],
	[{ B: 39 }, "B"],
	[{ S: 39 }, "S"],
	[{ d: 1 }, "d"],
	[{ micro: [0.1] }, "micro"],
	[{ micro: 0.1 }, "micro"],
	[{ promos: [1.5] }, "promos"],
	[{ sigDrift: -1 }, "sigDrift"],
	[{ freezeAt: 0.5 }, "freezeAt"],
	[{ censor: 1 }, "censor"],
])("%j is refused and names the knob", (changes, name) => {
	expect(() => chooseKnobs("demo", changes as Partial<Knobs>)).toThrow(InputError);
	expect(() => chooseKnobs("demo", changes as Partial<Knobs>)).toThrow(`knob "${name}"`);
});

test("choosing never changes a preset", () => {
	chooseKnobs("demo", { N: 10 }).promos.push(99);
	expect(presets.demo.N).toBe(200_000);
	expect(presets.demo.promos).not.toContain(99);
});
