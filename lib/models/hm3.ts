import { not } from "../core/graph";
import { logLoss } from "../core/loss";
import { defineModel, entireSpace } from "../core/model";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { esm2Backbone, sharedTowers } from "./esm2";

/**
 * HM³: after the click come micro actions (pictures, questions, the cart's button …) or none, then macro ones (cart, wish list) or
 * none, then the conversion. Six towers on one embedding table; losses over all impressions on click, micro, macro action and
 * conversion, each through the sum over the ways that lead to it. (Wen et al., SIGIR 2021.)
 *
 * Weights of the losses and widths are not stated in what is at hand: 1, and ESM²'s. `cvrLoss` (0; ours) is the weight of a fifth
 * loss, on the conversion over clicked rows.
 */
export const hm3 = defineModel({
	name: "hm3",
	version: 2,
	paper: "Wen et al., SIGIR 2021, arXiv:2104.09713",
	hyper: { ...esm2Backbone, cvrLoss: 0 },
	graph: {
		impression: { click: "ctr" },
		click: { micro: "mi", oMicro: not("mi") },
		micro: { dAction: "maMi", oAction: not("maMi") },
		oMicro: { dAction: "maOmi", oAction: not("maOmi") },
		dAction: { conversion: "dCvr" },
		oAction: { conversion: "oCvr" },
	},
	towers: (nn, x, h) => sharedTowers(nn, x, h, ["ctr", "mi", "maMi", "maOmi", "dCvr", "oCvr"]),
	stages: ({ cvrLoss }) =>
		entireSpace(
			logLoss(pCTR),
			logLoss("micro|impression"),
			logLoss("dAction|impression"),
			logLoss(pCTCVR),
			...(cvrLoss > 0 ? [logLoss(pCVR, cvrLoss)] : []),
		),
});
