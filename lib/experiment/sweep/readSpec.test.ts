import { describe, expect, it } from "vitest";
import { esmm } from "../../models/esmm";
import { parseSweep, readSweep } from "./readSpec";
import type { SweepSpec, SweptModel } from "./spec";

const plain: SweepSpec = {
	models: ["base", "esmm"],
	data: { source: "simulator", preset: "tiny", rows: 4000 },
	seeds: [1, 2],
	space: { "*": { lr: { log: [1e-4, 1e-2] } }, esmm: { batch: [64, 128] } },
	search: "random",
	choose: { metric: "auc(conversion|impression)" },
};
const mine = { ...esmm, name: "mine", hyper: { ...esmm.hyper, rate: 0.5 } };
const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
/** The message about a specification with some fields replaced. */
function refusal(changes: object): string {
	try {
		readSweep({ ...plain, ...changes });
	} catch (problem) {
		return (problem as Error).message;
	}
	return "accepted";
}

describe("a sweep's specification", () => {
	it("has its defaults filled in, and the same content gives the same hash", () => {
		const { spec, hash, models } = readSweep(plain);
		expect(spec).toMatchObject({ trials: 8, searchSeed: 0, choose: { mode: "max" }, hyper: {} });
		expect(models.map(({ trials }) => trials.length)).toEqual([8, 8]);
		const { choose, ...others } = plain;
		const text = JSON.stringify({ trials: 8, choose: { mode: "max", metric: choose.metric }, ...others });
		expect(parseSweep(text, "s.json").hash).toBe(hash);
		expect(readSweep({ ...plain, seeds: [1, 3] }).hash).not.toBe(hash);
		expect(readSweep({ ...plain, choose: { metric: "logloss(click|impression)" } }).spec.choose.mode).toBe("min");
	});
	it.each<[string, object, RegExp]>([
		["an unknown field", { trails: 3 }, /"trails" is not known here: .*did you mean "trials"/],
		["no models", { models: [] }, /"models" must be a list of one or more, not \[\]/],
		["an unknown model", { models: ["bsae"] }, /"models.0" is refused: unknown model "bsae": did you mean "base"/],
		["a model twice", { models: ["esmm", "esmm"] }, /"models.1" stands there twice/],
		["a model that is a number", { models: [3] }, /"models.0" must be the name of a model, not 3/],
		[
			"a model of one's own with a registered name",
			{ models: [{ ...esmm }] },
			/"models.0" .*name of a registered one, "esmm"/,
		],
		["no seeds", { seeds: undefined }, /"seeds" must be a list of one or more, not undefined/],
		["a seed twice", { seeds: [1, 1] }, /"seeds.1" stands there twice: 1/],
		["a seed below 0", { seeds: [-1] }, /"seeds.0" must be a whole number of at least 0, not -1/],
		["an unknown source", { data: { source: "simulater" } }, /"data.source" .*did you mean "simulator"/],
		["a folder without its path", { data: { source: "folder" } }, /"data.folder" must be the path of a folder/],
		[
			"a field of another source",
			{ data: { source: "folder", folder: "x", rows: 3 } },
			/"data.rows" is not known here/,
		],
		["an unknown preset", { data: { source: "simulator", preset: "dmo" } }, /"data.preset" .*did you mean "demo"/],
		[
			"rows in words",
			{ data: { source: "simulator", preset: "tiny", rows: "many" } },
			/"data.rows" must be a whole number/,
		],
		["an unknown search", { search: "rndom" }, /"search" is not known: .*did you mean "random"/],
		["no trials", { trials: 0 }, /"trials" must be a whole number of at least 1, not 0/],
		["more trials than memory holds", { trials: 1e9 }, /"trials" is 1000000000: at most 10000 of a model can be/],
		[
			"a grid that is larger than memory",
			{
				search: "grid",
				space: Object.fromEntries([
					["esmm", Object.fromEntries(["batch", "epochs", "patience", "warmup"].map((name) => [name, hundred]))],
				]),
			},
			/"space" makes a grid of 100000000 combinations for esmm, and at most 10000 can be/,
		],
		["choices for a model that is not swept", { space: { aman: { lr: [1] } } }, /"space.aman" is not known here/],
		[
			"an unknown hyperparameter",
			{ space: { esmm: { lrr: [1] } } },
			/"space.esmm.lrr" is refused: unknown hyperparameter of esmm "lrr": did you mean "lr"/,
		],
		["an empty list", { space: { esmm: { lr: [] } } }, /"space.esmm.lr" is an empty list/],
		["a value twice", { space: { esmm: { mlp: [[4], [4]] } } }, /"space.esmm.mlp" has \[4\] twice/],
		[
			"a value of another type",
			{ space: { esmm: { mlp: [4] } } },
			/"space.esmm.mlp" is refused: hyperparameter "mlp" of esmm must be a list/,
		],
		[
			"a range reversed",
			{ space: { "*": { lr: { log: [1, 0.1] } } } },
			/"space.\*.lr" has its range reversed or empty: 1 is not below 0.1/,
		],
		["a logarithm of 0", { space: { "*": { lr: { log: [0, 0.1] } } } }, /"space.\*.lr" has no logarithm at 0/],
		[
			"a range of one end",
			{ space: { "*": { lr: { linear: [1] } } } },
			/"space.\*.lr" must have two numbers in "linear"/,
		],
		[
			"an unknown kind of range",
			{ space: { "*": { lr: { normal: [0, 1] } } } },
			/"space.\*.lr" must be a list of values, or a range/,
		],
		[
			"halves of whole numbers",
			{ space: { "*": { epochs: { integer: [1, 2.5] } } } },
			/"space.\*.epochs" must have whole numbers/,
		],
		[
			"a range that draws what the model refuses",
			{ space: { esmm: { epochs: { linear: [1, 4] } } } },
			/"space.esmm" is refused: hyperparameter "epochs" of esmm must be a whole number/,
		],
		[
			"a range of a text",
			{ space: { esmm: { optimizer: { linear: [1, 4] } } } },
			/"space.esmm.optimizer" is refused: .* must be a string, not 1/,
		],
		["a grid over a range", { search: "grid" }, /"space.\*.lr" is a range, of which a grid has no combinations/],
		[
			"a grid larger than its trials",
			{ search: "grid", trials: 1, space: { esmm: { batch: [1, 2] } } },
			/"trials" is 1, but the grid of esmm has 2 combinations/,
		],
		["searched and fixed", { hyper: { "*": { lr: 1 } } }, /"space.\*.lr" is searched, and fixed in "hyper" too/],
		[
			"a fixed value of another type",
			{ hyper: { base: { lr: "fast" } } },
			/"hyper.base.lr" is refused: .* must be a number/,
		],
		["no metric", { choose: {} }, /"choose.metric" must be a metric such as/],
		[
			"an unknown metric",
			{ choose: { metric: "acu(click|impression)" } },
			/"choose.metric" is refused: unknown metric "acu": did you mean "auc"/,
		],
		[
			"a metric that is best at 1",
			{ choose: { metric: "pcoc(click|impression)" } },
			/"choose.metric" is refused: .*best at 1/,
		],
		[
			"a metric that the graph does not give",
			{ choose: { metric: "auc(cart|click)" } },
			/the behaviour graph of base gives no P\(cart\|click\)/,
		],
		[
			"a mode against the metric",
			{ choose: { metric: "logloss(click|impression)", mode: "max" } },
			/"choose.mode" would choose the worst/,
		],
	])("is refused with %s", (_, changes, message) => {
		expect(refusal(changes)).toMatch(message);
	});
	it("for all models takes what all models have", () => {
		const space = { "*": { rate: [0.1] } };
		expect(refusal({ models: ["esmm", mine], space })).toMatch(
			/"space.\*.rate" must be known to every model: unknown hyperparameter of esmm "rate".*else give it under the models that have it/,
		);
		expect(refusal({ models: [mine], space })).toBe("accepted");
	});
	it("in a file is refused with the line of the field", () => {
		const text = JSON.stringify({ ...plain, hyper: { esmm: { lrr: 1 } } }, null, 1);
		const line = text.split("\n").findIndex((one) => one.includes('"lrr"')) + 1;
		expect(() => parseSweep(text, "s.json")).toThrow(`s.json:${line}: "hyper.esmm.lrr" is refused`);
		const seeds = JSON.stringify({ ...plain, seeds: [1, 2, -3] }, null, 1);
		const at = seeds.split("\n").findIndex((one) => one.includes("-3")) + 1;
		expect(() => parseSweep(seeds, "s.json")).toThrow(`s.json:${at}: "seeds.2" must be`);
		expect(() => parseSweep('{"models": [}', "s.json")).toThrow("s.json:1:13 is not JSON");
	});
	it("says where a model has fewer different trials than another", () => {
		const space = { base: { batch: [64, 128] }, esmm: { lr: { log: [1e-4, 1e-2] } } } as const;
		expect(readSweep({ ...plain, space }).notes).toEqual([
			expect.stringContaining("Unequal budgets: base has 2 different trials against 8 of the random search"),
		]);
		expect(readSweep({ ...plain, space: { "*": space.esmm } }).notes).toEqual([]);
	});
});

describe("in TypeScript", () => {
	const typed = <const M extends "base" | "esmm" | SweptModel>(spec: SweepSpec<M>) => readSweep(spec);
	const rest = { data: plain.data, seeds: [1], search: "random", choose: plain.choose } as const;
	it("an unknown model or hyperparameter does not compile", () => {
		// @ts-expect-error there is no such model
		expect(() => typed({ ...rest, models: ["esm"] })).toThrow();
		// @ts-expect-error there is no such hyperparameter
		expect(() => typed({ ...rest, models: ["esmm"], space: { esmm: { lrr: [1] } } })).toThrow();
		// @ts-expect-error nor for all
		expect(() => typed({ ...rest, models: ["esmm"], space: { "*": { lrr: [1] } } })).toThrow();
		// @ts-expect-error a model that is not swept
		expect(() => typed({ ...rest, models: ["esmm"], space: { base: { lr: [1] } } })).toThrow();
		// @ts-expect-error a list of widths is no number
		expect(() => typed({ ...rest, models: ["esmm"], space: { esmm: { mlp: { log: [1, 2] } } } })).toThrow();
		// @ts-expect-error nor is a text
		expect(() => typed({ ...rest, models: ["esmm"], hyper: { esmm: { lr: "fast" } } })).toThrow();
		expect(typed({ ...rest, models: ["esmm", "base"], space: { esmm: { mlp: [[4], [8, 4]] } } }).own).toBe(false);
	});
	it("model values of one's own are taken with hyperparameters of their own", () => {
		const sweep = typed({
			...rest,
			models: ["esmm", mine],
			space: { "*": { lr: [0.1, 0.2] }, [mine.name]: { rate: [0.1] } },
		});
		expect(sweep.own).toBe(true);
		expect(sweep.models[1].choices).toEqual({ lr: [0.1, 0.2], rate: [0.1] });
		expect(typed({ ...rest, models: [mine] }).models[0].model).toBe(mine);
	});
});
