import type { Model } from "../core/model";
import { streamed } from "../data/prepared/streamed";
import { toyDataset } from "../data/toyDataset";
import { modelNamed } from "../models/index";
import { fit } from "./fit";
import { staged, stagedHyper } from "./stagedModel";

/** ESMM's network as wide as a paper's: its products are divided among threads. */
const wide = { embedding: 64, mlp: [512, 256], batch: 700, epochs: 2 };

// For tests: a training in a process of its own, to be killed. killedTraining.ts MODEL CHECKPOINT [FOLDER]; prints "step" at each
// step. The model "staged" is ESMM's network in two stages, "wide" a wide one, "compiled" one with more steps; a prepared folder is streamed.
const [, , model, path, folder] = process.argv;
const small = { embedding: 4, mlp: [16], lr: 0.01, batch: 64, epochs: 3, dropout: 0.2 };
/** Enough steps to be compiled. */
const compiled = { batch: 12, epochs: 4, patience: 4 };
const [esmm, more]: [Model, object] = [modelNamed("esmm"), { staged: stagedHyper, wide, compiled }[model] ?? {}];
fit(model === "staged" ? staged : esmm, {
	data: folder === undefined ? toyDataset() : streamed(folder, 300),
	seed: 3,
	hyper: { ...small, ...more },
	checkpoint: { path, every: 0 },
	on: () => process.stdout.write("step\n"),
}).then((fitted) => fitted.dispose());
