import type { Scalar, Tensor1D } from "@tensorflow/tfjs-core";
import { type Graph, logProb } from "../core/graph";
import { type Loss, rowLoss } from "../core/loss";
import { eventOf, IMPRESSION, spaceOf } from "../core/prob";
import { tensors } from "./algebra";
import { tf } from "./native";

/**
 * Losses on one batch, each the mean over the batch's rows of its own space, times its weight.
 *
 * @param logits a logit per tower, `[rows]`
 * @param space the rows that the batch was drawn from; a loss on that space needs no mask
 * @param label the 0/1 column of an event, `[rows]`
 */
export function lossesOf(
	graph: Graph,
	losses: readonly Loss[],
	logits: Readonly<Record<string, Tensor1D>>,
	space: string,
	label: (event: string) => Tensor1D,
): Scalar[] {
	return losses.map(({ prob, weight }) => {
		const L = logProb(graph, logits, prob, tensors);
		const each = rowLoss(label(eventOf(prob)), L, tensors);
		const over = spaceOf(prob);
		if (over === space || over === IMPRESSION) return tf.mul(tf.mean(each), weight) as Scalar;
		const mask = label(over);
		return tf.mul(tf.div(tf.sum(tf.mul(each, mask)), tf.maximum(tf.sum(mask), 1)), weight) as Scalar;
	});
}
