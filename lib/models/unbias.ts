import { defineModel, oneOf } from "../core/model";
import { pCTR } from "../core/prob";
import { InputError } from "../core/problem";
import { inverse, rejected } from "../core/sampling";
import { onClicks, onImpressions, separate } from "./base";
import { backbone } from "./esmm";

/**
 * UNBIAS: BASE's CVR network on clicked rows as if they were drawn from all impressions, by the pCTR of BASE's CTR network, which
 * is trained first and then left as it is (Zhang et al., KDD 2016; Ma et al. 2018, §3.1).
 *
 * - `mode` "weight" (default): a row counts 1 / max(pCTR, `floor`), at most 50 times the mean, scaled to a mean of 1;
 * - "reject": a row is kept with probability c / pCTR, c being the first percentile of pCTR on clicked rows, drawn anew for each
 *   epoch: rejection sampling to the letter, which leaves few rows where pCTR is spread.
 */
export const unbias = defineModel({
	name: "unbias",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931, §3.1",
	hyper: { ...backbone, mode: "weight", floor: 0.005 },
	...separate,
	stages: ({ mode, floor }) => {
		if (!(floor > 0)) throw new InputError(`hyperparameter "floor" of unbias must be above 0, not ${floor}`);
		const how =
			oneOf("unbias", "mode", mode, ["weight", "reject"]) === "weight"
				? { weigh: inverse(pCTR, floor, 50) }
				: { sample: rejected(pCTR, 0.01) };
		return [onImpressions, { ...onClicks, ...how }];
	},
});
