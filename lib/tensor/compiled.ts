import { randomUUID } from "node:crypto";
import type { Tensor } from "@tensorflow/tfjs-core";
import { engine, freeing, type NativeBackend } from "./native";
import { type Mode, type Trace, trace } from "./trace";

/** A step that TensorFlow runs as one operation. */
export interface Compiled<N> {
	/** Name of the operation. */
	readonly name: string;
	/** Runs it on what is given now; its loss, or undefined where that is not finite: then nothing was changed after it. */
	run(now: N): number | undefined;
	dispose(): void;
}

// Names of operations belong to the whole process, and a kernel may load this file anew.
const copy = randomUUID().replaceAll("-", "");
let steps = 0;

/** Whether steps can be compiled here: on the native tiers, with the addon that set-up makes. */
export const canCompile = (): boolean => engine().native?.binding.addFunction !== undefined;

/**
 * Compiles a step by recording it twice, on two examples of what it is given. What it makes without `feed` is a constant; if
 * that differs between the two, or the step reads values on its way, it is left as it is.
 *
 * Results agree with those of the step to the last digits of float32: TensorFlow fuses operations of a graph, and runs what does
 * not depend on each other side by side. The same step on the same values gives the same bits each time.
 *
 * @returns undefined when it cannot be compiled
 */
export function compile<N>(examples: readonly [N, N], step: (mode: Mode<N>) => void): Compiled<N> | undefined {
	const { native } = engine();
	if (!native || !canCompile()) return undefined;
	const [first, second] = examples.map((now) => freeing(() => trace(native, now, step)));
	if (!first || !second || !Buffer.from(first.graph).equals(second.graph)) return undefined;
	const name = `step_${copy}_${steps++}`;
	native.binding.addFunction?.(name, first.graph, [...first.inputs], [first.output], [...first.effects]);
	return {
		name,
		run: (now) => freeing(() => run(native, name, first, now)),
		dispose: () => native.binding.removeFunction?.(name),
	};
}

function run<N>(backend: NativeBackend, name: string, { variables, feeds }: Trace<N>, now: N): number | undefined {
	const fed: Tensor[] = feeds.map((make) => make(now));
	const inputs = [...variables, ...backend.getInputTensorIds(fed)];
	const { binding } = backend;
	try {
		const [{ id }] = binding.executeOp(name, [], inputs, 1) as [{ id: number }];
		const [loss] = binding.tensorDataSync(id) as Float32Array;
		binding.deleteTensor(id);
		return loss;
	} catch (problem) {
		if (String(problem).includes("assertion failed")) return undefined;
		throw problem;
	}
}
