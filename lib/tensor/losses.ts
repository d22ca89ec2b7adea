import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { type Graph, logProb } from "../core/graph";
import type { Loss } from "../core/loss";
import { eventOf, IMPRESSION, spaceOf } from "../core/prob";
import { rowLoss, tensors } from "./algebra";
import { tf } from "./native";

/**
 * Losses on one batch, each the mean over the batch's rows of its own space, times its weight.
 *
 * @param logits a logit per tower, `[rows]`
 * @param space the rows that the batch was drawn from; a loss on that space needs no mask
 * @param label the 0/1 column of an event, `[rows]`
 * @param weights what each row counts, `[rows]`, with a mean of 1 over all rows of the stage
 */
export function lossesOf(
	graph: Graph,
	losses: readonly Loss[],
	logits: Readonly<Record<string, Tensor1D>>,
	space: string,
	label: (event: string) => Tensor1D,
	weights?: Tensor1D,
): Scalar[] {
	const algebra = { ...tensors, logSigmoid: once(tensors.logSigmoid) };
	const constants = new Map<string, Tensor1D>();
	const constant = (tower: string) => {
		const known = constants.get(tower) ?? detach(logits[tower]);
		constants.set(tower, known);
		return known;
	};
	return losses.map(({ prob, weight, everyRow, detached = [] }) => {
		const apart = Object.fromEntries(detached.map((tower) => [tower, constant(tower)]));
		const L = logProb(graph, { ...logits, ...apart }, prob, algebra);
		const loss = rowLoss(label(eventOf(prob)), L);
		const each = weights ? (tf.mul(loss, weights) as Tensor1D) : loss;
		const over = spaceOf(prob);
		if (everyRow || over === space || over === IMPRESSION) return times(tf.mean(each), weight);
		const mask = label(over);
		return times(tf.div(tf.sum(tf.mul(each, mask)), tf.maximum(tf.sum(mask), 1)), weight);
	});
}

/** The same values, through which no gradient goes. */
const detach = (x: Tensor1D): Tensor1D =>
	tf.customGrad((...given) => {
		const [value] = given as unknown as [Tensor1D];
		return { value: tf.clone(value), gradFunc: (dy: Tensor) => tf.zerosLike(dy) };
	})(x) as Tensor1D;

const times = (loss: Tensor, weight: number): Scalar => (weight === 1 ? loss : tf.mul(loss, weight)) as Scalar;

/** The same function, computed once for each argument: the paths of several losses share edges. */
function once<T extends Tensor>(of: (x: T) => T): (x: T) => T {
	const known = new Map<T, T>();
	return (x) => {
		const value = known.get(x) ?? of(x);
		known.set(x, value);
		return value;
	};
}
