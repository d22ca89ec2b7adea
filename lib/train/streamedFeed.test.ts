import { beforeAll, describe, expect, it } from "vitest";
import { not } from "../core/graph";
import { logLoss } from "../core/loss";
import { entireSpace, type Model, type Stage } from "../core/model";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import type { Dataset } from "../data/dataset";
import { makeFolder } from "../data/prepared/madeFolder";
import { readPrepared } from "../data/prepared/read";
import { streamPrepared } from "../data/prepared/stream";
import { streamed } from "../data/prepared/streamed";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { evaluate, labelled } from "../metrics/evaluate";
import { base } from "../models/base";
import { esmm } from "../models/esmm";
import { tf } from "../tensor/native";
import { ahead } from "./ahead";
import { feedOf } from "./feedOf";
import { type FitOptions, fit, type TrainEvent } from "./fit";

const folder = temporaryFolders();
const hyper = { embedding: 4, mlp: [8], lr: 0.01, batch: 300, epochs: 2, dropout: 0.2 };
const model = esmm as unknown as Model;
let [made, whole]: [string, Dataset] = ["", {} as Dataset];
beforeAll(async () => {
	made = folder();
	await makeFolder(made, { train: 7000, valid: 3000, test: 500 }, false, 6);
	whole = await readPrepared(made);
});

/** Rows by their first fields' values and events, sorted: a row has no number of its own in a piece. */
const rowsOf = (data: Dataset, at: Int32Array) =>
	[...at].map(
		(row) =>
			`${data.fields.map((field) => (field.kind === "id" ? field.ids[row] : 0))} ${data.events.click[row]}${data.events.conversion[row]}`,
	);

async function batches(space: string, from = 0, epoch = 1, seed = 1, rows = 1000) {
	const feed = await feedOf(streamed(made, rows), esmm.graph, seed, 300);
	const found: string[][] = [];
	for await (const { data, at } of feed.batches({ stage: 1, epoch, space, batch: 300 }, from))
		found.push(rowsOf(data, at));
	return found;
}

describe("batches of a streamed folder", () => {
	it.each(["impression", "click", "conversion"])(
		"%s: every training row once, in as many batches as in memory",
		async (space) => {
			const found = await batches(space);
			const all = whole.split.train.filter((row) => space === "impression" || whole.events[space][row] === 1);
			expect(found.map((batch) => batch.length)).toEqual(
				Array.from({ length: Math.ceil(all.length / 300) }, (_, i) => Math.min(300, all.length - 300 * i)),
			);
			expect(found.flat().sort()).toEqual(rowsOf(whole, all).sort());
		},
	);
	it("a batch larger than any array is one of all rows, as in memory", async () => {
		const feed = await feedOf(streamed(made, 1000), esmm.graph, 1, 1e20);
		const sizes: number[] = [];
		for await (const { at } of feed.batches({ stage: 1, epoch: 1, space: "impression", batch: 1e20 }, 0))
			sizes.push(at.length);
		expect(sizes).toEqual([7000]);
		for await (const _ of feed.batches({ stage: 1, epoch: 1, space: "impression", batch: 1e20 }, 1)) expect.fail();
	});
	it("depend on seed and epoch; a piece keeps its rows, in another order", async () => {
		const [one, again, epoch, seed] = [
			await batches("impression"),
			await batches("impression"),
			await batches("impression", 0, 2),
			await batches("impression", 0, 1, 2),
		];
		expect(again).toEqual(one);
		for (const other of [epoch, seed]) {
			expect(other).not.toEqual(one);
			expect(other.slice(0, 3).flat().sort()).toEqual(one.slice(0, 3).flat().sort());
		}
		expect(one.slice(0, 3).flat()).not.toEqual(rowsOf(whole, whole.split.train.subarray(0, 900)));
		expect(one.slice(0, 3).flat().sort()).toEqual(rowsOf(whole, whole.split.train.subarray(0, 900)).sort());
	});
	it.each([0, 1, 2, 3, 7, 22, 23, 24])("from step %i on they are those of the whole epoch", async (from) => {
		expect(await batches("impression", from)).toEqual((await batches("impression")).slice(from));
	});
	it("counts by the events that happened together, and events that the graph defines", async () => {
		const graph = { impression: { click: "ctr", skip: not("ctr") }, click: { conversion: "cvr", lost: not("cvr") } };
		const [disk, memory] = [await feedOf(streamed(made), graph, 1, 300), await feedOf(whole, graph, 1, 300)];
		for (const events of [
			[],
			["impression"],
			["click"],
			["click", "conversion"],
			["skip"],
			["lost"],
			["click", "lost"],
			["skip", "conversion"],
		])
			expect(disk.count(...events), String(events)).toBe(memory.count(...events));
		expect(disk.count("lost")).toBe(disk.count("click") - disk.count("conversion"));
		let lost = 0;
		for await (const { data, at } of disk.batches({ stage: 1, epoch: 1, space: "lost", batch: 300 }, 0)) {
			expect(at.every((row) => data.events.lost[row] === 1)).toBe(true);
			lost += at.length;
		}
		expect(lost).toBe(disk.count("lost"));
	});
});

describe("fit on a streamed folder", () => {
	const train = (options: Partial<FitOptions> = {}, of: Model = model) =>
		fit(of, { data: streamed(made, 1000), seed: 1, hyper, ...options });

	it("the validation's value is that of the whole part in memory, to the last bit", async () => {
		const fitted = await train();
		const { valid } = whole.split;
		const scores = fitted.predictOn(whole, valid);
		expect(fitted.history[fitted.kept[0] - 1].value).toBe(
			evaluate(scores, labelled(whole, valid))[`auc(${pCTCVR})`].value,
		);
		expect(() => fitted.predict(valid)).toThrow("use predictOn or evaluateFolder");
		fitted.dispose();
	});
	it("the same priors as in memory, and a stage over clicks alone", async () => {
		const of = base as unknown as Model;
		const steps: TrainEvent[] = [];
		const disk = await train({ on: (event) => steps.push(event) }, of);
		const memory = await train({ data: whole }, of);
		expect(disk.network.priors).toEqual(memory.network.priors);
		const last = steps.filter(({ stage }) => stage === 2).at(-1);
		expect(last?.rows).toBe(whole.split.train.filter((row) => whole.events.click[row]).length);
		for (const fitted of [disk, memory]) fitted.dispose();
	});
	it("a hook gets every training row, in pieces", async () => {
		const seen: number[] = [];
		const stages: Stage[] = [
			{
				...entireSpace(logLoss(pCTR), logLoss(pCTCVR))[0],
				before: async ({ epoch, pieces }) => {
					for await (const { rows, forward } of pieces()) {
						const values = forward(rows, (nn, x) => nn.logit("ctr", nn.mlp("ctr", nn.embed("embedding", x, 4), [8])));
						expect(values.length).toBe(rows.length);
						if (epoch === 1) seen.push(rows.length);
					}
				},
			},
		];
		(await train({}, { ...model, stages: () => stages })).dispose();
		expect(seen).toEqual([900, 900, 900, 900, 900, 900, 900, 700]);
	});
	it("leaves no tensor behind, and a failed training neither", async () => {
		const before = tf.memory().numTensors;
		(await train()).dispose();
		await expect(train({ hyper: { ...hyper, lr: 1e38 } })).rejects.toThrow("lr (now 1e+38)");
		expect(tf.memory().numTensors).toBe(before);
	});
	it("refuses a log that cannot teach the model, and a metric that it does not have", async () => {
		const stages = [{ ...entireSpace(logLoss(pCVR))[0], choose: `truth.auc(${pCVR})` } as Stage];
		await expect(train({}, { ...model, stages: () => stages })).rejects.toThrow("unknown metric of the log made");
		const none = folder();
		await makeFolder(none, { train: 0, valid: 100, test: 0 }, false, 6);
		await expect(train({ data: streamed(none) })).rejects.toThrow("has no training rows");
		await expect(train({ data: streamed(folder()) })).rejects.toThrow("is no prepared log");
	});
});

describe("ahead", () => {
	it("asks for the next piece while one is in use, gives all in order, and ends its source when it is left", async () => {
		const told: string[] = [];
		async function* source() {
			try {
				for (let i = 0; i < 4; i++) {
					told.push(`read ${i}`);
					yield i;
				}
			} finally {
				told.push("closed");
			}
		}
		for await (const i of ahead(source())) {
			await Promise.resolve();
			told.push(`use ${i}`);
			if (i === 2) break;
		}
		expect(told).toEqual(["read 0", "read 1", "use 0", "read 2", "use 1", "read 3", "use 2", "closed"]);
	});
	it("a failure of the source is met where its piece is asked for", async () => {
		async function* source() {
			yield 1;
			throw new Error("damaged");
		}
		const got: number[] = [];
		const all = async () => {
			for await (const i of ahead(source())) {
				await new Promise(setImmediate);
				got.push(i);
			}
		};
		await expect(all()).rejects.toThrow("damaged");
		expect(got).toEqual([1]);
	});
	it("the pieces of a folder end without leaving the database open", async () => {
		for await (const piece of ahead(streamPrepared(made, "train", { rows: 500 }))) {
			expect(piece.rows).toBe(500);
			break;
		}
	});
});
