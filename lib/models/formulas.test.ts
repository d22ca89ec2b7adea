import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { towersOf } from "../core/graph";
import { type Model, type Stage, withHyper } from "../core/model";
import { IMPRESSION } from "../core/prob";
import { stream } from "../core/random";
import { rowsIn } from "../data/dataset";
import { actionDataset } from "../data/toyDataset";
import { lossesOf } from "../tensor/losses";
import { tf } from "../tensor/native";
import { feedOf } from "../train/feedOf";
import { type FittedNetwork, fit } from "../train/fit";
import { labelsFor } from "../train/labels";
import { choose } from "../train/stageRows";
import { forward, trainStep } from "../train/step";
import { modelNamed, type NetworkName, networkNames } from "./index";
import { type WrittenModel, type WrittenRow, writtenOut } from "./writtenOut";

const data = actionDataset();
const small = { embedding: 4, itemEmbedding: 0, mlp: [16, 8], lr: 0.02, batch: 64, epochs: 2, dropout: 0 };
const cases = writtenOut.map((written) => [`${written.model} ${JSON.stringify(written.hyper)}`, written] as const);
const σ = (s: number) => 1 / (1 + Math.exp(-s));

it("every registered network is written out", () => {
	expect(new Set(writtenOut.map(({ model }) => model))).toEqual(new Set(networkNames));
});

const modelOf = ({ model }: WrittenModel): Model => modelNamed(model as NetworkName);

/** The events that a formula reads, of one row. */
const eventsAt = (row: number) =>
	Object.fromEntries(Object.entries(data.events).map(([event, column]) => [event, column[row]]));

/** UNBIAS's weights in plain words: 1 / max(pCTR, 0.005), none above 50 times the mean, then of mean 1. */
function inverseOf(pCtr: readonly number[]): number[] {
	const mean = (of: readonly number[]) => of.reduce((sum, w) => sum + w, 0) / of.length;
	const raw = pCtr.map((p) => 1 / Math.max(p, 0.005));
	const capped = raw.map((w) => Math.min(w, 50 * mean(raw)));
	return capped.map((w) => w / mean(capped));
}

describe.each(cases)("%s, trained for a while", (_, written) => {
	const model = modelOf(written);
	const hyper = { ...small, ...written.hyper };
	let fitted: FittedNetwork;
	beforeAll(async () => {
		fitted = await fit(model, { data, seed: 3, hyper });
	});
	afterAll(() => fitted.dispose());

	/** Tower → its probability, of some rows, by the towers' logits alone. */
	const towersAt = (at: Int32Array): Record<string, number>[] => {
		const { network } = fitted;
		const columns = towersOf(model.graph).map((tower) => {
			const logits = forward(network, { data: network.data, at }, (nn, x) => model.towers(nn, x, network.hyper)[tower]);
			return [tower, logits, network.priors[tower]] as const;
		});
		return [...at.keys()].map((i) =>
			Object.fromEntries(columns.map(([tower, logits, prior]) => [tower, σ(logits[i] + prior)])),
		);
	};

	it("the loss of each stage is the written one", async () => {
		const { network } = fitted;
		const feed = await feedOf(labelsFor(model, network.hyper, data), model.graph, 3, 64);
		for (const [i, stage] of model.stages(network.hyper).entries()) {
			const chosen = await choose(network, feed, stage, i + 1);
			const at = chosen.rows(1) ?? rowsIn(feed.data, data.split.train, stage.space);
			const towers = towersAt(at);
			const weights = chosen.weights ? inverseOf(towers.map(({ ctr }) => ctr)) : undefined;
			const rows = [...at].map((row, k) => ({ events: eventsAt(row), p: towers[k], weight: weights?.[k] ?? 1 }));
			const loss = trainStep(network, stage, { data: feed.data, at, weights: chosen.weights }, 0, { number: i + 1 });
			expect(Math.abs(loss / written.losses[i](rows) - 1), `stage ${i + 1}`).toBeLessThan(5e-6);
		}
	});

	it("its predictions are the written ones, all of them", () => {
		const rows = data.split.test;
		const columns = fitted.predict(rows);
		const expected = towersAt(rows).map(written.predicted);
		expect(Object.keys(columns).sort()).toEqual(Object.keys(expected[0]).sort());
		for (const [prob, column] of Object.entries(columns)) {
			const worst = column.reduce((most, p, i) => Math.max(most, Math.abs(p / expected[i][prob] - 1)), 0);
			expect(worst, prob).toBeLessThan(1e-5);
		}
	});
});

/** Rows with every combination of events that there can be, and logits anywhere between −4 and 4. */
function knownRows(model: Model): { events: Record<string, number>; logits: Record<string, number> }[] {
	const random = stream(11, model.name);
	return Array.from({ length: 48 }, (_, i) => {
		const [click, m, c, w, z] = [0, 1, 2, 3, 4].map((bit) => (i >> bit) & 1).map((on, _, [y]) => on & y);
		const events = { click, micro: m, cart: c, wish: w, dAction: c | w, conversion: z };
		const towers = towersOf(model.graph).map((tower) => [tower, 8 * random.uniform() - 4] as const);
		return { events, logits: Object.fromEntries(towers) };
	});
}

describe.each(cases)("%s, on known logits", (_, written) => {
	const model = modelOf(written);
	const hyper = withHyper(model, { ...small, ...written.hyper });
	const all = knownRows(model);
	const labelled = labelsFor(model, hyper, {
		...data,
		events: Object.fromEntries(
			Object.keys(all[0].events).map((event) => [event, Uint8Array.from(all, ({ events }) => events[event])]),
		),
	}).events;
	/** The rows of a stage, as a batch has them. AMAN's and the copies of OVERSAMPLING are any rows. */
	const rowsOf = ({ space }: Stage) => [...all.keys()].filter((i) => space === IMPRESSION || labelled[space][i] === 1);
	const weightOf = (i: number) => (written.model === "unbias" ? 0.5 + (i % 3) : 1);

	/** The stage's loss as the engine computes it, and its gradient by each tower's logits. */
	function engine(stage: Stage) {
		const rows = rowsOf(stage);
		const towers = towersOf(model.graph);
		const weights = stage.weigh && tf.tensor1d(rows.map(weightOf));
		const label = (event: string) => tf.tensor1d(rows.map((i) => labelled[event][i]));
		const total = (...logits: Tensor[]) => {
			const named = Object.fromEntries(towers.map((tower, k) => [tower, logits[k] as Tensor1D]));
			const losses = lossesOf(model.graph, stage.losses, named, stage.space, label, weights);
			// A tower that no loss reads still has a gradient, of 0.
			return losses
				.concat(logits.map((s) => tf.mul(tf.sum(s), 0) as (typeof losses)[0]))
				.reduce((a, b) => tf.add(a, b));
		};
		const given = towers.map((tower) => tf.tensor1d(rows.map((i) => all[i].logits[tower])));
		const gradients = tf.grads(total)(given);
		return {
			loss: total(...given).dataSync()[0],
			gradients: Object.fromEntries(towers.map((tower, k) => [tower, gradients[k].dataSync()])),
		};
	}

	/** The written loss, with one logit moved. */
	function byHand(i: number, stage: Stage, moved?: { at: number; tower: string; by: number }): number {
		const rows = rowsOf(stage).map((row, k): WrittenRow => {
			const p = Object.entries(all[row].logits).map(([tower, s]) => [
				tower,
				σ(moved?.at === k && moved.tower === tower ? s + moved.by : s),
			]);
			return { events: all[row].events, p: Object.fromEntries(p), weight: stage.weigh ? weightOf(row) : 1 };
		});
		return written.losses[i](rows);
	}

	it("losses are the written ones, and their gradients those of the written ones", () => {
		for (const [i, stage] of model.stages(hyper).entries()) {
			const { loss, gradients } = tf.tidy(() => engine(stage));
			expect(Math.abs(loss / byHand(i, stage) - 1)).toBeLessThan(2e-6);
			for (const [tower, slopes] of Object.entries(gradients)) {
				// The loss on pCTCVR leaves the click tower alone where it is told to: what is left is (pCTR − y) / n.
				const stopped = written.hyper.stopCtrGrad === true && tower === "ctr";
				for (const at of slopes.keys()) {
					const step = (by: number) => byHand(i, stage, { at, tower, by });
					const row = all[rowsOf(stage)[at]];
					const slope = stopped
						? (σ(row.logits.ctr) - row.events.click) / slopes.length
						: (step(1e-5) - step(-1e-5)) / 2e-5;
					expect(Math.abs(slopes[at] - slope), `${tower}, row ${at}`).toBeLessThan(2e-7);
				}
			}
		}
	});
});
