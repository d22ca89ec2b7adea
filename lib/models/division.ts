import { logLoss } from "../core/loss";
import { defineModel } from "../core/model";
import { IMPRESSION, pCTCVR } from "../core/prob";
import { onImpressions, separate } from "./base";
import { backbone } from "./esmm";

/**
 * DIVISION: two networks that share nothing, for P(click | impression) and for P(conversion | impression), both on all impressions;
 * pCVR is their quotient (Ma et al. 2018, §3.1).
 *
 * The quotient can exceed 1 and is left so, since cut off it would tie rows that differ; metrics of probabilities take it as 1,
 * and `above1(conversion|click)` tells the share of rows where it does. pCTR counts as 1e-6 where it is less.
 */
export const division = defineModel({
	name: "division",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931, §3.1",
	hyper: backbone,
	graph: { impression: { click: "ctr", conversion: "ctcvr" } },
	towers: (nn, x, h) => {
		const { ctr, cvr } = separate.towers(nn, x, h);
		return { ctr, ctcvr: cvr };
	},
	stages: () => [onImpressions, { space: IMPRESSION, losses: [logLoss(pCTCVR)], choose: `auc(${pCTCVR})` }],
});
