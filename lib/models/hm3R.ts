import { not } from "../core/graph";
import { logLoss } from "../core/loss";
import { defineModel, entireSpace } from "../core/model";
import { pCTCVR, pCTR } from "../core/prob";
import { esm2Backbone, sharedTowers } from "./esm2";

/** HM³-R: HM³ with the order of actions reversed, macro before micro (an ablation in Wen et al., SIGIR 2021). */
export const hm3R = defineModel({
	name: "hm3-r",
	version: 2,
	paper: "Wen et al., SIGIR 2021, arXiv:2104.09713",
	hyper: esm2Backbone,
	graph: {
		impression: { click: "ctr" },
		click: { dAction: "ma", oAction: not("ma") },
		dAction: { micro: "miMa", oMicro: not("miMa") },
		oAction: { micro: "miOma", oMicro: not("miOma") },
		micro: { conversion: "miCvr" },
		oMicro: { conversion: "oCvr" },
	},
	towers: (nn, x, h) => sharedTowers(nn, x, h, ["ctr", "ma", "miMa", "miOma", "miCvr", "oCvr"]),
	stages: () => entireSpace(logLoss(pCTR), logLoss("dAction|impression"), logLoss("micro|impression"), logLoss(pCTCVR)),
});
