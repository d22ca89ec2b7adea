import type { Prob } from "../core/prob";
import { type Network, predictBatch } from "./step";

/** Prediction columns by Prob, one float32 a row asked for. */
export type Predictions = Record<string, Float32Array>;

/** Rows predicted at a time. */
const CHUNK = 8192;

/** Probabilities of rows of the network's data set, a piece of rows at a time. */
export function predictRows(network: Network, rows: Int32Array, probs: readonly Prob[]): Predictions {
	const columns = probs.map(() => new Float32Array(rows.length));
	for (let from = 0; from < rows.length; from += CHUNK) {
		const part = predictBatch(network, rows.subarray(from, from + CHUNK), probs);
		for (const [i, column] of columns.entries()) column.set(part[i], from);
	}
	return Object.fromEntries(probs.map((prob, i) => [prob, columns[i]]));
}
