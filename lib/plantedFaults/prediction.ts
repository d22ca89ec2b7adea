import type { Plan } from "./plan";

/** Faults of saved models and of what they predict. */
export const prediction: Plan[] = [
	[
		"a saved model forgets what is added to its logits",
		"train/loadModel.ts",
		"data, seed, priors, weights: new Map()",
		"data, seed, priors: priors && {}, weights: new Map()",
		"train/saveModel.test.ts",
		"a saved model gives the bits of the fitted one: esmm",
	],
	[
		"weights of another file are taken",
		"train/loadModel.ts",
		"!== about.sha256)",
		'=== "")',
		"train/saveModel.test.ts",
		"refused by name weights of another file",
	],
	[
		"weights that a saved model lacks are drawn anew",
		"train/loadModel.ts",
		"if (lacking.length > 0)",
		"if (lacking.length < 0)",
		"train/saveModel.test.ts",
		"refused by name a weight that is not named",
	],
	[
		"codes of another vocabulary are predicted",
		"train/predictFiles.ts",
		"if (card.fingerprint === about.data.fingerprint) return;",
		'if (card.fingerprint !== "") return;',
		"train/predictFiles.test.ts",
		"refused by name, and nothing is written a prepared folder with another vocabulary, though its fields are the same",
	],
	[
		"a code beyond the vocabulary reads another field's embedding",
		"data/encoded/pieces.ts",
		"!(id >= 0 && id < size)",
		"!(id >= 0)",
		"train/predictFiles.test.ts",
		"refused by name, and nothing is written encoded rows with a code beyond the vocabulary",
	],
	[
		"a model.json that was changed is taken",
		"train/loadModel.ts",
		"about.hash !== hashOfFile(about)",
		'hashOfFile(about) === ""',
		"train/saveModel.test.ts",
		"refused by name a model.json that was changed: a mean, which raw numbers are scaled with",
	],
	[
		"a code that is not whole is rounded",
		"data/encoded/encodedFiles.ts",
		"} = trunc(",
		"} = (",
		"train/predictFiles.test.ts",
		"refused by name, and nothing is written encoded rows with a code that is not whole",
	],
];
