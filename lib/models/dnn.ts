import { defineModel } from "../core/model";
import { onClicks, onImpressions, separate } from "./base";
import { esm2Backbone } from "./esm2";

/** DNN: two separate networks, P(click | impression) on all impressions and P(conversion | click) on clicked rows, as wide as one tower of ESM² (Wen et al. 2020, §4.1.3). */
export const dnn = defineModel({
	name: "dnn",
	version: 2,
	paper: "Wen et al., SIGIR 2020, arXiv:1910.07099, §4.1.3",
	hyper: esm2Backbone,
	...separate,
	stages: () => [onImpressions, onClicks],
});
