import type { TreeHyper } from "../core/trees";

/** Numbers row by row; NaN is a missing one. */
export interface Matrix {
	readonly values: Float32Array;
	readonly rows: number;
	readonly columns: number;
}

/** What trees are grown from. */
export interface Growth {
	readonly matrix: Matrix;
	/** 0 or 1 a row. */
	readonly labels: Float32Array;
	/** Share of ones among them: where the sum of trees starts from. */
	readonly rate: number;
	readonly hyper: TreeHyper;
	/** Below 2^31. */
	readonly seed: number;
	readonly threads: number;
}

/** Trees of one probability in the memory of a C library. */
export interface Booster {
	/** Probabilities of rows. */
	predict(matrix: Matrix): Float32Array;
	/** The library's own model text or bytes; the same trees, the same bytes. */
	bytes(): Buffer;
	/** Frees the memory; nothing else may be called afterwards, but this may again. */
	free(): void;
}

/** A booster whose trees are being grown: it holds the training rows until `done`. */
export interface Growing extends Booster {
	/** Grows one more tree. False when no node could be split, so that no more will grow. */
	grow(): boolean;
	/** Mean log-loss of the training rows. */
	loss(): number;
	/** Frees the training rows. */
	done(): void;
}

/** A library of gradient boosting. */
export interface TreeLibrary {
	readonly name: "lightgbm" | "xgboost";
	readonly version: string;
	/** Ending of its model files. */
	readonly ending: string;
	start(growth: Growth): Growing;
	/**
	 * Trees from their bytes.
	 *
	 * @throws Error bytes that are no model
	 */
	read(bytes: Buffer): Booster;
}

/** Memory that is freed once, however often that is asked for. */
export function once(free: () => void): () => void {
	let freed = false;
	return () => {
		if (freed) return;
		freed = true;
		free();
	};
}
