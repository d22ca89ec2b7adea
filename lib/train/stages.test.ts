import { afterEach, describe, expect, it } from "vitest";
import { gradNorm, uncertainty } from "../core/balance";
import type { EpochHook } from "../core/epochHook";
import { logLoss } from "../core/loss";
import type { MetricName } from "../core/metricName";
import type { Hyper, Model, Stage } from "../core/model";
import { IMPRESSION, pCTCVR, pCTR, pCVR } from "../core/prob";
import { toyDataset } from "../data/toyDataset";
import { evaluate, labelled } from "../metrics/evaluate";
import { esmm } from "../models/esmm";
import { tf } from "../tensor/native";
import { type FitOptions, type Fitted, type FittedNetwork, fit, type TrainEvent } from "./fit";

const data = toyDataset();
const small = { embedding: 4, mlp: [16], lr: 0.01, batch: 128, epochs: 2, dropout: 0.2 };
const fitted: Fitted[] = [];
afterEach(() => {
	for (const one of fitted.splice(0)) one.dispose();
});

const both: Stage = { space: IMPRESSION, losses: [logLoss(pCTR), logLoss(pCTCVR)], choose: `auc(${pCTCVR})` };
const onClicks: Stage = { space: "click", losses: [logLoss(pCVR)], choose: `auc(${pCVR})` };

/** ESMM's network, trained in other stages. */
async function train(stages: readonly Stage[], hyper: Partial<Hyper> = {}, options: Partial<FitOptions> = {}) {
	const model = { ...esmm, stages: () => stages } as unknown as Model;
	const made = await fit(model, { data, seed: 1, ...options, hyper: { ...small, ...hyper } });
	fitted.push(made);
	return made;
}

const weightsOf = ({ network }: FittedNetwork, slot = "value"): Record<string, number[]> =>
	tf.tidy(() =>
		Object.fromEntries(
			[...network.weights.values()].flatMap(({ name, value, slots }) => {
				const variable = slot === "value" ? value : slots[slot];
				return variable ? [[name, [...variable.read().dataSync()]]] : [];
			}),
		),
	);

describe("freeze", () => {
	it("leaves the weights of its prefixes as they are, bit for bit, and trains the others", async () => {
		const before = weightsOf(await train([both]));
		const after = weightsOf(await train([both, { ...onClicks, freeze: ["embedding", "ctr/"] }]));
		const same = Object.keys(before).filter((name) => String(before[name]) === String(after[name]));
		expect(same).toEqual(Object.keys(before).filter((name) => /^(embedding|ctr\/)/.test(name)));
		expect(Object.keys(before).length).toBeGreaterThan(same.length);
	});
	it("leaves them without a slot, too", async () => {
		const slots = weightsOf(await train([{ ...both, freeze: ["cvr"] }]), "m");
		expect(Object.keys(slots).some((name) => name.startsWith("ctr"))).toBe(true);
		expect(Object.keys(slots).filter((name) => name.startsWith("cvr"))).toEqual([]);
	});
});

describe("learning rate", () => {
	const rates = async (stages: readonly Stage[], hyper: Partial<Hyper>) => {
		const heard: TrainEvent[] = [];
		await train(stages, { epochs: 1, ...hyper }, { on: (event) => heard.push(event) });
		return heard.map(({ stage, update, lr }) => ({ stage, update, lr }));
	};
	it("is the schedule's, times the stage's factor; a fresh stage begins the schedule again", async () => {
		const heard = await rates([both, { ...onClicks, lr: 0.5 }, { ...onClicks, fresh: true }], { warmup: 10 });
		const [one, two, three] = [1, 2, 3].map((number) => heard.filter(({ stage }) => stage === number));
		expect(one.map(({ lr }) => lr)).toEqual(one.map(({ update }) => 0.01 * Math.min(1, update / 10)));
		expect(two[0]).toEqual({ stage: 2, update: 7, lr: 0.5 * 0.01 * 0.7 });
		expect(three[0].lr).toBeCloseTo(0.001, 12);
		expect(three[1]?.lr ?? 0.002).toBeCloseTo(0.002, 12);
	});
	it("is what the step uses: a rate of zero in a stage changes nothing", async () => {
		const before = weightsOf(await train([both]));
		expect(weightsOf(await train([both, { ...onClicks, lr: 0 }]))).toEqual(before);
	});
});

describe("fresh", () => {
	it("begins with new moments: their steps count from the stage's first update", async () => {
		const steps = async (stage: Stage) =>
			(await train([both, stage], { epochs: 1 })).network.weights.get("embedding")?.steps;
		const clicks = Math.ceil(data.split.train.filter((row) => data.events.click[row]).length / small.batch);
		expect(await steps(onClicks)).toBe(6 + clicks);
		expect(await steps({ ...onClicks, fresh: true })).toBe(clicks);
	});
	it("changes what the stage learns", async () => {
		const [kept, fresh] = [await train([both, onClicks]), await train([both, { ...onClicks, fresh: true }])];
		expect(weightsOf(fresh)).not.toEqual(weightsOf(kept));
	});
});

describe("epochs", () => {
	it("a stage's own number of them goes before the hyperparameter", async () => {
		const { history } = await train([{ ...both, epochs: 1 }, onClicks], { epochs: 3, patience: 3 });
		expect(history.map(({ stage }) => stage)).toEqual([1, 2, 2, 2]);
	});
	it("a stage after one that stopped early trains on all its rows from its first epoch on", async () => {
		const last = new Map<string, TrainEvent>();
		const greedy = { lr: 0.05, epochs: 12, patience: 1, mlp: [64], dropout: 0 };
		const { history } = await train([both, onClicks], greedy, { on: (e) => last.set(`${e.stage}/${e.epoch}`, e) });
		expect(history.filter(({ stage }) => stage === 1).length).toBeLessThan(12);
		const clicks = data.split.train.filter((row) => data.events.click[row]).length;
		expect(last.get("2/1")).toMatchObject({ rows: clicks, step: Math.ceil(clicks / small.batch) });
	});
});

describe("choose", () => {
	const ofTruth = toyDataset({
		truth: { [pCVR]: Float32Array.from({ length: data.rows }, (_, row) => ((row * 7) % 10) / 10) },
	});
	const long = { lr: 0.05, epochs: 8, patience: 8, dropout: 0 };
	const best = async (choose: MetricName, on = data) => {
		const made = await train([{ ...both, choose }], long, { data: on });
		const values = made.history.map(({ value }) => value as number);
		expect(made.history[0].choose).toBe(choose);
		return { values, kept: values[made.kept[0] - 1], made };
	};
	it("less log-loss is better, more AUC is better", async () => {
		const [loss, area] = [await best(`logloss(${pCTR})`), await best(`auc(${pCTR})`)];
		expect(loss.kept).toBe(Math.min(...loss.values));
		expect(area.kept).toBe(Math.max(...area.values));
		expect(new Set(loss.values).size).toBeGreaterThan(2);
	});
	it.each([`logloss(${pCTR})`, `auc(${pCVR})`, `truth.rmse(${pCVR})`] as MetricName[])(
		"%s: the value is that of evaluate on the validation rows with the weights that were kept",
		async (choose) => {
			const { kept, made } = await best(choose, ofTruth);
			const { valid } = ofTruth.split;
			expect(evaluate(made.predict(valid), labelled(ofTruth, valid))[choose].value).toBe(kept);
		},
	);
	it("within users, where the log has them", async () => {
		const users = toyDataset({ user: Int32Array.from({ length: data.rows }, (_, row) => row % 20) });
		expect((await best(`gauc(${pCTR})`, users)).values.every((value) => value > 0 && value < 1)).toBe(true);
	});
	it.each([
		[`gauc(${pCTR})`, 'unknown metric of the log toy "gauc(click|impression)": did you mean "auc(click|impression)"?'],
		[
			`truth.auc(${pCVR})`,
			'unknown metric of the log toy "truth.auc(conversion|click)": did you mean "auc(conversion|click)"?',
		],
		[`pcoc(${pCTR})`, "it is best at 1"],
		["auc(cart|impression)", "cannot give P(cart|impression)"],
	])("%s on a log without users or truth is refused before training", async (choose, message) => {
		const heard: TrainEvent[] = [];
		const refused = train([{ ...both, choose: choose as MetricName }], {}, { on: (event) => heard.push(event) });
		await expect(refused).rejects.toThrow(message);
		expect(heard).toEqual([]);
	});
});

describe("before", () => {
	it("runs before each epoch, once, and sees the stage's rows and the weights", async () => {
		const seen: unknown[] = [];
		const before = async (hook: EpochHook) => {
			for await (const { rows, events } of hook.pieces())
				seen.push([hook.stage, hook.epoch, rows.length, rows.every((row) => events.click[row] === 1)]);
			expect(hook.names()).toContain("embedding");
			expect(hook.fields.map(({ name, from, size }) => [name, from, size])).toEqual([
				["a", 0, 13],
				["b", 13, 7],
				["number", 20, 0],
			]);
		};
		await train([both, { ...onClicks, before }], { patience: 2 });
		const clicks = data.split.train.filter((row) => data.events.click[row]).length;
		expect(seen).toEqual([
			[2, 1, clicks, true],
			[2, 2, clicks, true],
		]);
	});
	it("forward gives an inner layer without dropout, row by row; ids and rows of a table are read and set", async () => {
		let checked = 0;
		const before = async (hook: EpochHook) => {
			for await (const piece of hook.pieces()) {
				const at = piece.rows.subarray(0, 50);
				const layer = () => piece.forward(at, (nn, x) => nn.embed("embedding", x, small.embedding));
				const width = layer().length / 50;
				expect([width, layer()]).toEqual([2 * small.embedding + 1, layer()]);
				const of = (row: number) =>
					hook.readRows("embedding", Int32Array.of(piece.ids("a")[row] + hook.fields[0].from));
				for (const [i, row] of [...at].entries())
					expect(layer().slice(width * i, width * i + small.embedding)).toEqual(of(row));
				const deep = (rows: Int32Array) =>
					piece.forward(rows, (nn, x) => nn.mlp("ctr", nn.embed("embedding", x, 4), [16], { dropout: 0.5 }));
				expect(deep(at)).toEqual(deep(at));
				hook.assignRows("embedding", Int32Array.of(5, 2), Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
				expect([...hook.readRows("embedding", Int32Array.of(2, 5))]).toEqual([5, 6, 7, 8, 1, 2, 3, 4]);
				expect(() => hook.assignRows("embedding", Int32Array.of(2, 2), new Float32Array(8))).toThrow("assigned twice");
				const { shape, values } = hook.read("ctr/logit/b");
				hook.assign(
					"ctr/logit/b",
					values.map(() => 0.25),
				);
				expect([shape, [...hook.read("ctr/logit/b").values]]).toEqual([[1], [0.25]]);
				checked++;
			}
		};
		const before0 = tf.memory().numTensors;
		const made = await train([{ ...both, before }], { epochs: 1, lr: 0 });
		expect(checked).toBe(1);
		expect(weightsOf(made)["ctr/logit/b"]).toEqual([0.25]);
		fitted.pop()?.dispose();
		expect(tf.memory().numTensors).toBe(before0);
	});
});

describe("balance", () => {
	it.each([
		["uncertainty", uncertainty()],
		["gradNorm", gradNorm({ shared: "embedding", alpha: 0.5 })],
	])("%s: moves the losses' weights, learns, and leaves no tensor behind", async (_, balance) => {
		const before = tf.memory().numTensors;
		const made = await train([{ ...both, balance }], { epochs: 4, patience: 4 });
		const own = Object.entries(weightsOf(made)).filter(([name]) => name.startsWith("balance/1"));
		expect(own.length).toBe(balance.kind === "gradNorm" ? 2 : 1);
		expect(new Set(own[0][1]).size).toBe(2);
		if (balance.kind === "gradNorm") expect(own[0][1][0] + own[0][1][1]).toBeCloseTo(2, 5);
		expect(made.history[3].loss).toBeLessThan(made.history[0].loss);
		fitted.pop()?.dispose();
		expect(tf.memory().numTensors).toBe(before);
	});
});

describe("hyperparameters of the step", () => {
	it.each([
		["optimizer", { optimizer: "adagrad" }],
		["l2", { l2: 0.1 }],
		["clip", { clip: 0.001, optimizer: "sgd" }],
		["dense", { dense: true, batch: 4 }],
		["decay", { decay: 0.5, decaySteps: 1 }],
	] as [string, Partial<Hyper>][])("%s reaches the weights", async (_, hyper) => {
		const plain = hyper.optimizer === "sgd" ? { optimizer: "sgd" as const } : { batch: hyper.batch ?? small.batch };
		expect(weightsOf(await train([both], hyper))).not.toEqual(weightsOf(await train([both], plain)));
	});
	it("a step of gradient descent with clipped gradients is no longer than lr · clip", async () => {
		const at = async (lr: number) =>
			Object.values(weightsOf(await train([both], { lr, clip: 0.1, optimizer: "sgd", batch: 700, epochs: 1 }))).flat();
		const [start, end] = [await at(0), await at(1)];
		expect(Math.hypot(...end.map((value, i) => value - start[i]))).toBeCloseTo(0.1, 5);
	});
});
