import type { Prob } from "../../core/prob";
import type { Dataset, Field } from "../../data/dataset";
import { freeing } from "../../tensor/native";
import { disposeWeights, type Weights } from "../../tensor/weights";
import { type Network, predictBatch } from "../step";
import { type Finding, warning } from "./finding";
import { spread } from "./sample";

/** Rows on which the two networks are compared. */
const ROWS = 8;
/** What names of weights begin with beside those of predictions. */
const WEIGHT = "weight ";

/**
 * Builds the network twice from its seed and compares, bit by bit, start weights and predictions: they differ where a tower draws
 * from Math.random, or from TensorFlow without a seed. The two are built on the ids of a few rows, so their tables are small.
 *
 * Only what a tower draws while it is built is seen; a draw made once for the whole process is the same both times.
 *
 * @returns also the names of all weights
 */
export function startWeights(
	network: Network,
	train: Int32Array,
	probs: readonly Prob[],
): { findings: Finding[]; names: string[] } {
	const data = few(network.data, spread(train, ROWS));
	const [one, other] = [build({ ...network, data }, probs), build({ ...network, data }, probs)];
	const different = [...one].filter(([name, values]) => !sameBits(values, other.get(name))).map(([name]) => name);
	const names = [...one.keys()].flatMap((name) => (name.startsWith(WEIGHT) ? [name.slice(WEIGHT.length)] : []));
	if (different.length === 0) return { findings: [], names };
	const told = different.slice(0, 3).join(", ") + (different.length > 3 ? ` and ${different.length - 3} more` : "");
	const finding = warning(
		"unseeded start",
		network.model.name,
		`built twice from seed ${network.seed} differs in ${told}`,
		"draws from Math.random, or tf.randomNormal and the like without a seed, in its towers",
	);
	return { findings: [finding], names };
}

/** Values of all weights, and of all predictions, of a network that is built anew. */
function build(network: Network, probs: readonly Prob[]): Map<string, Float32Array> {
	const weights: Weights = new Map();
	const rows = Int32Array.from({ length: network.data.rows }, (_, i) => i);
	try {
		const predicted = predictBatch({ ...network, weights }, rows, probs);
		const values = [...weights].map(([name, { value }]): [string, Float32Array] => [
			WEIGHT + name,
			freeing(() => value.read().dataSync().slice() as Float32Array),
		]);
		return new Map([...values, ...probs.map((prob, i): [string, Float32Array] => [`P(${prob})`, predicted[i]])]);
	} finally {
		disposeWeights(weights);
	}
}

const sameBits = (one: Float32Array, other: Float32Array | undefined): boolean =>
	other !== undefined &&
	Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(
		Buffer.from(other.buffer, other.byteOffset, other.byteLength),
	);

/** Some rows of a data set, with vocabularies of the ids on these rows alone. */
function few(data: Dataset, rows: Int32Array): Dataset {
	const fields = data.fields.map((field): Field => {
		if (field.kind === "number") return { ...field, values: Float32Array.from(rows, (row) => field.values[row]) };
		const codes = new Map<number, number>();
		const code = (id: number) => {
			if (!codes.has(id)) codes.set(id, codes.size);
			return codes.get(id) as number;
		};
		if (field.kind === "id") {
			const ids = Int32Array.from(rows, (row) => code(field.ids[row]));
			return { ...field, ids, size: codes.size };
		}
		const [ids, weights, offsets]: number[][] = [[], [], [0]];
		for (const row of rows) {
			const list = field.list ? field.list[row] : row;
			for (let at = field.offsets[list]; at < field.offsets[list + 1]; at++) {
				ids.push(code(field.ids[at]));
				weights.push(field.weights ? field.weights[at] : 1);
			}
			offsets.push(ids.length);
		}
		return {
			...{ kind: "ids", name: field.name, size: Math.max(1, codes.size) },
			...{ offsets: Int32Array.from(offsets), ids: Int32Array.from(ids), weights: Float32Array.from(weights) },
		};
	});
	return { ...data, rows: rows.length, fields };
}
