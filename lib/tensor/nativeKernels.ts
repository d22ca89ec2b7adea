import { randomUUID } from "node:crypto";
import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { Kernels, Variable } from "./kernels";
import { type NativeBackend, type OpAttribute, tf } from "./native";

// TensorFlow shares resources by name in the whole process, and a kernel may load this file anew.
const copy = randomUUID();
let names = 0;

/** TensorFlow's own kernels, called by name. Weights are resources, updated in place by fused kernels. */
export function nativeKernels(backend: NativeBackend): Kernels {
	const { binding } = backend;
	const attribute =
		(kind: string) =>
		(name: string, value: unknown): OpAttribute => ({ name, type: binding[`TF_ATTR_${kind}`] as number, value });
	const [type, flag, int, real, text, shapeOf] = ["TYPE", "BOOL", "INT", "FLOAT", "STRING", "SHAPE"].map(attribute);
	const [float, int32] = [binding.TF_FLOAT as number, binding.TF_INT32 as number];
	const T = [type("T", float)];
	const dtype = [type("dtype", float)];
	const indexed = [type("dtype", float), type("Tindices", int32)];
	const one = (op: string, attributes: OpAttribute[], inputs: Tensor[]) =>
		backend.executeSingleOutput(op, attributes, inputs);
	const run = (op: string, attributes: OpAttribute[], inputs: Tensor[]) =>
		void backend.binding.executeOp(op, attributes, backend.getInputTensorIds(inputs), 0);

	const draw =
		(op: string, of = float) =>
		(shape: number[], key: Tensor1D): Tensor =>
			one(op, [type("dtype", of), type("T", int32), type("Tseed", int32)], [tf.tensor1d(shape, "int32"), key]);
	const keyed =
		(op: string) =>
		(shape: number[], key: readonly [number, number]): Tensor =>
			draw(op)(shape, tf.tensor1d([...key], "int32"));
	const bits = draw("StatelessRandomUniformFullInt", int32);

	/** The fused kernel is one for images: rows are images of one pixel. */
	const image = (x: Tensor2D) => tf.reshape(x, [x.shape[0], 1, 1, x.shape[1]]);
	const fused = (epsilon: number) => [
		...T,
		type("U", float),
		real("epsilon", epsilon),
		text("data_format", "NHWC"),
		flag("is_training", true),
	];

	const handles = new WeakMap<Variable, Tensor>();
	function variable(init: Tensor): Variable {
		const handle = tf.keep(
			one(
				"VarHandleOp",
				[text("container", ""), text("shared_name", `${copy}/${names++}`), ...dtype, shapeOf("shape", init.shape)],
				[],
			),
		);
		const assign = (value: Tensor) => run("AssignVariableOp", dtype, [handle, value]);
		assign(init);
		const made: Variable = {
			shape: init.shape,
			read: () => one("ReadVariableOp", dtype, [handle]),
			rows: (ids) =>
				one(
					"ResourceGather",
					[...indexed, int("batch_dims", 0), flag("validate_indices", true)],
					[handle, ids],
				) as Tensor2D,
			assign,
			assignRows: (ids, rows) => run("ResourceScatterUpdate", indexed, [handle, ids, rows]),
			dispose() {
				run("DestroyResourceOp", [flag("ignore_lookup_error", false)], [handle]);
				handles.delete(made);
				handle.dispose();
			},
		};
		handles.set(made, handle);
		return made;
	}

	const handlesOf = (...variables: Variable[]) => variables.map((variable) => handles.get(variable) as Tensor);
	const unlocked = [...T, flag("use_locking", false)];

	return {
		matMul: (a, b, transposeA, transposeB) =>
			one("MatMul", [...T, flag("transpose_a", transposeA), flag("transpose_b", transposeB)], [a, b]) as Tensor2D,
		biasAdd: (x, bias) => one("BiasAdd", T, [x, bias]) as Tensor2D,
		biasAddGrad: (dy) => one("BiasAddGrad", T, [dy]) as Tensor1D,
		reluGrad: (dy, y) => one("ReluGrad", T, [dy, y]) as Tensor2D,
		// tfjs's own checks every index in JavaScript first.
		gather: (x, index) =>
			one(
				"GatherV2",
				[int("batch_dims", 0), type("Tparams", float), type("Tindices", int32), type("Taxis", int32)],
				[x, index, tf.scalar(0, "int32")],
			) as Tensor2D,
		segmentSum: (x, segments) => one("SegmentSum", [...T, type("Tindices", int32)], [x, segments]) as Tensor2D,
		normal: keyed("StatelessRandomNormal"),
		uniform: keyed("StatelessRandomUniform"),
		keep(shape, rate, key) {
			// The draws are what costs: each gives two numbers, its 32 bits and its lower 16, which a shift makes the upper ones.
			const n = shape.reduce((a, b) => a * b, 1);
			const drawn = bits([Math.ceil(n / 2)], key);
			const lower = one("LeftShift", [type("T", int32)], [drawn, tf.scalar(16, "int32")]);
			const below = tf.scalar(Math.min(Math.round(rate * 65536), 65535) * 65536 - 2 ** 31, "int32");
			const kept = tf.concat([tf.greaterEqual(drawn, below), tf.greaterEqual(lower, below)]);
			return tf.cast(tf.reshape(n % 2 ? tf.slice(kept, 0, n) : kept, shape), "float32");
		},
		batchNorm(x, scale, shift, epsilon) {
			const none = tf.tensor1d([]);
			const [y, mean, variance, ...kept] = backend.executeMultipleOutputs(
				"FusedBatchNormV3",
				[...fused(epsilon), real("exponential_avg_factor", 1)],
				[image(x), scale, shift, none, none],
				6,
			);
			return { y: tf.reshape(y, x.shape), mean: mean as Tensor1D, variance: variance as Tensor1D, kept };
		},
		batchNormGrad(dy, x, scale, kept, epsilon) {
			const inputs = [image(dy), image(x), scale, ...kept];
			const [dx, dScale, dShift] = backend.executeMultipleOutputs("FusedBatchNormGradV3", fused(epsilon), inputs, 5);
			return [tf.reshape(dx, x.shape), dScale as Tensor1D, dShift as Tensor1D];
		},
		variable,
		adam: (value, m, v, { power1, power2, lr, beta1, beta2, epsilon }, gradient) =>
			run(
				"ResourceApplyAdam",
				[...unlocked, flag("use_nesterov", false)],
				[...handlesOf(value, m, v), power1, power2, lr, beta1, beta2, epsilon, gradient],
			),
		adagrad: (value, sum, lr, epsilon, gradient) =>
			run(
				"ResourceApplyAdagradV2",
				[...unlocked, flag("update_slots", true)],
				[...handlesOf(value, sum), lr, epsilon, gradient],
			),
		descend: (value, lr, gradient) =>
			run("ResourceApplyGradientDescent", unlocked, [...handlesOf(value), lr, gradient]),
	};
}
