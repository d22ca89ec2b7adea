import type { Tensor } from "@tensorflow/tfjs-core";
import { afterEach, expect, it } from "vitest";
import type { Model, Stage } from "../core/model";
import type { Field } from "../data/dataset";
import { toyDataset } from "../data/toyDataset";
import { esmm } from "../models/esmm";
import { tf } from "../tensor/native";
import { update } from "../tensor/optimizers";
import { disposeWeights, type Weights, weight } from "../tensor/weights";
import { type Network, trainStep } from "./step";

const data = toyDataset();
const hyper = { ...esmm.hyper, embedding: 2, mlp: [8], lr: 0.01 };
const model = esmm as unknown as Model;
const [stage] = model.stages(hyper);
const networks: Network[] = [];
afterEach(() => {
	for (const { weights } of networks.splice(0)) disposeWeights(weights);
});

/** One update at the network's own learning rate. */
const step = (of: Network, stage: Stage, at: Int32Array) => trainStep(of, stage, { data, at }, of.hyper.lr);

function network(): Network {
	const made: Network = { model, hyper, data, seed: 1, weights: new Map(), priors: {}, step: 0 };
	networks.push(made);
	return made;
}

const tableOf = (of: Network, name: string): number[][] =>
	tf.tidy(() => of.weights.get(name)?.value.read().arraySync() as number[][]);
const [a] = data.fields as [Extract<Field, { kind: "id" }>];
const withId = (wanted: number) => Int32Array.from(a.ids.keys()).filter((row) => a.ids[row] === wanted);

it("a step leaves the table's rows that its batch does not use as they are, moments and all", () => {
	const net = network();
	// Both batches teach rows 3 and 5; only the first one has id 3 of field a, table row 3.
	for (let i = 0; i < 3; i++) step(net, stage, withId(3));
	const before = tableOf(net, "embedding");
	for (let i = 0; i < 3; i++) step(net, stage, withId(5));
	const after = tableOf(net, "embedding");
	expect(after[3]).toEqual(before[3]);
	expect(after[5]).not.toEqual(before[5]);
	expect(before[3]).not.toEqual(tableOf(network0(), "embedding")[3]);
});

/** A network after a step that cannot change anything: its start weights. */
function network0(): Network {
	const made = { ...network(), hyper: { ...hyper, lr: 0 } };
	step(made, stage, withId(1));
	return made;
}

it("the loss that a step returns is that of its batch before the update", () => {
	const net = network();
	const still = network0();
	const rows = withId(2);
	const first = step(net, stage, rows);
	expect(first).toBe(step(still, stage, rows));
	expect(step(net, stage, rows)).toBeLessThan(first);
});

it("dropout draws anew at every step", () => {
	const net = { ...network(), hyper: { ...hyper, lr: 0, dropout: 0.5 } };
	const losses = [1, 2, 3].map(() => step(net, stage, withId(2)));
	expect(new Set(losses).size).toBe(3);
	const same = { ...net, step: 0 };
	expect(step(same, stage, withId(2))).toBe(losses[0]);
});

it("a loss that is not finite updates nothing", () => {
	const net = network();
	step(net, stage, withId(1));
	const before = tableOf(net, "embedding");
	const bad = { ...net, priors: { ctr: Number.NaN } };
	expect(step(bad, stage, withId(1))).toBeNaN();
	expect(tableOf(net, "embedding")).toEqual(before);
});

it("each weight has moments of its own", () => {
	const gradients: Record<string, Tensor> = { one: tf.tensor2d([[1, -1]]), two: tf.tensor2d([[-3, 0.5]]) };
	const trained = (names: string[]) => {
		const weights: Weights = new Map();
		for (const name of names) weight(weights, 1, name, [1, 2], { value: 0 });
		const trained = [...weights.values()].map((w) => ({
			weight: w,
			value: w.value.read(),
			gradient: gradients[w.name],
		}));
		for (let i = 0; i < 3; i++)
			update(trained, tf.tensor1d([], "int32"), { optimizer: "adam", dense: false, l2: 0, lr: 0.1 });
		const values = Object.fromEntries([...weights].map(([name, w]) => [name, [...w.value.read().dataSync()]]));
		disposeWeights(weights);
		return values;
	};
	expect(trained(["one", "two"])).toEqual({ ...trained(["one"]), ...trained(["two"]) });
});
