import { expect, it } from "vitest";
import { logLoss } from "../../core/loss";
import { defineModel, entireSpace } from "../../core/model";
import { pCTCVR, pCTR } from "../../core/prob";
import { training } from "../../core/training";
import { readSweep } from "./readSpec";
import type { ModelName, SweepSpec, SweptModel } from "./spec";

const mine = defineModel({
	name: "mine",
	version: 1,
	paper: "",
	hyper: { ...training, embedding: 8, mlp: [64, 32], width: 3, lr: 2e-3, batch: 512, epochs: 4, patience: 1 },
	graph: { impression: { click: "ctr" }, click: { conversion: "cvr" } },
	towers: (nn, x, h) => {
		const e = nn.embed("embedding", x, h.embedding);
		return { ctr: nn.logit("ctr", nn.mlp("ctr", e, h.mlp)), cvr: nn.logit("cvr", nn.mlp("cvr", e, h.mlp)) };
	},
	stages: () => entireSpace(logLoss(pCTR), logLoss(pCTCVR)),
});
const typed = <const M extends ModelName | SweptModel>(spec: SweepSpec<M>) => readSweep(spec);
const rest = {
	data: { source: "simulator", preset: "tiny" },
	seeds: [1],
	search: "random",
	choose: { metric: "auc(conversion|impression)" },
} as const;

it("a model of one's own beside registered ones: what all have under *, its own under its name", () => {
	const of = typed({
		...rest,
		models: ["base", mine],
		space: { "*": { lr: { log: [1e-4, 1e-2] }, mlp: [[8], [16]] }, mine: { width: [3, 4] } },
	});
	expect(of.own).toBe(true);
	expect(of.models.map(({ model }) => model.name)).toEqual(["base", "mine"]);
	// @ts-expect-error a hyperparameter that base does not have
	expect(() => typed({ ...rest, models: ["base", mine], space: { "*": { width: [3] } } })).toThrow("width");
	// @ts-expect-error there is no such hyperparameter
	expect(() => typed({ ...rest, models: [mine], space: { "*": { lrr: [1] } } })).toThrow("lrr");
	expect(() => typed({ ...rest, models: [mine], space: { mine: { lrr: [1] } } })).toThrow("lrr");
});
