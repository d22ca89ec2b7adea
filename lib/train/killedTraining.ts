import { gradNorm, uncertainty } from "../core/balance";
import type { EpochHook } from "../core/epochHook";
import { logLoss } from "../core/loss";
import type { Model, Stage } from "../core/model";
import { IMPRESSION, pCTCVR, pCTR, pCVR } from "../core/prob";
import { streamed } from "../data/prepared/streamed";
import { toyDataset } from "../data/toyDataset";
import { esmm } from "../models/esmm";
import { modelNamed } from "../models/index";
import { fit } from "./fit";

/** Sets a weight from what an inner layer gives: run twice in an epoch, it would leave other weights. */
async function before({ epoch, pieces, read, assign }: EpochHook): Promise<void> {
	let [sum, count] = [0, 0];
	for await (const { rows, forward } of pieces())
		for (const value of forward(rows, (nn, x) => nn.embed("embedding", x, 4))) {
			sum += value;
			count++;
		}
	const { values } = read("cvr/logit/b");
	assign(
		"cvr/logit/b",
		values.map((value) => value + epoch / 100 + sum / count),
	);
}

/** Two stages with all that a stage can say. */
const stages: Stage[] = [
	{
		...{ space: IMPRESSION, losses: [logLoss(pCTR), logLoss(pCTCVR)], choose: `auc(${pCTCVR})` },
		...{ balance: gradNorm({ shared: "embedding", alpha: 0.5 }), before, epochs: 2 },
	},
	{
		...{ space: "click", losses: [logLoss(pCVR), logLoss(pCVR, 0.5)], choose: `logloss(${pCVR})`, before },
		...{ balance: uncertainty(), freeze: ["ctr/"], lr: 0.5, fresh: true },
	},
];
const staged = { ...esmm, name: "staged", stages: () => stages } as unknown as Model;

/** ESMM's network as wide as a paper's: its products are divided among threads. */
const wide = { embedding: 64, mlp: [512, 256], batch: 700, epochs: 2 };

// For tests: a training in a process of its own, to be killed. killedTraining.ts MODEL CHECKPOINT [FOLDER]; prints "step" at each
// step. The model "staged" is ESMM's network in two stages, "wide" a wide one; a prepared folder is streamed.
const [, , model, path, folder] = process.argv;
const small = { embedding: 4, mlp: [16], lr: 0.01, batch: 64, epochs: 3, dropout: 0.2 };
const more = model === "staged" ? { clip: 1, warmup: 5, decay: 0.9, decaySteps: 10, l2: 1e-4 } : wide;
const models: Record<string, Model> = { staged, wide: modelNamed("esmm") };
fit(models[model], {
	data: folder === undefined ? toyDataset() : streamed(folder, 300),
	seed: 3,
	hyper: { ...small, ...more },
	checkpoint: { path, every: 0 },
	on: () => process.stdout.write("step\n"),
}).then((fitted) => fitted.dispose());
