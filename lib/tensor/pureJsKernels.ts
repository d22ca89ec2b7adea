import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { stream } from "../core/random";
import { ADAM, type Kernels, type Variable } from "./kernels";
import { tf } from "./native";

/** The same operations on plain tfjs, for machines where native TensorFlow does not load. */
export function pureJsKernels(): Kernels {
	function draw(shape: number[], key: readonly [number, number], kind: "normal" | "uniform"): Tensor {
		const draws = stream(key[0], String(key[1]));
		const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
		for (let i = 0; i < values.length; i++) values[i] = draws[kind]();
		return tf.tensor(values, shape);
	}

	function variable(init: Tensor): Variable {
		const held = tf.variable(init, false);
		const scatter = (ids: Tensor1D, rows: Tensor, change: (old: number, row: number) => number) => {
			const [values, at, from] = [held.dataSync().slice(), ids.dataSync(), rows.dataSync()];
			const width = from.length / Math.max(at.length, 1);
			for (let i = 0; i < at.length; i++)
				for (let j = 0; j < width; j++) {
					const cell = at[i] * width + j;
					values[cell] = change(values[cell], from[i * width + j]);
				}
			tf.tidy(() => held.assign(tf.tensor(values, held.shape)));
		};
		return {
			shape: init.shape,
			read: () => held.clone(),
			rows: (ids) => tf.gather(held as unknown as Tensor2D, ids),
			assign: (value) => held.assign(value),
			assignRows: (ids, rows) => scatter(ids, rows, (_, row) => row),
			subtractRows: (ids, rows) => scatter(ids, rows, (old, row) => old - row),
			dispose: () => held.dispose(),
		};
	}

	return {
		matMul: (a, b, transposeA, transposeB) => tf.matMul(a, b, transposeA, transposeB),
		biasAdd: (x, bias) => tf.add(x, bias),
		biasAddGrad: (dy) => tf.sum(dy, 0),
		reluGrad: (dy, y) => tf.mul(dy, tf.step(y)),
		unique(ids) {
			const { values, indices } = tf.unique(ids);
			return [values, indices];
		},
		normal: (shape, key) => draw(shape, key, "normal"),
		uniform: (shape, key) => draw(shape, key, "uniform"),
		variable,
		adam(value, m, v, step, gradient) {
			const rate = (step.lr * Math.sqrt(1 - step.power2)) / (1 - step.power1);
			tf.tidy(() => {
				m.assign(tf.add(tf.mul(m.read(), ADAM.beta1), tf.mul(gradient, 1 - ADAM.beta1)));
				v.assign(tf.add(tf.mul(v.read(), ADAM.beta2), tf.mul(tf.square(gradient), 1 - ADAM.beta2)));
				const change = tf.div(tf.mul(m.read(), rate), tf.add(tf.sqrt(v.read()), ADAM.epsilon));
				value.assign(tf.sub(value.read(), change));
			});
		},
	};
}
