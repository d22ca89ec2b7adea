import { expect, it } from "vitest";
import { modelNamed, models } from "./index";

/** Where papers say nothing. */
const training = { optimizer: "adam", dense: false, l2: 0, clip: 0, warmup: 0, decay: 1, decaySteps: 10_000 };

/** Ma et al. 2018, §3.1; rate, batch and epochs are not stated. */
const esmm = {
	...training,
	...{ embedding: 18, itemEmbedding: 0, mlp: [360, 200, 80], dropout: 0 },
	...{ lr: 1e-3, batch: 1024, epochs: 3, patience: 1 },
};

/** Wen et al. 2020, Table 2 and §4.1.4; epochs, and the width of what is no item's, are not stated. */
const esm2 = {
	...training,
	...{ embedding: 18, itemEmbedding: 128, mlp: [512, 256, 128, 32], dropout: 0.5 },
	...{ lr: 5e-4, batch: 1000, epochs: 3, patience: 1 },
};

/** Not stated of either kind of trees. */
const trees = { lr: 0.1, lambda: 1, gamma: 0, bins: 64, smoothing: 20 };

const written: Readonly<Record<keyof typeof models, object>> = {
	base: esmm,
	aman: { ...esmm, rate: 0.1, resample: "epoch" },
	oversampling: { ...esmm, rate: 2, corrected: false },
	unbias: { ...esmm, mode: "weight", floor: 0.005 },
	division: esmm,
	"esmm-ns": { ...esmm, ctcvrWeight: 1, stopCtrGrad: false },
	esmm: { ...esmm, shareEmbedding: true, shareBottom: 0, ctcvrWeight: 1, stopCtrGrad: false },
	dnn: esm2,
	"dnn-os": { ...esm2, rate: 2, corrected: false },
	esm2: { ...esm2, dAction: "both", extra: "none" },
	"esm2-mi": esm2,
	hm3: { ...esm2, cvrLoss: 0 },
	"hm3-r": esm2,
	gbdt: { ...trees, trees: 150, depth: 8, minRows: 20, rowShare: 0.6, columnShare: 0.6 },
	xgboost: { ...trees, trees: 70, depth: 5, minRows: 10, rowShare: 0.6, columnShare: 0.6 },
};

it.each(Object.entries(written))(
	"%s has its paper's hyperparameters, and ours where the paper states none",
	(name, hyper) => {
		expect(modelNamed(name).hyper).toEqual(hyper);
	},
);

it("every registered model is written out here", () => {
	expect(Object.keys(written)).toEqual(Object.keys(models));
});
