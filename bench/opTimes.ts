import type { NativeBackend } from "../lib/tensor/native";

/** Time in one TensorFlow operation, a step. */
export interface OpTime {
	op: string;
	ms: number;
	calls: number;
}

/** Where the time of a step goes: by operation, the most expensive first, and what is left. */
export interface StepProfile {
	stepMs: number;
	ops: OpTime[];
	/** JavaScript, the binding's way in and out, and the rest. */
	restMs: number;
}

/** Counts the time of TensorFlow's operations from now on, one by one. It must be called before the engine's kernels are first used. */
export function timeOps(backend: NativeBackend): {
	forget(): void;
	profile(steps: number, seconds: number): StepProfile;
} {
	const { binding } = backend;
	const spent = new Map<string, { ms: number; calls: number }>();
	const executeOp: NativeBackend["binding"]["executeOp"] = (name, ...rest) => {
		const begun = performance.now();
		try {
			return binding.executeOp(name, ...rest);
		} finally {
			const of = spent.get(name) ?? { ms: 0, calls: 0 };
			spent.set(name, of);
			of.ms += performance.now() - begun;
			of.calls++;
		}
	};
	// Steps are not compiled meanwhile: what runs as one operation has no others to tell apart.
	const timed = Object.create(binding, { executeOp: { value: executeOp }, addFunction: { value: undefined } });
	Object.defineProperty(backend, "binding", { value: timed });
	return {
		forget: () => spent.clear(),
		profile: (steps, seconds) => {
			const ops = [...spent]
				.map(([op, { ms, calls }]) => ({ op, ms: ms / steps, calls: calls / steps }))
				.sort((a, b) => b.ms - a.ms);
			const stepMs = (1000 * seconds) / steps;
			return { stepMs, ops, restMs: stepMs - ops.reduce((sum, { ms }) => sum + ms, 0) };
		},
	};
}

/** A profile in one line: operations of at least 1 % of the step, the others together, and what is left. */
export function profileLine({ stepMs, ops, restMs }: StepProfile): string {
	const large = ops.filter(({ ms }) => ms >= 0.01 * stepMs);
	const small = ops.slice(large.length);
	const sum = (value: (of: OpTime) => number) => small.reduce((total, of) => total + value(of), 0);
	const others = { op: `${small.length} others`, ms: sum(({ ms }) => ms), calls: sum(({ calls }) => calls) };
	const words = [...large, ...(small.length > 0 ? [others] : [])].map(
		({ op, ms, calls }) => `${op} ${ms.toFixed(2)} ms in ${Number(calls.toFixed(1))} calls`,
	);
	return `${stepMs.toFixed(1)} ms: ${words.join(", ")}; JavaScript and the rest ${restMs.toFixed(2)} ms`;
}
