import type { Inputs, Layers } from "../core/layers";
import { detachedFrom, logLoss } from "../core/loss";
import { defineModel, entireSpace } from "../core/model";
import { pCTCVR, pCTR } from "../core/prob";
import { InputError } from "../core/problem";
import { training } from "../core/training";
import { embedded, type Widths } from "./embedded";

/**
 * What ESMM and its competitors have in common (Ma et al. 2018, §3.1). Learning rate, batch and epochs are not stated in the paper:
 * 1e-3, 1024 and at most 3.
 */
export const backbone = {
	...training,
	...{ embedding: 18, itemEmbedding: 0, mlp: [360, 200, 80], dropout: 0 },
	...{ lr: 1e-3, batch: 1024, epochs: 3, patience: 1 },
};

/** ESMM's towers: on one embedding table or on two, with their first hidden layers in common or not. */
export function esmmTowers(
	nn: Layers,
	x: Inputs,
	h: Widths & { readonly shareEmbedding: boolean; readonly shareBottom: number },
) {
	const { mlp, dropout, shareEmbedding, shareBottom } = h;
	const table = (tower: string) => embedded(nn, shareEmbedding ? "embedding" : `${tower}/embedding`, x, h);
	const shared = shareEmbedding ? table("") : undefined;
	const bottom = shared && shareBottom > 0 ? nn.mlp("bottom", shared, mlp.slice(0, shareBottom), { dropout }) : shared;
	const tower = (name: string) => {
		const own = bottom ?? table(name);
		return nn.logit(name, nn.mlp(name, own, mlp.slice(shareBottom), { dropout }));
	};
	return { ctr: tower("ctr"), cvr: tower("cvr") };
}

/** ESMM's losses, over all impressions: on the click, and on click and conversion. */
export const esmmStages = ({ ctcvrWeight, stopCtrGrad }: { ctcvrWeight: number; stopCtrGrad: boolean }) => {
	const joint = logLoss(pCTCVR, ctcvrWeight);
	return entireSpace(logLoss(pCTR), stopCtrGrad ? detachedFrom(joint, "ctr") : joint);
};

/**
 * ESMM: the CVR tower is trained over all impressions through pCTCVR = pCTR · pCVR, and both towers read one
 * embedding table. No loss touches pCVR directly. (Ma et al. 2018, Eq. 3.)
 *
 * - `shareEmbedding` (true, as in the paper): both towers read one embedding table; false is ESMM-NS;
 * - `shareBottom` (0, as in the paper): how many hidden layers, the first ones, both towers have in common, as EasyRec offers;
 * - `ctcvrWeight` (1, as in the paper): w of L(pCTR) + w · L(pCTCVR);
 * - `stopCtrGrad` (false, as in the paper; ours): the loss on pCTCVR trains the CVR tower alone, pCTR being a constant in it;
 * - `itemEmbedding` (0: as `embedding`): the width of an item's features, as ESM² has it.
 */
export const esmm = defineModel({
	name: "esmm",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931",
	hyper: { ...backbone, shareEmbedding: true, shareBottom: 0, ctcvrWeight: 1, stopCtrGrad: false },
	graph: { impression: { click: "ctr" }, click: { conversion: "cvr" } },
	towers: esmmTowers,
	stages: (hyper) => {
		const { shareEmbedding, shareBottom, mlp } = hyper;
		if (shareBottom > 0 && !shareEmbedding)
			throw new InputError(
				"esmm: hidden layers in common (shareBottom) read one embedding: let shareEmbedding be true",
			);
		if (shareBottom > mlp.length)
			throw new InputError(`esmm: shareBottom is ${shareBottom}, but mlp has ${mlp.length} hidden layers to share`);
		return esmmStages(hyper);
	},
});
