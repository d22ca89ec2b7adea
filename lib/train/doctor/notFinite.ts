import type { Dataset } from "../../data/dataset";
import { tf } from "../../tensor/native";
import type { Weights } from "../../tensor/weights";

/** A number of this size or more is likelier a mistake than a scaled feature. */
const EXTREME = 1e6;

/**
 * Why a loss or a prediction is not finite, in words: the first number field, weight of a list, label or weight of the network that
 * is not; else the most extreme of what the network read.
 *
 * @param at rows of the batch
 */
export function whyNotFinite(
	{ fields, events }: Pick<Dataset, "fields" | "events">,
	at: Int32Array,
	weights: Weights,
): string {
	let extreme: { field: string; value: number; row: number } | undefined;
	for (const field of fields) {
		if (field.kind === "number") {
			const bad = at.filter((row) => !Number.isFinite(field.values[row]));
			if (bad.length > 0)
				return `field ${field.name} is ${field.values[bad[0]]} on ${bad.length} of the ${at.length} rows, first on row ${bad[0]}`;
			for (const row of at)
				if (Math.abs(field.values[row]) > Math.max(EXTREME, Math.abs(extreme?.value ?? 0)))
					extreme = { field: field.name, value: field.values[row], row };
		}
		if (field.kind === "ids" && field.weights)
			for (const row of at) {
				const list = field.list ? field.list[row] : row;
				for (let i = field.offsets[list]; i < field.offsets[list + 1]; i++)
					if (!Number.isFinite(field.weights[i]))
						return `a weight of field ${field.name} is ${field.weights[i]} on row ${row}`;
			}
	}
	for (const [event, happened] of Object.entries(events))
		for (const row of at)
			if (happened[row] > 1) return `label ${event} is ${happened[row]} on row ${row}, neither 0 nor 1`;
	if (extreme) return `field ${extreme.field} is as large as ${extreme.value.toPrecision(3)}, on row ${extreme.row}`;
	for (const { name, value } of weights.values()) {
		const bad = tf.tidy(() => tf.sum(tf.cast(tf.logicalNot(tf.isFinite(value.read())), "int32")).dataSync()[0]);
		if (bad > 0)
			return `fields and labels are finite, but ${bad} numbers of weight ${name} are not: the updates before were too large`;
	}
	return "fields, labels and weights are finite: the network's own numbers grew too large";
}
