import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { stream } from "../core/random";
import type { Kernels, Variable } from "./kernels";
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
		const assignRows = (ids: Tensor1D, rows: Tensor) => {
			const [values, at, from] = [held.dataSync().slice(), ids.dataSync(), rows.dataSync()];
			const width = from.length / Math.max(at.length, 1);
			for (let i = 0; i < at.length; i++) values.set(from.subarray(i * width, (i + 1) * width), at[i] * width);
			tf.tidy(() => held.assign(tf.tensor(values, held.shape)));
		};
		return {
			shape: init.shape,
			read: () => held.clone(),
			rows: (ids) => tf.gather(held as unknown as Tensor2D, ids),
			assign: (value) => held.assign(value),
			assignRows,
			dispose: () => held.dispose(),
		};
	}

	return {
		matMul: (a, b, transposeA, transposeB) => tf.matMul(a, b, transposeA, transposeB),
		biasAdd: (x, bias) => tf.add(x, bias),
		biasAddGrad: (dy) => tf.sum(dy, 0),
		reluGrad: (dy, y) => tf.mul(dy, tf.step(y)),
		segmentSum(x, segments) {
			const ids = segments.dataSync();
			return tf.unsortedSegmentSum(x, segments, ids.length === 0 ? 0 : ids[ids.length - 1] + 1);
		},
		gather: (x, index) => tf.gather(x, index),
		normal: (shape, key) => draw(shape, key, "normal"),
		uniform: (shape, key) => draw(shape, key, "uniform"),
		keep(shape, rate, key) {
			const [a, b] = key.dataSync();
			return tf.cast(tf.greaterEqual(draw(shape, [a, b], "uniform"), rate), "float32");
		},
		batchNorm(x, scale, shift, epsilon) {
			const mean = tf.mean<Tensor1D>(x, 0);
			const centred = tf.sub(x, mean);
			const variance = tf.mean<Tensor1D>(tf.square(centred), 0);
			const inverse = tf.rsqrt(tf.add(variance, epsilon));
			const unit = tf.mul(centred, inverse);
			const unbiased = tf.mul<Tensor1D>(variance, x.shape[0] / Math.max(x.shape[0] - 1, 1));
			return { y: tf.add(tf.mul(unit, scale), shift), mean, variance: unbiased, kept: [unit, inverse] };
		},
		batchNormGrad(dy, _, scale, [unit, inverse]) {
			const dScale = tf.sum<Tensor1D>(tf.mul(dy, unit), 0);
			const dShift = tf.sum<Tensor1D>(dy, 0);
			const rows = dy.shape[0];
			const along = tf.add(tf.mul(unit, tf.div(dScale, rows)), tf.div(dShift, rows));
			return [tf.mul(tf.sub(dy, along), tf.mul(scale, inverse)) as Tensor2D, dScale, dShift];
		},
		variable,
		adam: (value, m, v, { lr, power1, power2, beta1, beta2, epsilon }, gradient) =>
			void tf.tidy(() => {
				const rate = tf.div(tf.mul(lr, tf.sqrt(tf.sub(1, power2))), tf.sub(1, power1));
				m.assign(tf.add(tf.mul(m.read(), beta1), tf.mul(gradient, tf.sub(1, beta1))));
				v.assign(tf.add(tf.mul(v.read(), beta2), tf.mul(tf.square(gradient), tf.sub(1, beta2))));
				value.assign(tf.sub(value.read(), tf.div(tf.mul(m.read(), rate), tf.add(tf.sqrt(v.read()), epsilon))));
			}),
		adagrad: (value, sum, lr, epsilon, gradient) =>
			void tf.tidy(() => {
				sum.assign(tf.add(sum.read(), tf.square(gradient)));
				value.assign(tf.sub(value.read(), tf.div(tf.mul(gradient, lr), tf.add(tf.sqrt(sum.read()), epsilon))));
			}),
		descend: (value, lr, gradient) => void tf.tidy(() => value.assign(tf.sub(value.read(), tf.mul(gradient, lr)))),
	};
}
