import { logLoss, overEveryRow } from "../core/loss";
import { defineModel, oneOf } from "../core/model";
import { IMPRESSION, pCVR } from "../core/prob";
import { InputError } from "../core/problem";
import { withOthers } from "../core/sampling";
import { onImpressions, separate } from "./base";
import { backbone } from "./esmm";

/**
 * AMAN, "all missing as negative": the CVR network is trained on clicked rows and on a share of the un-clicked ones, which are
 * taken for rows without a conversion (Pan et al. 2008; Ma et al. 2018, §3.1: rates of 10, 20, 50 and 100 %).
 *
 * Its pCVR is P(conversion | clicked or sampled), so it is too low; ranking is what the paper judges. With `rate` 1 it is a
 * classifier of P(conversion | impression); above 1, where un-clicked rows would be there twice, it is refused.
 *
 * `resample` (ours, the paper does not say): the others are drawn anew for each "epoch", or "once" for all.
 */
export const aman = defineModel({
	name: "aman",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931, §3.1",
	hyper: { ...backbone, rate: 0.1, resample: "epoch" },
	...separate,
	stages: ({ rate, resample }) => {
		if (!(rate >= 0 && rate <= 1))
			throw new InputError(`hyperparameter "rate" of aman must be at least 0 and at most 1, not ${rate}`);
		return [
			onImpressions,
			{
				space: IMPRESSION,
				sample: withOthers("click", rate, oneOf("aman", "resample", resample, ["epoch", "once"])),
				losses: [overEveryRow(logLoss(pCVR))],
				choose: `auc(${pCVR})`,
			},
		];
	},
});
