import { defineModel } from "../core/model";
import { repeated } from "../core/sampling";
import { onClicks, onImpressions, separate } from "./base";
import { esmm } from "./esmm";

/**
 * OVERSAMPLING: BASE with each conversion `rate` times among the clicked rows (Ma et al. 2018, §3.1: 2, 3, 5 and 10 times).
 *
 * Its pCVR is too high by ln(rate) in the logit, which leaves its ranking alone, but not that of pCTR · pCVR.
 */
export const oversampling = defineModel({
	name: "oversampling",
	version: 1,
	paper: "Ma et al., SIGIR 2018, arXiv:1804.07931, §3.1",
	hyper: { ...esmm.hyper, rate: 2 },
	...separate,
	stages: ({ rate }) => [onImpressions, { ...onClicks, sample: repeated("conversion", rate) }],
});
