import { defineModel } from "../core/model";
import { InputError } from "../core/problem";
import { repeated } from "../core/sampling";
import { onClicks, onImpressions, separate } from "./base";
import { backbone } from "./esmm";

/**
 * What oversampling adds to the logit of pCVR, ln ρ, is taken off once it is trained, where the correction is asked for.
 *
 * @param rate ρ: how often a conversion is among the rows
 */
export const offByRate = ({ rate, corrected }: { rate: number; corrected: boolean }): { cvr?: number } =>
	corrected ? { cvr: -Math.log(rate) } : {};

/**
 * The CVR network's stage with each conversion so many times.
 *
 * @throws InputError a rate below 1
 */
export function oversampled(model: string, rate: number) {
	if (!(rate >= 1)) throw new InputError(`hyperparameter "rate" of ${model} must be at least 1, not ${rate}`);
	return { ...onClicks, sample: repeated("conversion", rate) };
}

/**
 * OVERSAMPLING: BASE with each conversion `rate` times among the clicked rows (Ma et al. 2018, §3.1: 2, 3, 5 and 10 times).
 *
 * Its pCVR is too high by ln(rate) in the logit, which leaves its ranking alone, but not that of pCTR · pCVR.
 *
 * `corrected` (false, as in the paper; ours): true takes the ln(rate) off again once it is trained: pCVR = σ(s − ln rate), in every
 * prediction and in the saved model. Training is the same.
 */
export const oversampling = defineModel({
	name: "oversampling",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931, §3.1",
	hyper: { ...backbone, rate: 2, corrected: false },
	...separate,
	stages: ({ rate }) => [onImpressions, oversampled("oversampling", rate)],
	shifts: offByRate,
});
