// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source text
import type { Plan } from "./plan";

/** Faults of layers. */
export const layers: Plan[] = [
	[
		"the gradient of layer normalisation forgets that the mean moves too",
		"tensor/norm.ts",
		"tf.sub(tf.sub(g, tf.mean(g, 1, true)), along)",
		"tf.sub(g, along)",
		"tensor/layerGradients.test.ts",
		"values and gradients agree with float64 5×3 → 7 layer normalisation",
	],
	[
		"a row whose keys are all masked attends to them equally",
		"tensor/attention.ts",
		"const alive: Tensor3D[] = mask ? [",
		"const alive: Tensor3D[] = mask && rows < 0 ? [",
		"tensor/layerGradients.test.ts",
		"values and gradients agree with float64 attention: masks: some keys, none, all",
	],
	[
		"predicting normalises by the batch's own statistics",
		"tensor/layers.ts",
		"if (pass.step === undefined || x.shape[0] === 1 ||",
		"if (x.shape[0] === 1 ||",
		"tensor/layers.test.ts",
		"batch normalisation predicting uses the running statistics, and leaves them as they are",
	],
	[
		"running statistics move in a stage that freezes them",
		"tensor/layers.ts",
		"|| pass.frozen?.(`${name}/mean`)) {",
		") {",
		"tensor/layers.test.ts",
		"batch normalisation frozen: training too uses the running statistics, and leaves them as they are",
	],
	[
		"an optimiser's gradient reaches running statistics and constants",
		"tensor/layers.ts",
		'weight(weights, seed, name, shape, { value }, "state").value;',
		'({ ...weight(weights, seed, name, shape, { value }, "state").value, read: () => pass.read(name) });',
		"tensor/layers.test.ts",
		"batch normalisation no gradient reaches a state",
	],
	[
		"heads of one query are scaled by the width of the keys",
		"tensor/attention.ts",
		"Math.sqrt(from / size));",
		"Math.sqrt(1));",
		"tensor/layers.test.ts",
		"names and shapes of weights, values and gradients in all of them attention of one query a row",
	],
	[
		"dropout's two units of a draw share their bits",
		"tensor/nativeKernels.ts",
		'[drawn, tf.scalar(16, "int32")]',
		'[drawn, tf.scalar(0, "int32")]',
		"tensor/layers.test.ts",
		"native and pure-JS kernels agree masks: the share asked for, by the key alone, and a unit's neighbours tell nothing of it",
	],
];
