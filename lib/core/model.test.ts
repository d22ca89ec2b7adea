import { describe, expect, it } from "vitest";
import { logLoss } from "./loss";
import { checkStages, entireSpace, type Stage, withHyper } from "./model";
import { type Prob, pCTCVR, pCTR } from "./prob";
import { InputError, unknownName } from "./problem";
import { training } from "./training";

const model = {
	name: "esmm",
	hyper: {
		...training,
		embedding: 18,
		mlp: [360, 200],
		dropout: 0,
		lr: 1e-3,
		batch: 1024,
		epochs: 3,
		patience: 1,
		sparse: true,
	},
};

describe("withHyper", () => {
	it("replaces what is named and keeps the rest", () => {
		expect(withHyper(model, { lr: 0.01, mlp: [8] })).toEqual({ ...model.hyper, lr: 0.01, mlp: [8] });
		expect(model.hyper.lr).toBe(1e-3);
	});
	it("takes what is just allowed: a batch of 1, one epoch, lr 0, a flag turned off", () => {
		const least = { batch: 1, epochs: 1, lr: 0, embedding: 1, dropout: 0.99, sparse: false };
		expect(withHyper(model, least)).toEqual({ ...model.hyper, ...least });
	});
	it("asks a model without embeddings or dropout for neither", () => {
		const bare = { name: "bare", hyper: { ...training, lr: 0.1, batch: 8, epochs: 1, patience: 1 } };
		expect(withHyper(bare, {})).toEqual(bare.hyper);
	});
	it("tells the nearest right name of an unknown one", () => {
		expect(() => withHyper(model, { drop_out: 0.1 })).toThrow(
			'unknown hyperparameter of esmm "drop_out": did you mean "dropout"?',
		);
	});
	it.each([
		["lr", "fast", "a number of at least 0"],
		["lr", Number.NaN, "a number of at least 0"],
		["lr", -1, "a number of at least 0"],
		["mlp", [], "a list of positive whole numbers"],
		["mlp", [64, 0.5], "a list of positive whole numbers"],
		["mlp", [64, 0], "a list of positive whole numbers"],
		["mlp", 64, "a list of positive whole numbers"],
		["sparse", 1, "a boolean"],
		["batch", 0, "a whole number of at least 1"],
		["batch", 0.5, "a whole number of at least 1"],
		["epochs", 1.5, "a whole number of at least 1"],
		["patience", 0.5, "a whole number"],
		["embedding", 0, "a whole number of at least 1"],
		["embedding", 2.5, "a whole number of at least 1"],
		["dropout", 1, "below 1"],
		["optimizer", 1, "a string"],
		["dense", 1, "a boolean"],
		["clip", -1, "a number of at least 0"],
		["l2", -1, "a number of at least 0"],
		["warmup", 0.5, "a whole number of at least 0"],
		["decay", 0, "above 0 and at most 1"],
		["decay", 1.5, "above 0 and at most 1"],
		["decaySteps", 0.5, "a number of at least 1"],
	])("refuses %s = %j: must be %s", (name, value, wants) => {
		expect(() => withHyper(model, { [name]: value })).toThrow(`hyperparameter "${name}" of esmm must be ${wants}`);
	});
});

it("withHyper refuses an unknown optimizer, with the nearest", () => {
	expect(() => withHyper(model, { optimizer: "adagrat" })).toThrow(
		'unknown optimizer of esmm "adagrat": did you mean "adagrad"? Known: adam, adagrad, sgd',
	);
});

describe("unknownName", () => {
	it("lists what is known", () => {
		expect(unknownName("model", "esm", ["base", "esmm"]).message).toBe(
			'unknown model "esm": did you mean "esmm"? Known: base, esmm',
		);
		expect(unknownName("model", "x", []).message).toBe('unknown model "x"');
	});
});

describe("entireSpace", () => {
	it("is one stage: all losses over all impressions, the epoch chosen by the CTCVR AUC", () => {
		expect(entireSpace(logLoss(pCTR), logLoss(pCTCVR, 2))).toEqual([
			{
				space: "impression",
				losses: [
					{ kind: "log", prob: "click|impression", weight: 1 },
					{ kind: "log", prob: "conversion|impression", weight: 2 },
				],
				choose: "auc(conversion|impression)",
			},
		]);
	});
});

it("bad input is known by its name, which decides the exit code", () => {
	expect(new InputError("x").name).toBe("InputError");
});

describe("checkStages", () => {
	const graph = { impression: { click: "ctr" }, click: { conversion: "cvr" } };
	const stage = (space: string, ...probs: Prob[]): Stage => ({
		space,
		losses: probs.map((p) => logLoss(p)),
		choose: `auc(${probs[0]})`,
	});
	it("takes losses over the stage's rows or fewer", () => {
		checkStages({ name: "m", graph }, [
			stage("impression", "click|impression", "conversion|click"),
			stage("click", "conversion|click"),
		]);
	});
	it("refuses a training that would train nothing, or uphill", () => {
		const check = (...stages: Stage[]) => checkStages({ name: "m", graph }, stages);
		const one = stage("impression", "click|impression");
		expect(() => check()).toThrow("m: it has no stage");
		expect(() => check(one, { ...one, losses: [] })).toThrow("m: stage 2 has no loss");
		for (const epochs of [0, 1.5, Number.NaN]) expect(() => check({ ...one, epochs })).toThrow(`has ${epochs} epochs`);
		for (const lr of [-1, Number.NaN]) expect(() => check({ ...one, lr })).toThrow(`the learning rate by ${lr}`);
		check({ ...one, epochs: 1, lr: 0 });
	});
	it("refuses a loss over more rows than its stage has, and what the graph cannot give", () => {
		expect(() => checkStages({ name: "m", graph }, [stage("click", "click|impression")])).toThrow(
			'm: P(click|impression) is a mean over the rows of "impression", but its stage has those of "click" alone',
		);
		expect(() => checkStages({ name: "m", graph }, [stage("impression", "cart|click")])).toThrow(
			"cannot give P(cart|click)",
		);
	});
});
