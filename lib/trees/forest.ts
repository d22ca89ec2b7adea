import { type Prob, pCTCVR, pCTR, pCVR } from "../core/prob";
import type { TreeHyper, TreeModel } from "../core/trees";
import type { Dataset } from "../data/dataset";
import type { Booster, TreeLibrary } from "./booster";
import { lightGbm } from "./lightgbm";
import { type CodeRates, matrixOf } from "./matrix";
import type { Seen } from "./order";
import { xgBoost } from "./xgboost";

/** One booster of a tree model with what its columns are made of. */
export interface Boosted {
	readonly prob: Prob;
	readonly rates: CodeRates;
	readonly booster: Booster;
	/** Trees that were grown: fewer than asked for where no node could be split any more. */
	readonly trees: number;
}

/** A tree model that was grown. */
export interface Forest {
	readonly model: TreeModel;
	readonly hyper: TreeHyper;
	readonly seed: number;
	/** What it was grown on. */
	readonly data: Dataset;
	/** Whose labels the training rows' target statistics were made of. */
	readonly seen: Seen;
	/** In the order of `grown`. */
	readonly boosted: readonly Boosted[];
}

/** The library that grows a model's trees. */
export const libraryOf = ({ library }: Pick<TreeModel, "library">): TreeLibrary =>
	library === "lightgbm" ? lightGbm : xgBoost;

/** Rows predicted at a time. */
const CHUNK = 32_768;

/**
 * Probabilities of rows of the forest's data set, or of `data` with the same fields.
 *
 * @throws Error its memory was freed, or its growing was stopped before every booster was there
 */
export function predictForest(
	{ model, hyper, boosted, data: own }: Forest,
	rows: Int32Array,
	probs: readonly Prob[],
	data: Pick<Dataset, "fields"> = own,
): Record<string, Float32Array> {
	const columns: Record<string, Float32Array> = {};
	for (const prob of [pCTR, pCVR]) {
		const one = boosted.find((of) => of.prob === prob);
		if (!one) throw new Error(`${model.name} was stopped before it had trees for P(${prob}): it predicts nothing`);
		const column = new Float32Array(rows.length);
		for (let from = 0; from < rows.length; from += CHUNK) {
			const matrix = matrixOf(data.fields, rows.subarray(from, from + CHUNK), hyper.bins, one.rates);
			column.set(one.booster.predict(matrix), from);
		}
		columns[prob] = column;
	}
	columns[pCTCVR] = columns[pCTR].map((p, i) => p * columns[pCVR][i]);
	return Object.fromEntries(probs.map((prob) => [prob, columns[prob]]));
}
