import type { Tensor } from "@tensorflow/tfjs-core";
import { type GraphNode, graphDef } from "./graphDef";
import type { NativeBackend, OpAttribute } from "./native";

/** Makes a tensor of what a step is given anew each time (`N`: its rows, its number, its learning rate). Anything else is a constant. */
export type Feed<N> = (make: (now: N) => Tensor) => Tensor;

/** How a step's operations are run: at once, or recorded to be run as one. */
export interface Mode<N> {
	feed: Feed<N>;
	/** The value of a loss. Whatever changes a variable from here on happens only if it is finite. */
	gate(loss: Tensor): number;
}

/** A recorded step as a graph. */
export interface Trace<N> {
	/** A GraphDef. */
	readonly graph: Uint8Array;
	/** Names of its arguments: the variables, then what is fed. */
	readonly inputs: readonly string[];
	/** Ids of the variables' handles. */
	readonly variables: readonly number[];
	readonly feeds: readonly ((now: N) => Tensor)[];
	/** Where the loss comes out. */
	readonly output: string;
	/** Nodes that change variables, or that stop the step. */
	readonly effects: readonly string[];
}

/** A step that cannot be recorded: it does what a graph cannot, or what it is given cannot be told from what stays. */
class Untraceable extends Error {}

/** Operations on variables: how many of their first inputs are handles, and whether they change them. */
const ON_VARIABLES: Readonly<Record<string, { handles: number; changes: boolean }>> = {
	ReadVariableOp: { handles: 1, changes: false },
	ResourceGather: { handles: 1, changes: false },
	AssignVariableOp: { handles: 1, changes: true },
	ResourceScatterUpdate: { handles: 1, changes: true },
	ResourceApplyAdam: { handles: 3, changes: true },
	ResourceApplyAdagradV2: { handles: 2, changes: true },
	ResourceApplyGradientDescent: { handles: 1, changes: true },
};

/** TensorFlow's numbers of types (DataType in types.proto). */
const TYPES: Readonly<Record<string, number>> = { float32: 1, int32: 3, bool: 10 };
const RESOURCE = 20;

let recording: { paused: boolean } | undefined;

/** Runs operations that a recording leaves out: making a variable is no part of a step. */
export function unrecorded<T>(run: () => T): T {
	if (!recording) return run();
	const { paused } = recording;
	recording.paused = true;
	try {
		return run();
	} finally {
		recording.paused = paused;
	}
}

/**
 * Runs a step without what it changes, and records it. Operations keep the order that they need: one that reads a variable
 * comes after the one that changed it last, one that changes it after all that read it before.
 *
 * @returns undefined when the step cannot be a graph
 */
export function trace<N>(backend: NativeBackend, now: N, step: (mode: Mode<N>) => void): Trace<N> | undefined {
	const real = backend.binding;
	const recorder = recorderOf<N>(backend, now);
	recording = recorder.state;
	backend.binding = recorder.binding;
	try {
		step(recorder.mode);
		return recorder.end();
	} catch (problem) {
		if (problem instanceof Untraceable) return undefined;
		throw problem;
	} finally {
		recording = undefined;
		backend.binding = real;
		recorder.free();
	}
}

function recorderOf<N>(backend: NativeBackend, now: N) {
	const real = backend.binding;
	const state = { paused: false };
	const nodes: GraphNode[] = [];
	const effects: string[] = [];
	/** Tensor id → where it comes from in the graph. */
	const places = new Map<number, string>();
	const variables: number[] = [];
	const feeds: ((now: N) => Tensor)[] = [];
	const constants = new Map<number, { dtype: number; shape: number[]; bytes: Uint8Array }>();
	const lastChange = new Map<number, string>();
	const readsSince = new Map<number, string[]>();
	/** Variable → the tensor that it was set to, where it was only said to be. */
	const assigned = new Map<number, number>();
	const dead: number[] = [];
	let [gate, output]: (string | undefined)[] = [];

	const variable = (id: number): string => {
		const known = places.get(id);
		if (known) return known;
		const name = `variable${variables.length}`;
		variables.push(id);
		nodes.push({ name, op: "Placeholder", inputs: [], attributes: [{ name: "dtype", type: 4, value: RESOURCE }] });
		places.set(id, name);
		return name;
	};
	const place = (id: number): string => {
		const known = places.get(id);
		if (known) return known;
		const value = constants.get(id);
		if (!value) throw new Untraceable("a tensor from outside of the step");
		const name = `constant${nodes.length}`;
		nodes.push({ name, op: "Const", inputs: [], attributes: [], value });
		places.set(id, name);
		return name;
	};
	/** The nodes that one on these variables must wait for; from now on others wait for it. */
	const order = (name: string, handles: readonly number[], changes: boolean): string[] => {
		const before = handles.flatMap((id) => {
			const change = lastChange.get(id);
			const reads = readsSince.get(id) ?? [];
			if (changes) {
				lastChange.set(id, name);
				readsSince.set(id, []);
			} else readsSince.set(id, [...reads, name]);
			return [...(change ? [change] : []), ...(changes ? reads : [])];
		});
		return [...new Set(before)].map((node) => `^${node}`);
	};

	/** Runs an operation, but for its effect on a variable. */
	const run = (op: string, attributes: OpAttribute[], inputs: number[], outputs: number) => {
		if (ON_VARIABLES[op]?.changes) {
			if (op === "AssignVariableOp") assigned.set(inputs[0], inputs[1]);
			return [];
		}
		const set = op === "ReadVariableOp" ? assigned.get(inputs[0]) : undefined;
		if (set === undefined) return real.executeOp(op, attributes, inputs, outputs);
		const [{ value }] = attributes;
		return real.executeOp("Identity", [{ name: "T", type: 4, value }], [set], 1);
	};

	const executeOp = (op: string, attributes: OpAttribute[], inputs: number[], outputs: number): unknown => {
		if (state.paused) return real.executeOp(op, attributes, inputs, outputs);
		const { handles, changes } = ON_VARIABLES[op] ?? { handles: 0, changes: false };
		if (outputs === 0 && !changes) throw new Untraceable(op);
		const name = `${op}${nodes.length}`;
		const given = inputs.map((id, i) => (i < handles ? variable(id) : place(id)));
		const after = order(name, inputs.slice(0, handles), changes);
		if (changes && gate) after.push(`^${gate}`);
		nodes.push({ name, op, inputs: [...given, ...after], attributes });
		if (changes) effects.push(name);
		const made = run(op, attributes, inputs, outputs) as { id: number }[];
		for (const [i, { id }] of made.entries()) places.set(id, `${name}:${i}`);
		return made;
	};

	const createTensor = (shape: number[], dtype: number, values: unknown): number => {
		const id = real.createTensor(shape, dtype, values);
		if (state.paused || !ArrayBuffer.isView(values)) return id;
		const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
		constants.set(id, { dtype, shape: [...shape], bytes });
		return id;
	};

	const mode: Mode<N> = {
		feed(make) {
			const paused = state.paused;
			state.paused = true;
			const tensor = make(now);
			const [id] = backend.getInputTensorIds([tensor]);
			state.paused = paused;
			const name = `fed${feeds.length}`;
			const value = TYPES[tensor.dtype];
			nodes.push({ name, op: "Placeholder", inputs: [], attributes: [{ name: "dtype", type: 4, value }] });
			places.set(id, name);
			feeds.push(make);
			return tensor;
		},
		gate(loss) {
			const [id] = backend.getInputTensorIds([loss]);
			const found = places.get(id);
			if (!found || output) throw new Untraceable("a loss that no operation gave, or a second one");
			output = found;
			gate = "isFinite";
			nodes.push({ name: "finite", op: "IsFinite", inputs: [found], attributes: [{ name: "T", type: 4, value: 1 }] });
			nodes.push({ name: gate, op: "Assert", inputs: ["finite", found], attributes: [], types: [1] });
			effects.push(gate);
			return 0;
		},
	};

	const properties = {
		executeOp,
		createTensor,
		deleteTensor: (id: number) => void dead.push(id),
		tensorDataSync(id: number) {
			if (!state.paused) throw new Untraceable("a value that is read within the step");
			return real.tensorDataSync(id);
		},
	};
	return {
		mode,
		state,
		binding: Object.defineProperties(
			Object.create(real),
			Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, { value }])),
		),
		end(): Trace<N> {
			if (!output) throw new Untraceable("a step without a loss");
			const inputs = [...variables.keys()].map((i) => `variable${i}`).concat([...feeds.keys()].map((i) => `fed${i}`));
			return { graph: encoded(nodes), inputs, variables, feeds, output, effects };
		},
		free() {
			for (const id of dead) real.deleteTensor(id);
		},
	};
}

function encoded(nodes: readonly GraphNode[]): Uint8Array {
	try {
		return graphDef(nodes);
	} catch (problem) {
		throw new Untraceable(String(problem));
	}
}
