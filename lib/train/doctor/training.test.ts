import { join } from "node:path";
import type { Tensor } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Inputs, Layers } from "../../core/layers";
import { type AnyModel, type Hyper, type Model, withHyper } from "../../core/model";
import { pCVR } from "../../core/prob";
import { InputError } from "../../core/problem";
import { isTrees } from "../../core/trees";
import { prepare } from "../../data/prepare";
import { streamed } from "../../data/prepared/streamed";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { splits } from "../../data/split";
import { toyDataset } from "../../data/toyDataset";
import { esmm } from "../../models/esmm";
import { models } from "../../models/index";
import { type PresetName, presets } from "../../simulator/presets";
import { simulate } from "../../simulator/simulate";
import { tf } from "../../tensor/native";
import { disposeWeights, type Weights, weight } from "../../tensor/weights";
import { feedOf } from "../feedOf";
import { type FitOptions, fit, TrainingError } from "../fit";
import { start } from "../position";
import { predictRows } from "../predictRows";
import { runStages } from "../stages";
import type { Network } from "../step";
import { toyFolder } from "../toyFolder";
import { collapsedTower } from "./collapsedTower";
import { explodingLoss, startLoss } from "./explodingLoss";
import { type Finding, lineOf } from "./finding";
import { whyNotFinite } from "./notFinite";
import { perfectAuc } from "./perfectAuc";

const folder = temporaryFolders();
const data = toyDataset();
const small = { embedding: 4, mlp: [16], lr: 0.01, batch: 128, epochs: 2, dropout: 0 };
const plain = esmm as unknown as Model;

let stderr: string[] = [];
beforeEach(() => {
	stderr = [];
	vi.spyOn(process.stderr, "write").mockImplementation((text) => stderr.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());

/** What the doctor finds in a training on the toy log. */
async function found(hyper: Partial<Hyper> = {}, model = plain, options: Partial<FitOptions> = {}) {
	const fitted = await fit(model, { data, seed: 1, ...options, hyper: { ...small, ...hyper } });
	fitted.dispose();
	return fitted.findings;
}
const told = (findings: readonly Finding[]) => findings.map(({ fault, where }) => `${fault}: ${where}`);
/** ESMM with other towers. */
type Towers = ReturnType<Model["towers"]>;
const withTowers = (towers: (nn: Layers, x: Inputs, h: Hyper, usual: Towers) => Record<string, Tensor>): Model => ({
	...plain,
	towers: (nn, x, h) => {
		const usual = plain.towers(nn, x, h);
		return { ...usual, ...towers(nn, x, h, usual) } as Towers;
	},
});

describe("a training that works", () => {
	it("raises no alarm, and the doctor leaves no tensor", async () => {
		const before = tf.memory().numTensors;
		expect(await found({ epochs: 6, patience: 6 })).toEqual([]);
		expect(tf.memory().numTensors).toBe(before);
		expect(stderr).toEqual([]);
	});
	it("nor does one that learns nothing, or hardly a thing", async () => {
		expect(await found({ lr: 0 })).toEqual([]);
		expect(await found({ lr: 1e-6 })).toEqual([]);
	});
	it("nor one with strong dropout and an hour too many", async () => {
		expect(await found({ dropout: 0.8, epochs: 30, patience: 30 })).toEqual([]);
	});
	it("has the bits of one that no doctor looks at", async () => {
		const hyper = withHyper(plain, { ...small, dropout: 0.3 });
		const looked = await fit(plain, { data, seed: 1, hyper });
		const feed = await feedOf(data, plain.graph, 1, hyper.batch);
		const network: Network = { ...looked.network, weights: new Map(), step: 0 };
		const position = start();
		const keeper = { save: async () => {}, due: () => false };
		const doctor = { afterStep: () => {}, afterEpoch: () => {} };
		const stages = plain.stages(hyper);
		await runStages({ network, feed, stages, doctor, stop: { now: () => false }, position, keeper });
		expect(position.history).toEqual(looked.history);
		expect(predictRows(network, data.split.test, [pCVR])[pCVR]).toEqual(looked.predict(data.split.test)[pCVR]);
		looked.dispose();
		disposeWeights(network.weights);
	});
	it("its findings are told once: on stderr and to the listener, a line each", async () => {
		const lines: string[] = [];
		const on = Object.assign(() => {}, { found: (line: string) => lines.push(line) });
		const findings = await found({ lr: 3, epochs: 4, patience: 9 }, plain, { on });
		expect(findings.length).toBeGreaterThan(0);
		expect(lines).toEqual(findings.map(lineOf));
		expect(stderr).toEqual(lines.map((line) => `${line}\n`));
		expect(new Set(told(findings)).size).toBe(findings.length);
	});
});

describe("a learning rate that is far too high", () => {
	it("explodes the loss, and says from where to where", async () => {
		const findings = await found({ lr: 3, epochs: 1 });
		expect(told(findings)).toContain("exploding loss: stage 1");
		expect(findings.map(lineOf).join("\n")).toMatch(
			/exploding loss: stage 1 has a mean loss of [\d.e+]+ in epoch 1, [\d.]+ times the 0\.9\d* that it started from\. Look at: lr \(now 3\)/,
		);
	});
	it("three times the start is the limit, and the start is that of the rates or of the first batch", () => {
		const at = (loss: number, first?: number) =>
			explodingLoss({ stage: 1, epoch: 2, loss }, { expected: 0.5, first }, 0.1) !== undefined;
		expect([at(1.49), at(1.51), at(1.51, 0.6), at(Number.NaN)]).toEqual([false, true, false, false]);
	});
	it("the start of a stage is the sum of its losses' entropies", () => {
		const count = (...events: string[]) => (events.includes("conversion") ? 10 : events.includes("click") ? 40 : 160);
		const entropy = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
		expect(startLoss(plain.stages(plain.hyper)[0], count)).toBeCloseTo(entropy(1 / 4) + entropy(1 / 16), 12);
	});
});

describe("a width of items' embeddings", () => {
	const grouped = (name: string) => ({
		...data,
		fields: data.fields.map((field) => (field.name === name ? { ...field, group: "item" as const } : field)),
	});
	const wide = (itemEmbedding: number, on = data) => found({ epochs: 1, itemEmbedding }, plain, { data: on });
	it("is told where no feature that is embedded tells of the item", async () => {
		const [finding, ...more] = await wide(6);
		expect(more).toEqual([]);
		expect(lineOf(finding)).toBe(
			'width without items: itemEmbedding 6 does nothing: no feature of this log is in group "item", so all embeddings are 4 wide. Look at: "group": "item" of features in the log\'s schema; or itemEmbedding=0, which says what happens here',
		);
		expect(told(await wide(6, grouped("number")))).toEqual(["width without items: itemEmbedding 6"]);
	});
	it("is not where one does, nor where it is as all others", async () => {
		expect([await wide(6, grouped("b")), await wide(4), await wide(0)]).toEqual([[], [], []]);
	});
});

describe("collapsed and saturated towers", () => {
	it("a tower that reads nothing is told by its probability and rows", async () => {
		const model = withTowers((_, x) => ({ cvr: tf.zeros([x.rows]) }));
		const findings = await found({}, model);
		expect(told(findings)).toEqual(["collapsed tower: P(conversion|click)"]);
		expect(lineOf(findings[0])).toMatch(
			/^collapsed tower: P\(conversion\|click\) is 0\.44 on all 86 validation rows after epoch 1\. Look at: lr \(now 0\.01\)/,
		);
	});
	it("a logit far out is told as saturated", async () => {
		const model = withTowers((_, _x, _h, { ctr }) => ({ ctr: tf.sub(tf.mul(ctr, 3), 40) }));
		expect(told(await found({ lr: 1e-4, epochs: 1 }, model))).toContain("saturated tower: P(click|impression)");
	});
	const about = { epoch: 1, lr: 0.1, prior: -3 };
	const fault = (p: number[], prior = -3) => collapsedTower(pCVR, Float32Array.from(p), { ...about, prior })?.fault;
	const many = (of: (i: number) => number) => Array.from({ length: 400 }, (_, i) => of(i));
	const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
	it.each<[string, number[], string | undefined]>([
		["the same p everywhere", many(() => 0.003), "collapsed tower"],
		["0 everywhere", many(() => 0), "collapsed tower"],
		["1 everywhere", many(() => 1), "collapsed tower"],
		["all but one the same", many((i) => (i === 7 ? 0.9 : 0.003)), "collapsed tower"],
		["logits within a thousandth", many((i) => sigmoid(-3 + i / 500_000)), "collapsed tower"],
		["logits a hundredth apart", many((i) => sigmoid(-3 + i / 40_000)), undefined],
		["0 and 1 in turn", many((i) => i % 2), "saturated tower"],
		["half of them 0", many((i) => (i % 2 ? 0 : 0.1 + i / 1000)), "saturated tower"],
		["a third of them 0", many((i) => (i % 3 ? 0.1 + i / 1000 : 0)), undefined],
		["small but alive", many((i) => sigmoid(-13 + i / 400)), undefined],
		["too few rows", [0.5, 0.5, 0.5], undefined],
	])("%s", (_, p, wanted) => expect(fault(p)).toBe(wanted));
	it("an event of one in a hundred thousand may well be near 0", () => {
		expect(
			fault(
				many((i) => sigmoid(-16 + i / 400)),
				-11.5,
			),
		).toBeUndefined();
	});
});

describe("too good to be true", () => {
	it("a label among the features is told before training and by its AUC after the first epoch", async () => {
		const sold = {
			kind: "number" as const,
			name: "sold",
			values: Float32Array.from(data.events.conversion, (y) => 4 * y),
		};
		const leaking = toyDataset({ fields: [...data.fields, sold] });
		const findings = await found({ epochs: 8, patience: 8, lr: 0.03 }, plain, { data: leaking });
		expect(told(findings)).toEqual(["label among the features: field sold", `leak: P(${pCVR})`]);
		expect(lineOf(findings[1])).toMatch(/Look at: field sold, which alone has AUC 1\.0000/);
	});
	it("asks for enough rows and more than 0.9999", () => {
		const labels = Uint8Array.from({ length: 80 }, (_, i) => +(i < 40));
		const p = Float32Array.from(labels, (y, i) => y + i / 1000);
		const fault = (p: Float32Array, labels: Uint8Array) => perfectAuc(pCVR, p, labels, 1, () => undefined)?.fault;
		expect(fault(p, labels)).toBe("leak");
		expect(fault(p.slice(11), labels.slice(11))).toBeUndefined();
		p[39] = 0;
		expect(fault(p, labels)).toBeUndefined();
	});
});

describe("unseeded start", () => {
	it("a tower that draws without a seed is told, with what differs", async () => {
		const model = withTowers((_, x, _h, { cvr }) => ({ cvr: tf.add(cvr, tf.randomNormal([x.rows])) }));
		const findings = await found({ epochs: 1 }, model);
		expect(told(findings)).toContain("unseeded start: esmm");
		expect(lineOf(findings[0])).toMatch(/built twice from seed 1 differs in P\(conversion\|click\)/);
	});
	it("so is Math.random", async () => {
		const model = withTowers((_, _x, _h, { ctr }) => ({ ctr: tf.add(ctr, Math.random()) }));
		expect(told(await found({ epochs: 1 }, model))).toContain("unseeded start: esmm");
	});
	it("seeded draws raise no alarm", async () => {
		const model = withTowers((_, x, _h, { cvr }) => ({
			cvr: tf.add(cvr, tf.randomNormal([x.rows], 0, 0.1, "float32", 5)),
		}));
		expect(told(await found({ epochs: 1 }, model))).toEqual([]);
	});
});

describe("dead embeddings", () => {
	it("a table that no loss reads", async () => {
		const model = withTowers((nn, x, _h, { ctr }) => ({
			ctr: tf.add(ctr, tf.mul(nn.logit("wide", nn.embed("wide/embedding", x, 2)), 0)),
		}));
		expect(told(await found({ epochs: 1 }, model))).toEqual(["dead embedding: table wide/embedding"]);
	});
	it("a field that the towers cut off", async () => {
		const model: Model = {
			...plain,
			towers: (nn, x) => {
				// Fields a and b, 4 numbers each, then the number: b is left out.
				const e = nn.embed("embedding", x, 4);
				const cut = tf.concat([tf.slice(e, [0, 0], [-1, 4]), tf.slice(e, [0, 8], [-1, 1])], 1) as typeof e;
				return { ctr: nn.logit("ctr", nn.mlp("ctr", cut, [16])), cvr: nn.logit("cvr", nn.mlp("cvr", cut, [16])) };
			},
		};
		expect(told(await found({ epochs: 1 }, model))).toEqual(["dead embedding: field b of table embedding"]);
	});
	it("a field of items, which have a table of their own", async () => {
		const model: Model = {
			...plain,
			towers: (nn, x) => {
				// Field a, 4 numbers, and after it b, an item's, 6 numbers, then the number: b is left out.
				const e = nn.embed("embedding", x, 4, { item: 6 });
				const cut = tf.concat([tf.slice(e, [0, 0], [-1, 4]), tf.slice(e, [0, 10], [-1, 1])], 1) as typeof e;
				return { ctr: nn.logit("ctr", nn.mlp("ctr", cut, [16])), cvr: nn.logit("cvr", nn.mlp("cvr", e, [16])) };
			},
		};
		const fields = data.fields.map((field) => (field.name === "b" ? { ...field, group: "item" as const } : field));
		const of = { data: { ...data, fields } };
		expect(told(await found({ epochs: 1 }, model, of))).toEqual([]);
		const frozen: Model = {
			...model,
			towers: (nn, x, h) => ({ ...model.towers(nn, x, h), cvr: (model.towers(nn, x, h) as Towers).ctr }) as Towers,
		};
		expect(told(await found({ epochs: 1 }, frozen, of))).toContain("dead embedding: table embedding/item");
	});
	it.each(["adam", "adagrad", "sgd"] as const)("%s: those that are trained raise no alarm", async (optimizer) => {
		expect(await found({ epochs: 1, optimizer })).toEqual([]);
	});
});

describe("a folder that is streamed", () => {
	it("is looked at by the first piece of its parts", async () => {
		const at = join(folder(), "toy");
		await toyFolder(folder(), at);
		const data = await streamed(at);
		const none = await found({ epochs: 1 }, plain, { data });
		expect(none).toEqual([]);
		const model = withTowers((_, x) => ({ cvr: tf.zeros([x.rows]) }));
		expect(told(await found({ epochs: 1 }, model, { data }))).toEqual(["collapsed tower: P(conversion|click)"]);
	});
});

describe("what is not finite", () => {
	it("a field: named with its row, before training and when the loss is lost", async () => {
		const values = Float32Array.from({ length: data.rows }, (_, row) => (row === 5 ? Number.NaN : row / data.rows));
		const broken = toyDataset({ fields: [...data.fields, { kind: "number", name: "price", values }] });
		const failed = found({}, plain, { data: broken });
		await expect(failed).rejects.toThrow(TrainingError);
		await expect(failed).rejects.toThrow(/Seen: field price is NaN on 1 of the 128 rows, first on row 5$/);
		expect(stderr[0]).toMatch(/^number that is none: field price is NaN on 1 of 700 training rows, first on row 5\./);
	});
	const at = Int32Array.from({ length: 10 }, (_, row) => row);
	it("numbers that are finite but extreme", () => {
		const values = Float32Array.from({ length: data.rows }, (_, row) => (row === 5 ? 3e38 : 2e6));
		const fields = [...data.fields, { kind: "number" as const, name: "price", values }];
		expect(whyNotFinite({ ...data, fields }, at, new Map())).toBe("field price is as large as 3.00e+38, on row 5");
	});
	it("a label that is neither 0 nor 1", () => {
		const click = data.events.click.map((y, row) => (row === 7 ? 3 : y));
		expect(whyNotFinite({ ...data, events: { click } }, at, new Map())).toBe(
			"label click is 3 on row 7, neither 0 nor 1",
		);
	});
	it("weights, where the inputs are sound; else it says that all are", () => {
		const weights: Weights = new Map();
		weight(weights, 1, "sound", [3], { std: 1 });
		expect(whyNotFinite(data, at, weights)).toMatch(/^fields, labels and weights are finite/);
		weight(weights, 1, "ctr/w", [2], { value: Number.NaN });
		expect(whyNotFinite(data, at, weights)).toBe(
			"fields and labels are finite, but 2 numbers of weight ctr/w are not: the updates before were too large",
		);
		disposeWeights(weights);
	});
});

describe("a split whose parts share rows", () => {
	it("ends the training before it begins, and frees what was made", async () => {
		const before = tf.memory().numTensors;
		const valid = Int32Array.from([...data.split.valid, 5]);
		const shared = found({}, plain, { data: toyDataset({ split: { ...data.split, valid } }) });
		await expect(shared).rejects.toThrow(InputError);
		await expect(shared).rejects.toThrow(
			/^esmm on toy: overlapping split: train and valid: 1 row number is in both, first row 5\. Look at: the split/,
		);
		expect(tf.memory().numTensors).toBe(before);
	});
});

describe("no alarm on any model and preset", () => {
	// Many clicks and conversions, so that there is something to learn on few rows; the real rates have a long test.
	it.each(Object.keys(presets) as PresetName[])("%s", async (preset) => {
		const log = simulate({
			preset,
			seed: 1,
			rows: 20_000,
			knobs: { ctr: 0.2, cvr: 0.3, U: 400, I: 300, randomLog: 0 },
		});
		const data = prepare(log, { split: splits.esmm, encoding: { minFrequency: 10 } });
		for (const model of Object.values(models)) {
			const fitted = await fit(model as unknown as AnyModel, {
				data,
				seed: 1,
				hyper: isTrees(model) ? { trees: 5 } : { embedding: 4, mlp: [32], epochs: 2, batch: 512 },
			});
			fitted.dispose();
			expect(fitted.findings.map(lineOf), model.name).toEqual([]);
		}
	});
});

describe("a stage that freezes", () => {
	const freezing = (...freeze: string[]): Model => ({
		...plain,
		stages: (h) => plain.stages(h).map((stage) => ({ ...stage, freeze })),
	});
	it("weights that there are not, by a slip of the pen, ends the training before it begins", async () => {
		const failed = found({}, freezing("cvr", "embeding"));
		await expect(failed).rejects.toThrow(InputError);
		await expect(failed).rejects.toThrow(
			/^esmm on toy: frozen weights: stage 1 freezes "embeding", but no weight's name begins so\. Look at: their names: embedding, ctr\/0\/w/,
		);
	});
	it("everything ends it too", async () => {
		await expect(found({}, freezing(""))).rejects.toThrow("stage 1 freezes every weight, so nothing is trained");
	});
	it("some of them goes on", async () => {
		expect(told(await found({ epochs: 1 }, freezing("embedding", "ctr")))).toEqual([]);
	});
});
