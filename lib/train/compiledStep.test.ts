import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { gradNorm, uncertainty } from "../core/balance";
import type { Layers } from "../core/layers";
import { detachedFrom, logLoss } from "../core/loss";
import { defineModel, type Hyper, type Model, type Stage } from "../core/model";
import { pCTCVR, pCTR } from "../core/prob";
import { training } from "../core/training";
import type { Dataset, Field } from "../data/dataset";
import { toyDataset } from "../data/toyDataset";
import { canCompile } from "../tensor/compiled";
import { engine, tf } from "../tensor/native";
import { disposeWeights } from "../tensor/weights";
import { forgetCompiled, type Network, trainStep } from "./step";

const toy = toyDataset();
/** Rows with lists of any length, weighted, and with numbers beside the toy's ids. */
const lists: Field = {
	...{ kind: "ids", name: "past", size: 7 },
	offsets: Int32Array.from({ length: toy.rows + 1 }, (_, row) => Math.floor(row * 1.5)),
	ids: Int32Array.from({ length: Math.floor(toy.rows * 1.5) }, (_, i) => (i * 5) % 7),
	weights: Float32Array.from({ length: Math.floor(toy.rows * 1.5) }, (_, i) => 0.5 + (i % 3)),
};
const item = { group: "item" } as const;
const [a, ...others] = toy.fields;
const data: Dataset = { ...toy, fields: [{ ...a, ...item }, ...others, { ...lists, ...item }] };
const hyper: Hyper = { ...training, lr: 0.01, batch: 64, epochs: 1, patience: 0 };
type Towers = (nn: Layers, e: Tensor2D) => readonly [Tensor2D, Tensor2D];

const modelOf = (towers: Towers, stage: Partial<Stage> = {}, items = 0): Model =>
	defineModel({
		...{ name: "model", version: 1, paper: "none", hyper },
		graph: { impression: { click: "ctr" }, click: { conversion: "cvr" } },
		towers: (nn, x) => {
			const [a, b] = towers(nn, nn.embed("embedding", x, 4, { item: items }));
			return { ctr: nn.logit("ctr", a), cvr: nn.logit("cvr", b) };
		},
		stages: () => [
			{
				space: "impression",
				losses: [logLoss(pCTR), logLoss(pCTCVR, 2)],
				choose: `auc(${pCTCVR})`,
				...(stage as object),
			},
		],
	}) as unknown as Model;

const mlps: Towers = (nn, e) => [
	nn.mlp("ctr", e, [16, 8], { dropout: 0.3 }),
	nn.mlp("cvr", e, [16, 8], { dropout: 0.3 }),
];
const experts: Towers = (nn, e) => {
	const all = nn.experts("experts", e, 3, [8, 6], { batchNorm: true });
	return [nn.mixture(nn.gate("ctr/gate", e, 3), all), nn.mixture(nn.gate("cvr/gate", e, 3), all)];
};
const attention: Towers = (nn, e) => {
	const places = tf.reshape(tf.slice(e, [0, 0], [e.shape[0], 12]), [e.shape[0], 3, 4]) as Tensor3D;
	const seen = nn.layerNorm("norm", nn.attention("attention", places, places, { heads: 2, width: 8 }));
	const flat = tf.reshape(seen, [e.shape[0], 24]) as Tensor2D;
	return [flat, nn.transfer("transfer", nn.linear("own", flat, 5), nn.linear("given", flat, 5))];
};

const networks: Network[] = [];
afterEach(() => {
	for (const network of networks.splice(0)) {
		forgetCompiled(network);
		disposeWeights(network.weights);
	}
});

/** Losses of 25 steps, and all weights and slots after them. */
function trained(model: Model, compiled: boolean, more: object = {}) {
	const network: Network = {
		...{ model, hyper: { ...hyper, ...more }, data, seed: 1, weights: new Map(), priors: {}, step: 0 },
	};
	networks.push(network);
	const [stage] = model.stages(network.hyper);
	const losses = Array.from({ length: 25 }, (_, step) => {
		const at = Int32Array.from({ length: 64 }, (_, i) => (step * 64 + 7 * i) % data.rows);
		return trainStep(network, stage, { data, at }, 0.01 / (1 + step), { compiled });
	});
	const weights = [...network.weights.values()].flatMap(({ name, value, slots, steps }) =>
		Object.entries({ value, ...slots }).map(([kind, of]) => {
			const read = tf.tidy(() => of.read());
			const values = [...read.dataSync()];
			read.dispose();
			return [`${name} ${kind} ${steps}`, values] as const;
		}),
	);
	return { losses, weights: new Map(weights), steps: [...(network.compiled?.values() ?? [])], network };
}

/** The largest difference, in units of the larger value's size, at least 1. */
function apart(one: ReturnType<typeof trained>, other: ReturnType<typeof trained>): number {
	expect([...one.weights.keys()]).toEqual([...other.weights.keys()]);
	const gap = (a: number, b: number) => Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
	const gaps = [...one.weights].flatMap(([name, values]) =>
		values.map((value, i) => gap(value, (other.weights.get(name) as number[])[i])),
	);
	return Math.max(...gaps, ...one.losses.map((loss, i) => gap(loss, other.losses[i])));
}

it("the addon that set-up makes can compile steps", () => expect(canCompile()).toBe(true));

describe("a compiled step does what the step does", () => {
	it.each([
		["towers with dropout", mlps, {}, {}],
		["experts, gates, batch normalisation", experts, {}, {}],
		["attention, layer normalisation, transfer", attention, {}, {}],
		["a loss that leaves a tower alone", mlps, {}, { losses: [logLoss(pCTR), detachedFrom(logLoss(pCTCVR), "ctr")] }],
		["Adagrad, clipping, l2", mlps, { optimizer: "adagrad", clip: 0.1, l2: 0.01 }, {}],
		["SGD on whole tables", mlps, { optimizer: "sgd", dense: true }, {}],
		["uncertainty weights and a frozen tower", mlps, {}, { balance: uncertainty(), freeze: ["ctr/"] }],
		["items with a table of their own", mlps, {}, {}, 6],
		["items with a frozen table, gradient norms", mlps, {}, { balance: uncertainty(), freeze: ["embedding/item"] }, 6],
		["clicked rows within impressions", mlps, {}, { losses: [logLoss(pCTR), logLoss("conversion|click")] }],
	] as [string, Towers, object, Partial<Stage>, number?][])("%s", (_, towers, more, stage, items) => {
		const model = modelOf(towers, stage, items);
		const [plain, fast] = [trained(model, false, more), trained(model, true, more)];
		expect(plain.steps).toEqual([]);
		expect(fast.steps.map((step) => step !== undefined)).toEqual([true]);
		expect(apart(plain, fast)).toBeLessThan(2e-6);
		// What is compared moved far more than that.
		expect(Math.abs(plain.losses[0] - plain.losses[24])).toBeGreaterThan(1e-3);
	});

	it("to the same bits each time", () => {
		for (const towers of [mlps, experts, attention])
			expect(apart(trained(modelOf(towers), true), trained(modelOf(towers), true))).toBe(0);
	});
});

describe("a step that is no graph stays as it is", () => {
	it("where values are read on the way: GradNorm", () => {
		const model = modelOf(mlps, { balance: gradNorm({ shared: "embedding", alpha: 1 }) });
		const [plain, fast] = [trained(model, false), trained(model, true)];
		expect(fast.steps).toEqual([undefined]);
		expect(apart(plain, fast)).toBe(0);
	});

	it("where a tower makes another constant each time", () => {
		const counting = () => {
			let calls = 0;
			return modelOf((nn, e) => {
				const noise = tf.mul(e, tf.scalar(1 + 0.01 * calls++)) as Tensor2D;
				return [nn.mlp("ctr", noise, [8]), nn.mlp("cvr", noise, [8])];
			});
		};
		const fast = trained(counting(), true);
		expect(fast.steps).toEqual([undefined]);
		expect(fast.losses.every(Number.isFinite)).toBe(true);
	});
});

it("a loss that is not finite is told, and updates nothing", () => {
	const { network, weights } = trained(modelOf(mlps), true);
	const [stage] = network.model.stages(network.hyper);
	const numbers = data.fields.map((field) =>
		field.kind === "ids" ? { ...field, weights: field.weights?.map(() => Number.NaN) } : field,
	);
	const at = Int32Array.from({ length: 64 }, (_, i) => i);
	const loss = trainStep(network, stage, { data: { ...data, fields: numbers }, at }, 0.01, { compiled: true });
	expect(loss).toBeNaN();
	const value = tf.tidy(() => network.weights.get("ctr/0/w")?.value.read());
	expect([...(value?.dataSync() ?? [])]).toEqual(weights.get("ctr/0/w value 25"));
	value?.dispose();
});

it("a graph that TensorFlow does not take is told once, and the step runs as it is", () => {
	const binding = engine().native?.binding as NonNullable<ReturnType<typeof engine>["native"]>["binding"];
	const { executeOp } = binding;
	const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
	const refusing = Object.create(binding, {
		executeOp: {
			value: (op: string, ...rest: [never, never, never]) => {
				if (op.startsWith("step_")) throw new Error("no such kernel");
				return executeOp.call(binding, op, ...rest);
			},
		},
	});
	const native = engine().native as { binding: unknown };
	native.binding = refusing;
	try {
		const fast = trained(modelOf(mlps), true);
		expect(fast.steps).toEqual([undefined]);
		expect(said.mock.calls.flat().join("")).toBe(
			"the training step cannot be run as one operation (Error: no such kernel): it runs operation by operation\n",
		);
		native.binding = binding;
		expect(apart(fast, trained(modelOf(mlps), false))).toBe(0);
	} finally {
		native.binding = binding;
		said.mockRestore();
	}
});

it("leaves no tensor behind, nor an operation once it is forgotten", () => {
	const { native } = engine();
	const model = modelOf(mlps);
	trained(model, true);
	const before = tf.memory().numTensors;
	const { network } = trained(model, true);
	const [name] = [...(network.compiled?.values() ?? [])].map((step) => step?.name ?? "");
	expect(name).toMatch(/^step_/);
	forgetCompiled(network);
	disposeWeights(network.weights);
	expect(tf.memory().numTensors).toBe(before);
	expect(() => native?.binding.executeOp(name, [], [], 1)).toThrow(name);
});
