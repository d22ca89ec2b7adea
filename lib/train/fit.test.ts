import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { not } from "../core/graph";
import { logLoss } from "../core/loss";
import { entireSpace, type Hyper, type Model } from "../core/model";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { InputError } from "../core/problem";
import { type Dataset, rowsIn } from "../data/dataset";
import { toyDataset } from "../data/toyDataset";
import { auc } from "../metrics/ranking";
import { base } from "../models/base";
import { esmm } from "../models/esmm";
import { modelNamed } from "../models/index";
import { tf } from "../tensor/native";
import { type FitOptions, type Fitted, fit, type TrainEvent, TrainingError } from "./fit";

const data = toyDataset();
const small = { embedding: 4, mlp: [16], lr: 0.01, batch: 128, epochs: 2, dropout: 0 };
const train = (
	hyper: Partial<Hyper> = {},
	options: Partial<FitOptions> = {},
	model: Model = esmm as unknown as Model,
) => fit(model, { data, seed: 1, ...options, hyper: { ...small, ...hyper } });

/** The predictions of a training, whose weights are freed. */
async function columns(fitted: Promise<Fitted>, rows = data.split.test) {
	const model = await fitted;
	const found = model.predict(rows);
	model.dispose();
	return found;
}

/** The events of a training. */
async function events(hyper: Partial<Hyper>, options: Partial<FitOptions> = {}): Promise<TrainEvent[]> {
	const heard: TrainEvent[] = [];
	(await train(hyper, { ...options, on: (event) => heard.push(event) })).dispose();
	return heard;
}

describe("seed", () => {
	it("the same seed gives the same bits", async () => {
		expect(await columns(train({ dropout: 0.3 }))).toEqual(await columns(train({ dropout: 0.3 })));
	});
	it("another seed starts from other weights", async () => {
		const of = (seed: number) => columns(train({ lr: 0, epochs: 1 }, { seed }));
		expect((await of(1))[pCVR]).not.toEqual((await of(2))[pCVR]);
	});
	it("another seed, and another epoch, takes the rows in another order", async () => {
		// Without learning, the losses of the steps tell which rows were in them; the start weights differ by seed.
		const shape = async (seed: number) => (await events({ lr: 0, patience: 9 }, { seed })).map(({ loss }) => loss);
		const [one, two] = [await shape(1), await shape(2)];
		expect(one.slice(0, 6)).not.toEqual(one.slice(6));
		const ranks = (losses: number[]) => losses.map((l) => losses.filter((other) => other < l).length);
		expect(ranks(one)).not.toEqual(ranks(two));
	});
});

describe("epoch", () => {
	it("trains on every row, those of the last, smaller batch too", async () => {
		const last = (await events({ epochs: 1 })).at(-1);
		expect(last).toMatchObject({ step: 6, steps: 6, rows: 700, epoch: 1, stage: 1, stages: 1 });
	});
	it("its loss is the mean over rows: a small last batch counts for little", async () => {
		const heard = await events({ lr: 0, epochs: 1, batch: 699 });
		const fitted = await train({ lr: 0, epochs: 1, batch: 699 });
		expect(fitted.history[0].loss).toBeCloseTo((699 * heard[0].loss + heard[1].loss) / 700, 6);
		fitted.dispose();
	});
	it("learns: AUC of clicks and conversions on rows it has not seen", async () => {
		const found = await columns(train({ epochs: 10, patience: 3 }));
		for (const [prob, event] of [
			[pCTR, "click"],
			[pCTCVR, "conversion"],
		] as const) {
			const { value, se } = auc(
				found[prob],
				Uint8Array.from(data.split.test, (row) => data.events[event][row]),
			);
			expect((value as number) - 3 * (se as number), prob).toBeGreaterThan(0.5);
		}
	});
});

describe("dropout", () => {
	it("is off when predicting", async () => {
		const still = { lr: 0, epochs: 1 };
		expect(await columns(train({ ...still, dropout: 0.5 }))).toEqual(await columns(train({ ...still, dropout: 0 })));
	});
	it("is on when training", async () => {
		const [wet, dry] = [await columns(train({ dropout: 0.5 })), await columns(train({ dropout: 0 }))];
		expect(wet[pCTR]).not.toEqual(dry[pCTR]);
	});
});

describe("start", () => {
	const rate = (event: string, rows: Int32Array) => rowsIn(data, rows, event).length / rows.length;

	it("predicts the training rows' rates before the first step has taught it anything", async () => {
		const found = await columns(train({ lr: 0, epochs: 1 }));
		const mean = (column: Float32Array) => column.reduce((sum, p) => sum + p, 0) / column.length;
		expect(mean(found[pCTR])).toBeCloseTo(rate("click", data.split.train), 1);
		expect(Math.abs(mean(found[pCTCVR]) / rate("conversion", data.split.train) - 1)).toBeLessThan(0.15);
	});
	it("knows nothing of other rows' labels", async () => {
		const of = (event: string) => {
			const column = data.events[event].slice();
			for (const row of data.split.test) column[row] = 1;
			return column;
		};
		const other = toyDataset({ events: { click: of("click"), conversion: of("conversion") } });
		expect(await columns(train({}, { data: other }))).toEqual(await columns(train()));
	});
});

describe("early stopping", () => {
	const greedy = { lr: 0.05, epochs: 12, patience: 3, mlp: [64] };

	it("keeps the weights of the epoch with the best validation AUC", async () => {
		const fitted = await train(greedy);
		const found = fitted.history.map((epoch) => epoch.value as number);
		const best = Math.max(...found);
		expect(found.at(-1)).toBeLessThan(best);
		const { valid } = data.split;
		const { value } = auc(
			fitted.predict(valid)[pCTCVR],
			Uint8Array.from(valid, (row) => data.events.conversion[row]),
		);
		expect(value).toBe(best);
		fitted.dispose();
	});
	it("ends after `patience` epochs without a better one", async () => {
		const fitted = await train(greedy);
		const found = fitted.history.map((epoch) => epoch.value as number);
		expect(found.length).toBeLessThan(12);
		expect(found.length - 1 - found.indexOf(Math.max(...found))).toBe(3);
		fitted.dispose();
	});
	it("with no conversion in the validation rows there is no AUC, and the last epoch counts", async () => {
		const conversion = data.events.conversion.slice();
		for (const row of data.split.valid) conversion[row] = 0;
		const other: Dataset = toyDataset({ events: { click: data.events.click, conversion } });
		const fitted = await train({ epochs: 3 }, { data: other });
		expect(fitted.history.map((epoch) => epoch.value)).toEqual([null, null, null]);
		fitted.dispose();
	});
});

describe("stop", () => {
	const until = (step: number, stop: () => void) => {
		const heard: number[] = [];
		return { heard, on: ({ loss }: TrainEvent) => heard.push(loss) === step && stop() };
	};

	it("a signal ends the training after the step at hand, and the fitted model says so", async () => {
		const stop = new AbortController();
		const { heard, on } = until(3, () => stop.abort());
		const fitted = await train({ epochs: 5 }, { on, signal: stop.signal }, base as unknown as Model);
		expect([fitted.stopped, heard.length, fitted.history.length]).toEqual([true, 3, 0]);
		expect(fitted.predict(data.split.test)[pCTR].every((p) => p > 0 && p < 1)).toBe(true);
		fitted.dispose();
	});
	it("a notebook's stop button does, without a signal, and is let go afterwards", async () => {
		const kernel = new EventEmitter();
		globalThis.__entireSpaceInterrupts = kernel;
		const { heard, on } = until(2, () => void kernel.emit("interrupt"));
		const fitted = await train({ epochs: 5 }, { on });
		globalThis.__entireSpaceInterrupts = undefined;
		expect([fitted.stopped, heard.length, kernel.listenerCount("interrupt")]).toEqual([true, 2, 0]);
		fitted.dispose();
	});
	it("whoever listens hears once whether the training went to its end", async () => {
		const ends: boolean[] = [];
		const on = Object.assign(() => {}, { end: (finished: boolean) => ends.push(finished) });
		(await train({}, { on })).dispose();
		const stop = new AbortController();
		const stopping = Object.assign(() => stop.abort(), { end: (finished: boolean) => ends.push(finished) });
		(await train({}, { on: stopping, signal: stop.signal })).dispose();
		await expect(train({ lr: 1e38, batch: 100_000, epochs: 1 }, { on })).rejects.toThrow(TrainingError);
		expect(ends).toEqual([true, false, false]);
	});
	it("a training that ran to its end says that it was not stopped", async () => {
		const fitted = await train();
		expect([fitted.stopped, fitted.history.length]).toEqual([false, 2]);
		expect(fitted.samplesPerSecond).toBeGreaterThan(0);
		fitted.dispose();
	});
});

describe("what cannot be trained", () => {
	const broken = () => {
		const [a, b, number] = data.fields;
		if (number.kind !== "number") throw new Error("no number");
		const values = number.values.slice();
		values[data.split.train[5]] = Number.NaN;
		return toyDataset({ fields: [a, b, { ...number, values }] });
	};

	it("a loss that is not finite ends it; epoch, step and lr are named", async () => {
		const failed = train({ lr: 0.03 }, { data: broken() });
		await expect(failed).rejects.toThrow(TrainingError);
		await expect(train({ lr: 0.03 }, { data: broken() })).rejects.toThrow(
			/^esmm: the loss became NaN in epoch 1, step [1-6] of 6\. Try a smaller lr \(now 0\.03\)/,
		);
	});
	it("a failed training frees its weights", async () => {
		const before = tf.memory().numTensors;
		await expect(train({}, { data: broken() })).rejects.toThrow(TrainingError);
		expect(tf.memory().numTensors).toBe(before);
	});
	it.each(["esmm", "base"])(
		"%s: a log without an event that it needs is refused before the first step",
		async (name) => {
			const heard: TrainEvent[] = [];
			const { click } = data.events;
			const other = toyDataset({ events: { click } });
			const refused = train({}, { data: other, on: (event) => heard.push(event) }, modelNamed(name) as Model);
			await expect(refused).rejects.toThrow(
				new InputError(
					`${name} needs the event "conversion", but the log toy has only click: take a log that has it, or a model without it`,
				),
			);
			expect(heard).toEqual([]);
		},
	);
	it("an event that follows from others need not be in the log", async () => {
		const model = {
			...esmm,
			graph: { impression: { click: "ctr", skip: not("ctr") }, click: { conversion: "cvr" } },
			stages: () => entireSpace(logLoss("skip|impression"), logLoss(pCTCVR)),
		} as unknown as Model;
		const fitted = await train({ epochs: 1 }, {}, model);
		expect(fitted.history.length).toBe(1);
		fitted.dispose();
	});
	it.each([
		[
			"clicks",
			"base",
			["click", "conversion"],
			'base learns from the event "click", but none of the 700 training rows of',
		],
		[
			"conversions",
			"esmm",
			["conversion"],
			'esmm learns from the event "conversion", but none of the 700 training rows of',
		],
		[
			"conversions among clicks",
			"base",
			["conversion"],
			/"conversion", but none of the \d\d+ training rows with a click of/,
		],
	])("training rows without %s are nothing to learn from", async (_, name, without, message) => {
		const events: Record<string, Uint8Array> = { ...data.events };
		for (const event of without) {
			events[event] = data.events[event].slice();
			for (const row of data.split.train) events[event][row] = 0;
		}
		const refused = train({}, { data: toyDataset({ events }) }, modelNamed(name) as Model);
		await expect(refused).rejects.toThrow(InputError);
		await expect(train({}, { data: toyDataset({ events }) }, modelNamed(name) as Model)).rejects.toThrow(message);
	});
	it("nor is a log without training rows", async () => {
		const split = { ...data.split, train: new Int32Array(0) };
		await expect(train({}, { data: toyDataset({ split }) })).rejects.toThrow("the log toy has no training rows");
	});
	it("without validation rows it trains to its last epoch, and no AUC is told", async () => {
		const split = { ...data.split, valid: new Int32Array(0) };
		const fitted = await train({ epochs: 3 }, { data: toyDataset({ split }) });
		expect([fitted.history.map(({ value }) => value), fitted.kept]).toEqual([[null, null, null], [3]]);
		fitted.dispose();
	});
	it("an unknown hyperparameter is refused, not ignored", async () => {
		await expect(train({ drop: 0.1 })).rejects.toThrow('unknown hyperparameter of esmm "drop": did you mean');
	});
});

describe("predict", () => {
	it("gives pCTR, pCVR and pCTCVR in the order of the rows asked for", async () => {
		const fitted = await train();
		const [forth, back] = [Int32Array.of(3, 1500, 3, 7), Int32Array.of(7, 3, 1500, 3)].map((rows) =>
			fitted.predict(rows),
		);
		expect(Object.keys(forth).sort()).toEqual([pCTR, pCVR, pCTCVR].sort());
		expect([...forth[pCVR]]).toEqual([...back[pCVR].slice(1), back[pCVR][0]]);
		expect(fitted.predict(new Int32Array(0))[pCVR].length).toBe(0);
		fitted.dispose();
	});
});

describe("what a fitted model tells", () => {
	it("the epoch of each stage whose weights it kept", async () => {
		const fitted = await train({ epochs: 6, patience: 6 });
		const aucs = fitted.history.map((epoch) => epoch.value as number);
		expect(fitted.kept).toEqual([aucs.indexOf(Math.max(...aucs)) + 1]);
		fitted.dispose();
		const stages = await train({ epochs: 1 }, {}, base as unknown as Model);
		expect(stages.kept).toEqual([1, 1]);
		stages.dispose();
	});
	it("after dispose it predicts nothing, rather than something untrained", async () => {
		const fitted = await train({ epochs: 1 });
		fitted.dispose();
		const before = tf.memory().numTensors;
		expect(() => fitted.predict(data.split.test)).toThrow("esmm: this model's weights were freed by dispose()");
		expect(tf.memory().numTensors).toBe(before);
	});
	it("weights that blow up in the last step are named, not ranked", async () => {
		await expect(train({ lr: 1e38, batch: 100_000, epochs: 1 })).rejects.toThrow(
			/^esmm: P\(conversion\|impression\) is not a number on validation rows.*lr \(now 1e\+38\)/,
		);
	});
});

it("no tensor is left behind by training, predicting or disposing", async () => {
	const before = tf.memory().numTensors;
	const during = new Set<number>();
	const fitted = await train({ epochs: 2, dropout: 0.2 }, { on: () => during.add(tf.memory().numTensors) });
	// Weights and moments are made in the first step; the first epoch's snapshot adds one copy of each weight.
	expect(during.size).toBe(2);
	const held = tf.memory().numTensors;
	fitted.predict(data.split.test);
	expect(tf.memory().numTensors).toBe(held);
	fitted.dispose();
	expect(tf.memory().numTensors).toBe(before);
});
