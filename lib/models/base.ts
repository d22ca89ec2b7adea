import type { Inputs, Layers } from "../core/layers";
import { logLoss } from "../core/loss";
import { defineModel, type Stage } from "../core/model";
import { IMPRESSION, pCTR, pCVR } from "../core/prob";
import { embedded, type Widths } from "./embedded";
import { backbone } from "./esmm";

/** Two networks that share nothing, for P(click | impression) and P(conversion | click). */
export const separate = {
	graph: { impression: { click: "ctr" }, click: { conversion: "cvr" } },
	towers: (nn: Layers, x: Inputs, h: Widths) => {
		const tower = (name: string) =>
			nn.logit(name, nn.mlp(name, embedded(nn, `${name}/embedding`, x, h), h.mlp, { dropout: h.dropout }));
		return { ctr: tower("ctr"), cvr: tower("cvr") };
	},
} as const;

/** The CTR network by itself, on all impressions: the independent one that ESMM's paper multiplies every method's pCVR with. */
export const onImpressions: Stage<typeof pCTR> = {
	space: IMPRESSION,
	losses: [logLoss(pCTR)],
	choose: `auc(${pCTR})`,
};

/** The CVR network by itself, on clicked rows. */
export const onClicks: Stage<typeof pCVR> = { space: "click", losses: [logLoss(pCVR)], choose: `auc(${pCVR})` };

/**
 * BASE: the CVR tower is trained on clicked rows alone, and a CTR network of its own on all impressions. They
 * share nothing; pCTCVR is their product. This is the model that sample selection bias is about.
 * (Ma et al. 2018, §3.1; same widths as ESMM.)
 */
export const base = defineModel({
	name: "base",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931",
	hyper: backbone,
	...separate,
	stages: () => [onImpressions, onClicks],
});
