import { defineModel } from "../core/model";
import { separate } from "./base";
import { backbone, esmmStages } from "./esmm";

/**
 * ESMM-NS: ESMM's losses over all impressions on two networks that share nothing, not the embeddings either (Ma et al. 2018, §3.1):
 * ESMM with `shareEmbedding` false, to the last bit.
 */
export const esmmNs = defineModel({
	...separate,
	name: "esmm-ns",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931, §3.1",
	hyper: { ...backbone, ctcvrWeight: 1, stopCtrGrad: false },
	stages: esmmStages,
});
