import { logLoss } from "../core/loss";
import { defineModel, entireSpace } from "../core/model";
import { pCTCVR, pCTR } from "../core/prob";
import { esm2, esm2Backbone, sharedTowers } from "./esm2";

/**
 * ESM²+Mi: ESM² with a fifth tower for micro actions after the click, beside the others and not on the way to them: its loss, on
 * click and micro action over all impressions, reaches the rest through the embeddings and the click tower alone.
 *
 * HM³'s comparison names it without saying its form (Wen et al., SIGIR 2021); this is the plain reading.
 */
export const esm2Mi = defineModel({
	name: "esm2-mi",
	version: 2,
	paper: "named in Wen et al., SIGIR 2021, arXiv:2104.09713",
	hyper: esm2Backbone,
	graph: { ...esm2.graph, click: { ...esm2.graph.click, micro: "mi" } },
	towers: (nn, x, h) => sharedTowers(nn, x, h, ["ctr", "dar", "dCvr", "oCvr", "mi"]),
	stages: () => entireSpace(logLoss(pCTR), logLoss("micro|impression"), logLoss("dAction|impression"), logLoss(pCTCVR)),
});
