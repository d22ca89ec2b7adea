import { createRequire } from "node:module";
import { join } from "node:path";
import type * as TensorFlow from "@tensorflow/tfjs-core";
import { projectRoot } from "../core/root";

/** Which TensorFlow does the work, fastest first. */
export type Tier = "gpu" | "native-cpu" | "pure-js";

/** The loaded TensorFlow. */
export interface Engine {
	tf: typeof TensorFlow;
	tier: Tier;
	/** Version of libtensorflow, or of tfjs on the pure-JS tier. */
	version: string;
	/** Runs one TensorFlow kernel by name; undefined on the pure-JS tier. */
	native?: NativeBackend;
}

/** The part of tfjs-node's backend that reaches any TensorFlow kernel. */
export interface NativeBackend {
	/** Replaced while a step is recorded. */
	binding: {
		readonly TF_Version: string;
		readonly [constant: `TF_${string}`]: number | string;
		executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): unknown;
		createTensor(shape: number[], dtype: number, values: unknown): number;
		deleteTensor(id: number): void;
		tensorDataSync(id: number): ArrayLike<number>;
		/** Only in the addon that set-up makes (lib/setup/addon.cc). */
		addFunction?(name: string, graph: Uint8Array, inputs: string[], outputs: string[], effects: string[]): void;
		removeFunction?(name: string): void;
	};
	readonly isUsingGpuDevice: boolean;
	getInputTensorIds(inputs: TensorFlow.Tensor[]): number[];
	executeSingleOutput(name: string, attributes: OpAttribute[], inputs: TensorFlow.Tensor[]): TensorFlow.Tensor;
	executeMultipleOutputs(
		name: string,
		attributes: OpAttribute[],
		inputs: TensorFlow.Tensor[],
		outputs: number,
	): TensorFlow.Tensor[];
}

/** An attribute of a TensorFlow kernel. */
export interface OpAttribute {
	name: string;
	type: number;
	value: unknown;
}

let loaded: Engine | undefined;

/**
 * TensorFlow, loaded at the first call: on a GPU where there is one, else native on the CPU. Where the native
 * library cannot be loaded it is the pure-JS backend, some 500 times slower, and says so on stderr.
 */
export function engine(): Engine {
	loaded ??= load();
	return loaded;
}

function load(): Engine {
	const require = createRequire(join(projectRoot(), "package.json"));
	// No start-up lines; and one order of summation: oneDNN picks its own per machine, and is no faster at these sizes.
	process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
	process.env.TF_ENABLE_ONEDNN_OPTS ??= "0";
	// tfjs-node still calls two functions that Node 23 removed.
	const util = require("node:util");
	util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
	util.isArray ??= Array.isArray;
	try {
		const tf: typeof TensorFlow = require("@tensorflow/tfjs-node-gpu");
		const native = tf.backend() as unknown as NativeBackend;
		return { tf, native, tier: native.isUsingGpuDevice ? "gpu" : "native-cpu", version: native.binding.TF_Version };
	} catch (problem) {
		const why = String(problem instanceof Error ? problem.message : problem).split("\n")[0];
		process.stderr.write(
			`native TensorFlow did not load (${why}). Going on in pure JavaScript, hundreds of times slower. ` +
				"`npm run setup` builds the native one, `npm run doctor` says what is missing.\n",
		);
		const tf: typeof TensorFlow = require("@tensorflow/tfjs");
		tf.setBackend("cpu");
		return { tf, tier: "pure-js", version: tf.version_core };
	}
}

/** TensorFlow's operations, as `tf.matMul`. Importing this loads nothing; the first use does. */
export const tf: typeof TensorFlow = new Proxy({} as typeof TensorFlow, {
	get: (_, name) => engine().tf[name as keyof typeof TensorFlow],
});

/**
 * `tf.tidy` for what gives plain values: every tensor made within is freed. (tf.tidy looks through what it returns for tensors,
 * number by number where that is an array: a hundred times the cost of reading it.)
 */
export function freeing<T>(run: () => T): T {
	tf.engine().startScope();
	try {
		return run();
	} finally {
		tf.engine().endScope();
	}
}
