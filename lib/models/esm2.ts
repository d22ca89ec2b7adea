import { not } from "../core/graph";
import type { Inputs, Layers } from "../core/layers";
import { logLoss } from "../core/loss";
import { defineModel, entireSpace } from "../core/model";
import { pCTCVR, pCTR } from "../core/prob";
import { training } from "../core/training";

/** What ESM² and HM³ have in common: one embedding table and a network of the same widths for each tower. */
export const sharedTowers = <const N extends string>(
	nn: Layers,
	x: Inputs,
	h: { embedding: number; mlp: readonly number[]; dropout: number },
	names: readonly N[],
): Record<N, ReturnType<Layers["logit"]>> => {
	const e = nn.embed("embedding", x, h.embedding);
	const tower = (name: N) => nn.logit(name, nn.mlp(name, e, h.mlp, { dropout: h.dropout }));
	return Object.fromEntries(names.map((name) => [name, tower(name)])) as Record<N, ReturnType<Layers["logit"]>>;
};

/**
 * ESM²: between click and conversion lie actions: a conversion goes through cart or wish list (dAction) or not (oAction). Four
 * towers on one embedding table, and losses over all impressions on the click, on click and dAction, and on click and conversion.
 * No loss touches P(conversion | dAction) or P(conversion | oAction) directly. (Wen et al. 2020, Eq. 3–8.)
 *
 * Epochs are not stated in the paper: at most 3. Its width of 128 is for item features; here every field has `embedding`.
 */
export const esm2 = defineModel({
	name: "esm2",
	version: 1,
	paper: "Wen et al., SIGIR 2020, arXiv:1910.07099",
	hyper: {
		...training,
		...{ embedding: 18, mlp: [512, 256, 128, 32], dropout: 0.5, lr: 5e-4, batch: 1000, epochs: 3, patience: 1 },
	},
	graph: {
		impression: { click: "ctr" },
		click: { dAction: "dar", oAction: not("dar") },
		dAction: { conversion: "dCvr" },
		oAction: { conversion: "oCvr" },
	},
	towers: (nn, x, h) => sharedTowers(nn, x, h, ["ctr", "dar", "dCvr", "oCvr"]),
	stages: () => entireSpace(logLoss(pCTR), logLoss("dAction|impression"), logLoss(pCTCVR)),
});
