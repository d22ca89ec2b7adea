import { logLoss } from "../core/loss";
import { defineModel, entireSpace } from "../core/model";
import { pCTCVR, pCTR } from "../core/prob";
import { training } from "../core/training";

/**
 * ESMM: the CVR tower is trained over all impressions through pCTCVR = pCTR · pCVR, and both towers read one
 * embedding table. No loss touches pCVR directly. (Ma et al. 2018, Eq. 3.)
 *
 * Learning rate, batch and epochs are not stated in the paper: 1e-3, 1024 and at most 3.
 */
export const esmm = defineModel({
	name: "esmm",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931",
	hyper: { ...training, embedding: 18, mlp: [360, 200, 80], dropout: 0, lr: 1e-3, batch: 1024, epochs: 3, patience: 1 },
	graph: { impression: { click: "ctr" }, click: { conversion: "cvr" } },
	towers: (nn, x, h) => {
		const e = nn.embed("embedding", x, h.embedding);
		return {
			ctr: nn.logit("ctr", nn.mlp("ctr", e, h.mlp, { dropout: h.dropout })),
			cvr: nn.logit("cvr", nn.mlp("cvr", e, h.mlp, { dropout: h.dropout })),
		};
	},
	stages: () => entireSpace(logLoss(pCTR), logLoss(pCTCVR)),
});
