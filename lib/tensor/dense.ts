import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { tf } from "./native";
import { kernels } from "./tier";

/** x·w + b, with ReLU or without. Gradients: two matrix products, `BiasAddGrad`, `ReluGrad`. */
export function dense(x: Tensor2D, w: Tensor2D, b: Tensor1D, activation: "relu" | "none"): Tensor2D {
	const k = kernels();
	return tf.customGrad((...given) => {
		const [x, w, b, save] = given as unknown as [Tensor2D, Tensor2D, Tensor1D, GradSaveFunc];
		const sum = k.biasAdd(k.matMul(x, w, false, false), b);
		const y = activation === "relu" ? tf.relu(sum) : sum;
		save([x, w, y]);
		return {
			value: y,
			gradFunc: (dy: Tensor, saved: Tensor[]) => {
				const [x, w, y] = saved as [Tensor2D, Tensor2D, Tensor2D];
				const g = activation === "relu" ? k.reluGrad(dy as Tensor2D, y) : (dy as Tensor2D);
				return [k.matMul(g, w, false, true), k.matMul(x, g, true, false), k.biasAddGrad(g)];
			},
		};
	})(x, w, b) as Tensor2D;
}

/** x·w: `[rows, from] · [from, to]`. */
export function product(x: Tensor2D, w: Tensor2D): Tensor2D {
	const k = kernels();
	return tf.customGrad((...given) => {
		const [x, w, save] = given as unknown as [Tensor2D, Tensor2D, GradSaveFunc];
		save([x, w]);
		return {
			value: k.matMul(x, w, false, false),
			gradFunc: (dy: Tensor, saved: Tensor[]) => {
				const [x, w] = saved as [Tensor2D, Tensor2D];
				return [k.matMul(dy as Tensor2D, w, false, true), k.matMul(x, dy as Tensor2D, true, false)];
			},
		};
	})(x, w) as Tensor2D;
}

/** x + b, b added to each row. Gradient: `BiasAddGrad`. */
export function biased(x: Tensor2D, b: Tensor1D): Tensor2D {
	const k = kernels();
	return tf.customGrad((...given) => {
		const [x, b] = given as [Tensor2D, Tensor1D];
		return { value: k.biasAdd(x, b), gradFunc: (dy: Tensor) => [dy, k.biasAddGrad(dy as Tensor2D)] };
	})(x, b) as Tensor2D;
}

/** max(x, 0). Gradient: `ReluGrad`. */
export function relu(x: Tensor2D): Tensor2D {
	return tf.customGrad((...given) => {
		const [x, save] = given as unknown as [Tensor2D, GradSaveFunc];
		const y = tf.relu(x);
		save([y]);
		return { value: y, gradFunc: (dy: Tensor, [y]: Tensor[]) => [kernels().reluGrad(dy as Tensor2D, y as Tensor2D)] };
	})(x) as Tensor2D;
}
