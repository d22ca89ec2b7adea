import { logLoss } from "../core/loss";
import { defineModel } from "../core/model";
import { IMPRESSION, pCTR, pCVR } from "../core/prob";
import { esmm } from "./esmm";

/**
 * BASE: the CVR tower is trained on clicked rows alone, and a CTR network of its own on all impressions. They
 * share nothing; pCTCVR is their product. This is the model that sample selection bias is about.
 * (Ma et al. 2018, §3.1; same widths as ESMM.)
 *
 * Its CTR network is the independent one that the paper multiplies every method's pCVR with.
 */
export const base = defineModel({
	name: "base",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931",
	hyper: esmm.hyper,
	graph: { impression: { click: "ctr" }, click: { conversion: "cvr" } },
	towers: (nn, x, h) => {
		const tower = (name: string) =>
			nn.logit(name, nn.mlp(name, nn.embed(`${name}/embedding`, x, h.embedding), h.mlp, { dropout: h.dropout }));
		return { ctr: tower("ctr"), cvr: tower("cvr") };
	},
	stages: () => [
		{ space: IMPRESSION, losses: [logLoss(pCTR)], choose: `auc(${pCTR})` },
		{ space: "click", losses: [logLoss(pCVR)], choose: `auc(${pCVR})` },
	],
});
