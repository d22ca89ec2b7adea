import { toyDataset } from "../data/toyDataset";
import { modelNamed } from "../models/index";
import { fit } from "./fit";

// For tests: a training in a process of its own, to be killed. killedTraining.ts MODEL CHECKPOINT; prints "step" at each step.
const [, , model, path] = process.argv;
const hyper = { embedding: 4, mlp: [16], lr: 0.01, batch: 64, epochs: 3, dropout: 0.2 };
fit(modelNamed(model), {
	data: toyDataset(),
	seed: 3,
	hyper,
	checkpoint: { path, every: 0 },
	on: () => process.stdout.write("step\n"),
}).then((fitted) => fitted.dispose());
