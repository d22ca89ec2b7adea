import { InputError, unknownName } from "./problem";

/** What moves the weights. */
export type Optimizer = "adam" | "adagrad" | "sgd";

/** How training runs; every model has these beside its own hyperparameters. */
export type Training = {
	/** Learning rate: the highest, before `warmup` and `decay` scale it. */
	lr: number;
	/** Rows in a batch; the last batch of an epoch may be smaller and is kept. */
	batch: number;
	/** Most epochs of a stage. */
	epochs: number;
	/** Epochs without a better value of the stage's `choose` before it stops; its best weights are kept. */
	patience: number;
	/** "adam" (β₁ 0.9, β₂ 0.999, ε 1e-8), "adagrad", or "sgd". */
	optimizer: Optimizer;
	/** Tables too are trained whole at each step, as textbooks have it; else only the rows that a batch used. */
	dense: boolean;
	/** λ of λ·w, added to each weight's gradient (PyTorch's weight_decay); in tables on the rows that a batch used. */
	l2: number;
	/** The largest global norm of the gradients: larger ones are scaled down to it. 0: no limit. */
	clip: number;
	/** Updates in which the learning rate rises in a straight line to `lr`. */
	warmup: number;
	/** Factor of the learning rate for each `decaySteps` updates, applied smoothly. 1: none. */
	decay: number;
	decaySteps: number;
};

/** The training that a model has where its paper says nothing: `hyper: { ...training, lr: …, batch: …, … }`. */
export const training: Omit<Training, "lr" | "batch" | "epochs" | "patience"> = {
	optimizer: "adam",
	dense: false,
	l2: 0,
	clip: 0,
	warmup: 0,
	decay: 1,
	decaySteps: 10_000,
};

const OPTIMIZERS: readonly Optimizer[] = ["adam", "adagrad", "sgd"];

/**
 * Checks what types cannot of a model's training hyperparameters.
 *
 * @throws InputError naming the model, the hyperparameter, what it must be and what it is
 */
export function checkTraining(model: string, hyper: Readonly<Record<string, unknown>>): void {
	const must = (name: string, what: string, fits: (value: number) => boolean) => {
		if (name in hyper && !fits(hyper[name] as number))
			throw new InputError(`hyperparameter "${name}" of ${model} must be ${what}, not ${hyper[name]}`);
	};
	const atLeast = (least: number) => (value: number) => Number.isInteger(value) && value >= least;
	for (const name of ["batch", "epochs"]) must(name, "a whole number of at least 1", atLeast(1));
	must("patience", "a whole number", atLeast(0));
	must("warmup", "a whole number of at least 0", atLeast(0));
	must("clip", "a number of at least 0", (value) => value >= 0);
	must("decay", "above 0 and at most 1", (value) => value > 0 && value <= 1);
	must("decaySteps", "a number of at least 1", (value) => value >= 1);
	const { optimizer } = hyper as { optimizer?: Optimizer };
	if (optimizer !== undefined && !OPTIMIZERS.includes(optimizer))
		throw unknownName(`optimizer of ${model}`, optimizer, OPTIMIZERS);
}
