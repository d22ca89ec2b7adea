import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Model } from "../core/model";
import { InputError } from "../core/problem";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { base } from "../models/base";
import { engine, tf } from "../tensor/native";
import { fit } from "./fit";
import { readEvents } from "./readEvents";
import { checkSummaries } from "./summaryFile";
import { tensorBoard } from "./tensorboard";
import { together } from "./together";
import type { TrainEvent } from "./trainEvent";

const folder = temporaryFolders();
const hyper = { embedding: 4, mlp: [16], lr: 0.01, batch: 128, epochs: 2, dropout: 0, patience: 9, warmup: 5 };
const about = { model: "base", seed: 1, data: "toy", hyper: { ...base.hyper, ...hyper } };

/** Trains BASE on the toy log; both what TensorBoard's listener wrote and what another one heard. */
async function trained(at: string, options: { checkpoint?: string; stopAfter?: number } = {}) {
	const heard: TrainEvent[] = [];
	const stop = new AbortController();
	const on = together(tensorBoard(at, about), (event) => {
		heard.push(event);
		if (heard.length === options.stopAfter) stop.abort();
	});
	const checkpoint = options.checkpoint === undefined ? undefined : { path: options.checkpoint };
	const model = base as unknown as Model;
	const fitted = await fit(model, { data: toyDataset(), seed: 1, hyper, on, checkpoint, signal: stop.signal });
	fitted.dispose();
	return { heard, history: fitted.history };
}
const filesIn = (at: string) => readdirSync(at).sort();

describe("TensorBoard", () => {
	it("reading the file back gives every step's loss, learning rate and pace, every epoch's loss and metric", async () => {
		const at = join(folder(), "made/here");
		const { heard, history } = await trained(at);
		const [name, ...others] = filesIn(at);
		expect(others).toEqual([]);
		expect(name).toMatch(/^events\.out\.tfevents\.\d+\./);
		const events = readEvents(readFileSync(join(at, name)));
		const curve = (tag: string) =>
			events.filter((event) => event.tag === tag).map(({ step, value }) => [step, value] as [number, number]);
		const f = Math.fround;
		expect(heard.length).toBeGreaterThan(14);
		expect(curve("loss")).toEqual(heard.map(({ loss }, i) => [i + 1, f(loss)]));
		expect(curve("learning_rate")).toEqual(heard.map(({ lr }, i) => [i + 1, f(lr)]));
		expect(curve("samples_per_second")).toEqual(heard.map(({ rate }, i) => [i + 1, f(rate)]));
		const ends = heard.flatMap(({ step, steps, update }) => (step === steps ? [update] : []));
		expect(curve("epoch/loss")).toEqual(history.map(({ loss }, i) => [ends[i], f(loss)]));
		const metrics = ["click|impression", "conversion|click"].flatMap((prob) => curve(`validation/auc(${prob})`));
		expect(metrics).toEqual(history.map(({ value }, i) => [ends[i], f(value as number)]));
		const [words] = events.filter(({ tag }) => tag === "hyperparameters");
		expect(words).toMatchObject({ step: 1, plugin: "text" });
		expect(words.text).toContain("| model | base |");
		expect(words.text).toContain("| warmup | 5 |");
	});
	it("a training that goes on writes on in the same folder and goes on counting", async () => {
		const [at, checkpoint] = [folder(), join(folder(), "c")];
		const first = await trained(at, { checkpoint, stopAfter: 4 });
		const second = await trained(at, { checkpoint });
		const steps = filesIn(at)
			.flatMap((name) => readEvents(readFileSync(join(at, name))))
			.flatMap(({ tag, step }) => (tag === "loss" ? [step] : []));
		expect(first.heard.length).toBe(4);
		expect(steps).toEqual(Array.from({ length: 4 + second.heard.length }, (_, i) => i + 1));
	});
	it("a doctor's line is a text", async () => {
		const at = folder();
		const board = tensorBoard(at, about);
		board.found?.("dead field: **x**");
		board.end?.(true);
		const events = readEvents(readFileSync(join(at, filesIn(at)[0])));
		expect(events.find(({ tag }) => tag === "doctor")).toMatchObject({
			text: "dead field: **x**",
			plugin: "text",
			step: 0,
		});
	});
	it("keeps one tensor for a file, however much is written, and makes no file before there is something to write", () => {
		const at = folder();
		const before = tf.memory().numTensors;
		const board = tensorBoard(join(at, "later"), about);
		board.end?.(true);
		expect(existsSync(join(at, "later"))).toBe(false);
		const event = {
			stage: 1,
			stages: 1,
			epoch: 1,
			epochs: 1,
			step: 1,
			steps: 9,
			update: 1,
			rows: 1,
			loss: 1,
			lr: 1,
			rate: 1,
		};
		for (let i = 0; i < 20; i++) board(event);
		expect(tf.memory().numTensors).toBe(before + 1);
	});
});

describe("what cannot be written", () => {
	it("a folder below a file is refused, with why", () => {
		const file = join(folder(), "file");
		writeFileSync(file, "");
		for (const wrong of [join(file, "x"), file, "", "/proc/deep/er"])
			expect(() => checkSummaries(wrong)).toThrow(InputError);
		expect(() => checkSummaries(join(file, "x"))).toThrow(
			/^--tensorboard cannot write to ".*\/file\/x" \(.*\/file is a file\): give a/,
		);
		expect(() => checkSummaries("")).toThrow(/it has no name/);
	});
	it("TensorFlow in pure JavaScript is refused, with what to do", () => {
		const pure = { ...engine(), native: undefined, tier: "pure-js" as const };
		const at = join(folder(), "none");
		expect(() => checkSummaries(at, pure)).toThrow(/needs native TensorFlow.*`npm run setup` builds it$/);
		expect(existsSync(at)).toBe(false);
	});
	it("a file that fails while training is said once, and the training goes on", async () => {
		const file = join(folder(), "file");
		writeFileSync(file, "");
		const { heard } = await trained(join(file, "x"));
		expect(heard.length).toBeGreaterThan(14);
	});
});
