import type { Tensor3D } from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it } from "vitest";
import { logLoss } from "../../core/loss";
import { defineModel, entireSpace, type Model } from "../../core/model";
import { pCTCVR, pCTR } from "../../core/prob";
import { training } from "../../core/training";
import type { Dataset } from "../../data/dataset";
import { tf } from "../../tensor/native";
import { disposeWeights } from "../../tensor/weights";
import { build, type Network, trainStep } from "../step";
import parity from "./parity.json";

// The same networks, start weights and batches as in parity.py, whose losses parity.json holds.
const [FIELDS, SIZE, WIDTH, ROWS, BATCH, STEPS] = [5, 20, 8, 1600, 64, 100];

/** Element i of the numbers called `name`, in [-0.5, 0.5). */
function unit(name: string, i: number): number {
	const k = [...name].reduce((sum, letter, place) => sum + (place + 1) * letter.charCodeAt(0), 0) % 9973;
	return ((i * 7919 + k * 104729 + ((i * i) % 9973) * (31 + k)) % 10007) / 10007 - 0.5;
}

const everyRow = Int32Array.from({ length: ROWS }, (_, row) => row);
const idsOf = (f: number) => everyRow.map((row) => Math.floor((unit(`field ${f}`, row) + 0.5) * SIZE));
const ids = Array.from({ length: FIELDS }, (_, f) => idsOf(f));
const click = Uint8Array.from(everyRow, (row) => +(unit("click", row) + 0.5 < 0.1 + 0.04 * (ids[0][row] % 10)));
const conversion = click.map((c, row) => c && +(unit("conversion", row) + 0.5 < 0.1 + 0.08 * (ids[1][row] % 10)));
const data: Dataset = {
	name: "parity",
	rows: ROWS,
	fingerprint: "parity",
	split: { train: everyRow, valid: new Int32Array(0), test: new Int32Array(0) },
	fields: ids.map((ids, f) => ({ kind: "id", name: `field ${f}`, size: SIZE, ids })),
	events: { click, conversion },
	truth: {},
	read: ROWS,
	dropped: [],
};

const about = {
	version: 1,
	paper: "none",
	hyper: { ...training, lr: 0.01, batch: BATCH, epochs: 1, patience: 0 },
	graph: { impression: { click: "ctr" }, click: { conversion: "cvr" } },
	stages: () => entireSpace(logLoss(pCTR), logLoss(pCTCVR)),
} as const;

const models = {
	esmm: defineModel({
		...about,
		name: "esmm",
		towers: (nn, x) => {
			const e = nn.embed("embedding", x, WIDTH);
			return { ctr: nn.logit("ctr", nn.mlp("ctr", e, [16, 8])), cvr: nn.logit("cvr", nn.mlp("cvr", e, [16, 8])) };
		},
	}),
	experts: defineModel({
		...about,
		name: "experts",
		towers: (nn, x) => {
			const e = nn.embed("embedding", x, WIDTH);
			const experts = nn.experts("experts", e, 4, [12]);
			const task = (name: string) =>
				nn.logit(name, nn.mlp(name, nn.mixture(nn.gate(`${name}/gate`, e, 4), experts), [8]));
			return { ctr: task("ctr"), cvr: task("cvr") };
		},
	}),
	attention: defineModel({
		...about,
		name: "attention",
		towers: (nn, x) => {
			const e = tf.reshape(nn.embed("embedding", x, WIDTH), [x.rows, FIELDS, WIDTH]) as Tensor3D;
			// The last field is masked: no query sees it.
			const mask = tf.concat([tf.ones([x.rows, FIELDS - 1]), tf.zeros([x.rows, 1])], 1);
			const seen = nn.attention("attention", e, e, { heads: 2, width: WIDTH, mask: mask as never });
			const flat = tf.reshape(seen, [x.rows, FIELDS * WIDTH]) as never;
			const [a, b] = [nn.mlp("ctr", flat, [8]), nn.mlp("cvr", flat, [8])];
			return { ctr: nn.logit("ctr", a), cvr: nn.logit("cvr", nn.transfer("transfer", b, a)) };
		},
	}),
};

let network: Network;
afterEach(() => disposeWeights(network.weights));

/** A network with the start weights of parity.py. */
function started(model: Model, hyper: object): Network {
	const made: Network = {
		...{ model, data, seed: 1, weights: new Map(), priors: {}, step: 0 },
		hyper: { ...model.hyper, ...hyper },
	};
	build(made, { data, at: everyRow.subarray(0, 1) });
	for (const { name, value } of made.weights.values()) {
		const { shape } = value;
		const scale = name === "embedding" ? 0.4 : shape.length === 1 ? 0.2 : 2 / Math.sqrt(shape[0]);
		const numbers = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => unit(name, i) * scale);
		tf.tidy(() => value.assign(tf.tensor(numbers, shape)));
	}
	return made;
}

describe(`losses of ${STEPS} steps are those of PyTorch ${parity.torch}`, () => {
	it.each([
		["esmm, adam", models.esmm, { dense: true }],
		["esmm, adagrad", models.esmm, { optimizer: "adagrad", lr: 0.05 }],
		["experts, adam", models.experts, { dense: true }],
		["attention, adam", models.attention, { dense: true }],
	] as [keyof typeof parity.losses, unknown, object][])("%s: to 1e-4", (name, model, hyper) => {
		network = started(model as Model, hyper);
		const [stage] = network.model.stages(network.hyper);
		const losses = Array.from({ length: STEPS }, (_, step) => {
			const at = Int32Array.from({ length: BATCH }, (_, i) => (step * BATCH + i) % ROWS);
			return trainStep(network, stage, { data, at }, network.hyper.lr);
		});
		const theirs = parity.losses[name];
		const gaps = losses.map((loss, step) => Math.abs(loss - theirs[step]));
		expect(Math.max(...gaps)).toBeLessThan(1e-4);
		// The tolerance is far below what the steps change.
		expect(losses[0] - Math.min(...losses)).toBeGreaterThan(0.05);
	});
});
