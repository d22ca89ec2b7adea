import { defineModel } from "../core/model";
import { repeated } from "../core/sampling";
import { onClicks, onImpressions, separate } from "./base";
import { esm2 } from "./esm2";

/**
 * DNN-OS: DNN with each conversion `rate` times among the clicked rows (Wen et al. 2020, §4.1.3; the paper states no rate, ESMM's
 * are 2, 3, 5 and 10).
 */
export const dnnOs = defineModel({
	name: "dnn-os",
	version: 1,
	paper: "Wen et al., SIGIR 2020, arXiv:1910.07099, §4.1.3",
	hyper: { ...esm2.hyper, rate: 2 },
	...separate,
	stages: ({ rate }) => [onImpressions, { ...onClicks, sample: repeated("conversion", rate) }],
});
