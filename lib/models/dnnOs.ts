import { defineModel } from "../core/model";
import { onImpressions, separate } from "./base";
import { esm2Backbone } from "./esm2";
import { offByRate, oversampled } from "./oversampling";

/**
 * DNN-OS: DNN with each conversion `rate` times among the clicked rows (Wen et al. 2020, §4.1.3; the paper states no rate, ESMM's
 * are 2, 3, 5 and 10). `corrected` is as in OVERSAMPLING.
 */
export const dnnOs = defineModel({
	name: "dnn-os",
	version: 2,
	paper: "Wen et al., SIGIR 2020, arXiv:1910.07099, §4.1.3",
	hyper: { ...esm2Backbone, rate: 2, corrected: false },
	...separate,
	stages: ({ rate }) => [onImpressions, oversampled("dnn-os", rate)],
	shifts: offByRate,
});
