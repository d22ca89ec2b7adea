import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { derives, paths } from "../core/graph";
import { probOf } from "../core/metricName";
import type { AnyModel, Hyper, Model } from "../core/model";
import { type Prob, pCTCVR, pCTR, pCVR, spaceOf } from "../core/prob";
import { grown, isTrees, type TreeModel } from "../core/trees";
import { type Dataset, rowsIn } from "../data/dataset";
import { prepare } from "../data/prepare";
import { splits } from "../data/split";
import { evaluate, labelled } from "../metrics/evaluate";
import { simulate } from "../simulator/simulate";
import { tf } from "../tensor/native";
import { engineVersion, type Fitted, fit, type TrainEvent } from "../train/fit";
import golden from "./golden.json";
import goldenTrees from "./goldenTrees.json";
import { models } from "./index";

/** What every registered model must keep. There is no way for a model to be left out. */

const all = Object.values(models) as unknown as AnyModel[];
const networks = all.filter((model): model is Model => "towers" in model);
const trees = all.filter(isTrees);
const named = <M extends AnyModel>(of: readonly M[]) => of.map((model) => [model.name, model] as const);

const small = { embedding: 8, itemEmbedding: 0, mlp: [32, 16], lr: 2e-3, batch: 512, epochs: 4, dropout: 0.1 };

const smallTrees = { trees: 30, depth: 4, bins: 32 };

interface Golden {
	version: number;
	engineVersion: number;
	/** Of each stage: of its first step, and of its 20th or the epoch's last. */
	losses: number[][];
}

/** Many clicks and conversions, so that a model that learns is seen to learn on few rows; and fewer rows for what needs no good model. */
let [data, few] = [] as unknown as [Dataset, Dataset];
beforeAll(() => {
	const of = (rows: number) =>
		prepare(simulate({ preset: "tiny", seed: 1, rows, knobs: { ctr: 0.2, cvr: 0.3 } }), {
			...{ split: splits.esmm, encoding: { minFrequency: 10 } },
		});
	[data, few] = [of(40_000), of(8_000)];
});

const digest = (fitted: Fitted, rows: Int32Array) => {
	const hash = createHash("sha256");
	for (const column of Object.values(fitted.predict(rows))) hash.update(new Uint8Array(column.buffer));
	return hash.digest("hex");
};

it("every registered model is a network or trees, and not both", () => {
	expect([...networks, ...trees].map(({ name }) => name).sort()).toEqual(Object.keys(models).sort());
	expect(trees.filter((model) => "stages" in model)).toEqual([]);
	expect([networks.length, trees.length].every((count) => count > 0)).toBe(true);
});

/** Little training, on few rows: enough for what does not need a good model. */
const once = (model: AnyModel) => (isTrees(model) ? { trees: 3 } : { epochs: 1, batch: 256 });

describe.each(named(all))("%s", (_, model) => {
	const train = (on: Dataset, hyper: object = {}, seed = 1) =>
		fit(model, { data: on, seed, hyper: { ...(isTrees(model) ? smallTrees : small), ...hyper } });

	it("learns: each AUC beats a constant by three standard errors, and the loss of each stage of a network falls", async () => {
		const fitted = await train(data);
		const rows = data.split.test;
		const metrics = evaluate(fitted.predict(rows), labelled(data, rows));
		fitted.dispose();
		for (const prob of [pCTR, pCVR, pCTCVR]) {
			const { value, se } = metrics[`auc(${prob})`];
			expect(value as number, `auc(${prob})`).toBeGreaterThan(0.5 + 3 * (se as number));
		}
		// An epoch of trees is all of them; their losses by tree are looked at below.
		for (const stage of isTrees(model) ? [] : new Set(fitted.history.map((epoch) => epoch.stage))) {
			const losses = fitted.history.filter((epoch) => epoch.stage === stage).map((epoch) => epoch.loss);
			expect(losses.length).toBeGreaterThan(1);
			expect(losses[losses.length - 1]).toBeLessThan(losses[0]);
		}
	});

	it("gives probabilities in [0, 1] (a quotient may exceed 1) for every row asked for, in order; pCTR · pCVR = pCTCVR; same seed, same bits", async () => {
		const fitted = await train(few, once(model));
		// More rows than are predicted at a time.
		const rows = Int32Array.from({ length: 9000 }, (_, i) => i % few.rows);
		const columns = fitted.predict(rows);
		for (const [prob, column] of Object.entries(columns)) {
			expect(column.length).toBe(9000);
			const quotient = prob === pCVR && paths(model.graph, "click", "conversion").length === 0;
			expect(column.every((p) => p >= 0 && (p <= 1 || quotient))).toBe(true);
		}
		const backwards = fitted.predict(rows.slice().reverse());
		for (const [prob, column] of Object.entries(columns)) expect(backwards[prob].slice().reverse()).toEqual(column);
		const worst = columns[pCTCVR].reduce(
			(max, p, i) => Math.max(max, Math.abs(p - columns[pCTR][i] * columns[pCVR][i])),
			0,
		);
		expect(worst).toBeLessThan(1e-6);
		const digests = [digest(fitted, few.split.test)];
		fitted.dispose();
		for (const seed of [1, 2]) {
			const again = await train(few, once(model), seed);
			digests.push(digest(again, few.split.test));
			again.dispose();
		}
		expect(digests[0]).toBe(digests[1]);
		expect(digests[0]).not.toBe(digests[2]);
	});
});

describe.each(named(networks))("%s, a network", (_, model) => {
	const train = (on: Dataset, hyper: Partial<Hyper> & Record<string, unknown>, hear?: (e: TrainEvent) => void) =>
		fit(model, { data: on, seed: 1, hyper: { ...small, ...hyper }, on: hear });

	it("every loss, every choice and the three standard probabilities derive from its graph", () => {
		const named = model
			.stages(model.hyper)
			.flatMap((stage) => [probOf(stage.choose), ...stage.losses.map((loss) => loss.prob)]);
		for (const prob of [...named, pCTR, pCVR, pCTCVR] as Prob[]) expect(derives(model.graph, prob)).toBe(true);
	});

	it("uses every training row of a stage's space in every epoch, or as many as it samples; leaves no tensor behind", async () => {
		const last = new Map<string, TrainEvent>();
		const before = tf.memory().numTensors;
		const counts = new Set<number>();
		const batch = 128;
		const fitted = await train(few, { epochs: 2, batch }, (e) => {
			last.set(`${e.stage}/${e.epoch}`, e);
			if (e.epoch === 1 && e.step > 2) counts.add(e.stage * 1e6 + tf.memory().numTensors);
		});
		fitted.predict(few.split.test);
		fitted.dispose();
		expect(tf.memory().numTensors).toBe(before);
		const stages = model.stages(model.hyper);
		expect(counts.size).toBe(stages.length);
		for (const [i, stage] of stages.entries())
			for (const epoch of [1, 2]) {
				const rows = rowsIn(few, few.split.train, stage.space).length;
				const heard = last.get(`${i + 1}/${epoch}`);
				const used = stage.sample ? (heard?.rows ?? 0) : rows;
				if (stage.sample) expect(used).not.toBe(rows);
				expect(used % batch).not.toBe(0);
				expect(heard).toMatchObject({ step: Math.ceil(used / batch), rows: used });
			}
	});

	it("trains with dropout, and predicts without", async () => {
		const bits = async (hyper: { lr?: number; dropout: number }) => {
			const fitted = await train(few, { epochs: 1, batch: 256, ...hyper });
			const found = digest(fitted, few.split.test);
			fitted.dispose();
			return found;
		};
		expect(await bits({ lr: 0, dropout: 0.5 })).toBe(await bits({ lr: 0, dropout: 0 }));
		expect(await bits({ dropout: 0.5 })).not.toBe(await bits({ dropout: 0 }));
	});

	it("golden: loss after 20 steps; if this moved on purpose, raise the model's or the engine's version", async () => {
		const heard: number[][] = [];
		const fitted = await train(data, { batch: 256, epochs: 1 }, ({ stage, step, loss }) => {
			heard[stage - 1] ??= [];
			if (step <= 20) heard[stage - 1].push(loss);
		});
		fitted.dispose();
		const known = (golden as Partial<Record<string, Golden>>)[model.name];
		const ends = heard.map((losses) => [losses[0], losses[losses.length - 1]]);
		const losses = ends.map((pair) => pair.map((loss) => +loss.toPrecision(8)));
		const now = { version: model.version, engineVersion, losses };
		const line = `if this is meant, raise a version and let golden.json say "${model.name}": ${JSON.stringify(now)}`;
		expect(known, line).toMatchObject({ version: model.version, engineVersion });
		expect(known?.losses.length, line).toBe(ends.length);
		// Another processor may add in another order; a change of the model moves far more than this.
		for (const [i, pair] of ends.entries())
			for (const [j, loss] of pair.entries())
				expect(Math.abs(loss / (known?.losses[i][j] ?? 0) - 1), line).toBeLessThan(1e-4);
	});
});

describe.each(named<TreeModel>(trees))("%s, trees", (_, model) => {
	const train = (options: { hyper?: object; on?: (e: TrainEvent) => void; signal?: AbortSignal; path?: string } = {}) =>
		fit(model, {
			data,
			seed: 1,
			hyper: { ...smallTrees, ...options.hyper },
			on: options.on,
			signal: options.signal,
			...(options.path ? { checkpoint: { path: options.path } } : {}),
		});

	it("what its boosters learn and the three standard probabilities derive from its graph", () => {
		for (const prob of [...grown, pCTCVR] as const) expect(derives(model.graph, prob)).toBe(true);
	});

	it("tells every tree with the training rows of its space, and ends with an epoch a booster", async () => {
		const heard: TrainEvent[] = [];
		const fitted = await train({ hyper: { trees: 5 }, on: (e) => heard.push(e) });
		fitted.dispose();
		for (const [i, prob] of grown.entries()) {
			const events = heard.filter(({ stage }) => stage === i + 1);
			const rows = rowsIn(data, data.split.train, spaceOf(prob)).length;
			expect(events.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
			expect(events.map((e) => e.rows)).toEqual([1, 2, 3, 4, 5].map((n) => n * rows));
			const losses = events.map(({ loss }) => loss);
			expect([...losses].sort((a, b) => b - a)).toEqual(losses);
			expect(fitted.history[i]).toMatchObject({ stage: i + 1, epoch: 1, loss: losses[4], choose: `auc(${prob})` });
		}
		expect(heard.map(({ update }) => update)).toEqual(Array.from({ length: 10 }, (_, n) => n + 1));
		expect(fitted).toMatchObject({ kept: [1, 1], stopped: false, findings: [] });
	});

	it.each([1, 2])("stopped in booster %i and begun again, it has the bits of an undisturbed one", async (stage) => {
		const whole = await train({ hyper: { trees: 6 } });
		const abort = new AbortController();
		const on = (e: TrainEvent) => {
			if (e.stage === stage && e.step === 3) abort.abort();
		};
		const path = join(tmpdir(), "never written");
		const stopped = await train({ hyper: { trees: 6 }, on, signal: abort.signal, path });
		expect([stopped.stopped, stopped.history.length]).toEqual([true, stage - 1]);
		if (stage === 1) expect(() => stopped.predict(data.split.test)).toThrow("was stopped before it had trees");
		stopped.dispose();
		expect(existsSync(path)).toBe(false);
		const again = await train({ hyper: { trees: 6 }, path });
		expect(digest(again, data.split.test)).toBe(digest(whole, data.split.test));
		for (const one of [whole, again]) one.dispose();
		expect(() => again.predict(data.split.test)).toThrow("were freed by dispose()");
	});

	it("golden: log-loss after 10 trees; if this moved on purpose, raise the model's version", async () => {
		const { history, dispose } = await train({ hyper: { trees: 10 } });
		dispose();
		const known = (goldenTrees as Partial<Record<string, { version: number; losses: number[] }>>)[model.name];
		const losses = history.map(({ loss }) => +loss.toPrecision(8));
		const now = JSON.stringify({ version: model.version, losses });
		const line = `if this is meant, raise a version and let goldenTrees.json say "${model.name}": ${now}`;
		expect(known?.version, line).toBe(model.version);
		// Another processor may add in another order, and a tie between splits fall otherwise.
		expect(known?.losses.length, line).toBe(losses.length);
		for (const [i, loss] of losses.entries())
			expect(Math.abs(loss / (known?.losses[i] ?? 0) - 1), line).toBeLessThan(1e-4);
	});
});
