import { not } from "../core/graph";
import type { Inputs, Layers } from "../core/layers";
import { logLoss } from "../core/loss";
import { defineModel, entireSpace, oneOf } from "../core/model";
import { pCTCVR, pCTR } from "../core/prob";
import { training } from "../core/training";
import { embedded, type Widths } from "./embedded";

/**
 * What ESM², its competitors DNN and DNN-OS, and HM³ have in common (Wen et al. 2020, §4.1.4): an item's features are embedded
 * in 128 numbers, all others, of which the paper says nothing, in 18. Epochs are not stated either: at most 3.
 *
 * The paper counts a network's layers with the one that gives the logit, so its five are `mlp` of four and that one. Fewer leave out
 * the last widths; its sixth, of which it does not say the width, is [512, 256, 128, 64, 32] here.
 */
export const esm2Backbone = {
	...training,
	...{ embedding: 18, itemEmbedding: 128, mlp: [512, 256, 128, 32], dropout: 0.5 },
	...{ lr: 5e-4, batch: 1000, epochs: 3, patience: 1 },
};

/** What ESM² and HM³ have in common: one embedding table and a network of the same widths for each tower. */
export const sharedTowers = <const N extends string>(
	nn: Layers,
	x: Inputs,
	h: Widths,
	names: readonly N[],
): Record<N, ReturnType<Layers["logit"]>> => {
	const e = embedded(nn, "embedding", x, h);
	const tower = (name: N) => nn.logit(name, nn.mlp(name, e, h.mlp, { dropout: h.dropout }));
	return Object.fromEntries(names.map((name) => [name, tower(name)])) as Record<N, ReturnType<Layers["logit"]>>;
};

/**
 * ESM²: between click and conversion lie actions: a conversion goes through cart or wish list (dAction) or not (oAction). Four
 * towers on one embedding table, and losses over all impressions on the click, on click and dAction, and on click and conversion.
 * No loss touches P(conversion | dAction) or P(conversion | oAction) directly. (Wen et al. 2020, Eq. 3–8.)
 *
 * - `dAction` ("both", as in the paper's headline; its Table 6): which of the log's events count as dAction, "cart", "wish" or both;
 *   oAction takes in the rest. Labels, losses and metrics of dAction and oAction follow;
 * - `extra` ("none", as in the paper; "branch" is ours): two more losses, on the conversion over the rows with dAction and over those
 *   with oAction. The log tells through which of the two a conversion went, and ESM²'s own losses do not use it.
 */
export const esm2 = defineModel({
	name: "esm2",
	version: 2,
	paper: "Wen et al., SIGIR 2020, arXiv:1910.07099",
	hyper: { ...esm2Backbone, dAction: "both", extra: "none" },
	graph: {
		impression: { click: "ctr" },
		click: { dAction: "dar", oAction: not("dar") },
		dAction: { conversion: "dCvr" },
		oAction: { conversion: "oCvr" },
	},
	towers: (nn, x, h) => sharedTowers(nn, x, h, ["ctr", "dar", "dCvr", "oCvr"]),
	stages: ({ extra }) =>
		entireSpace(
			logLoss(pCTR),
			logLoss("dAction|impression"),
			logLoss(pCTCVR),
			...(oneOf("esm2", "extra", extra, ["none", "branch"]) === "branch"
				? [logLoss("conversion|dAction"), logLoss("conversion|oAction")]
				: []),
		),
	labels: ({ dAction }): Readonly<Record<string, string>> => {
		const event = oneOf("esm2", "dAction", dAction, ["both", "cart", "wish"]);
		return event === "both" ? {} : { dAction: event };
	},
});
