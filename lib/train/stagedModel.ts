import { gradNorm, uncertainty } from "../core/balance";
import type { EpochHook } from "../core/epochHook";
import { logLoss } from "../core/loss";
import type { Model, Stage } from "../core/model";
import { IMPRESSION, pCTCVR, pCTR, pCVR } from "../core/prob";
import { esmm } from "../models/esmm";

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
/** For tests: ESMM's network in two stages with all that a stage can say. */
export const staged = { ...esmm, name: "staged", stages: () => stages } as unknown as Model;

/** For tests: hyperparameters with which `staged` clips, decays and warms up. */
export const stagedHyper = { clip: 1, warmup: 5, decay: 0.9, decaySteps: 10, l2: 1e-4 };
