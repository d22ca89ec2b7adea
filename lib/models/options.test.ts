import { join } from "node:path";
import type { Rank } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { type Model, withHyper } from "../core/model";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { actionDataset } from "../data/toyDataset";
import { evaluate, labelled } from "../metrics/evaluate";
import { tf } from "../tensor/native";
import { engineVersion, fit } from "../train/fit";
import { labelsFor } from "../train/labels";
import { loadModel } from "../train/loadModel";
import { saveModel } from "../train/saveModel";
import golden from "./goldenOptions.json";
import { modelNamed, type NetworkName, networkNames } from "./index";

const folder = temporaryFolders();
const data = actionDataset();
const small = { embedding: 4, itemEmbedding: 0, mlp: [16, 8], lr: 0.02, batch: 64, epochs: 2, dropout: 0 };

/** Trains a network on the toy log; gives its predictions of the test part and what else tells two trainings apart. */
async function trained(name: NetworkName, hyper: Record<string, unknown> = {}, on = data) {
	const fitted = await fit(modelNamed(name), { data: on, seed: 1, hyper: { ...small, ...hyper } });
	const columns = fitted.predict(data.split.test);
	const shapes = Object.fromEntries([...fitted.network.weights].map(([weight, { value }]) => [weight, value.shape]));
	fitted.dispose();
	return { columns, shapes, history: fitted.history, probs: fitted.probs };
}

const logit = (p: number) => Math.log(p / (1 - p));

describe("golden: if it moved on purpose, raise the model's version", () => {
	const options: [NetworkName, Record<string, unknown>][] = [
		["aman", { resample: "once" }],
		["unbias", { mode: "reject" }],
		["esmm", { shareEmbedding: false }],
		["esmm", { shareBottom: 1 }],
		["esmm", { ctcvrWeight: 0.5 }],
		["esmm", { stopCtrGrad: true }],
		["esm2", { itemEmbedding: 6 }],
		["esm2", { dAction: "cart" }],
		["esm2", { extra: "branch" }],
		["hm3", { cvrLoss: 0.5 }],
	];
	const items = actionDataset({
		fields: data.fields.map((field) => (field.name === "a" ? { ...field, group: "item" } : field)),
	});
	it.each(options)("loss of each epoch of %s with %j", async (name, hyper) => {
		const { history } = await trained(name, hyper, items);
		const { version } = modelNamed(name);
		const losses = history.map(({ loss }) => +loss.toPrecision(8));
		const key = `${name} ${JSON.stringify(hyper)}`;
		const known = (golden as Partial<Record<string, { version: number; engineVersion: number; losses: number[] }>>)[
			key
		];
		const now = { version, engineVersion, losses };
		const line = `if this is meant, raise a version and let goldenOptions.json say ${JSON.stringify(key)}: ${JSON.stringify(now)}`;
		expect(known, line).toMatchObject({ version, engineVersion });
		expect(known?.losses.length, line).toBe(losses.length);
		for (const [i, loss] of losses.entries())
			expect(Math.abs(loss / (known?.losses[i] ?? 0) - 1), line).toBeLessThan(1e-4);
	});
});

describe("itemEmbedding", () => {
	const items = actionDataset({
		fields: data.fields.map((field) => (field.name === "a" ? { ...field, group: "item" } : field)),
	});
	it("is ESM²'s 128 for its family, and nothing of its own for ESMM's", () => {
		const wide = ["dnn", "dnn-os", "esm2", "esm2-mi", "hm3", "hm3-r"];
		for (const name of networkNames)
			expect(modelNamed(name).hyper.itemEmbedding, name).toBe(wide.includes(name) ? 128 : 0);
	});
	it.each(networkNames)("%s: the item's features have a table of their own that is as wide", async (name) => {
		const { shapes } = await trained(name, { itemEmbedding: 6, epochs: 1 }, items);
		const tables = Object.entries(shapes).filter(([weight]) => /embedding(\/item)?$/.test(weight));
		const widths = tables.map(([weight, shape]) => [weight.endsWith("/item"), ...shape]);
		expect(new Set(widths.map((one) => one.join()))).toEqual(new Set(["false,7,4", "true,13,6"]));
	});
	it("is a whole number", () => {
		expect(() => withHyper(modelNamed("esm2"), { itemEmbedding: 2.5 })).toThrow(
			'"itemEmbedding" of esm2 must be a whole number of at least 0, not 2.5',
		);
	});
});

describe("ESMM", () => {
	it("without a common embedding is ESMM-NS, bit for bit; with it, it is not", async () => {
		const apart = await trained("esmm", { shareEmbedding: false });
		const { columns } = await trained("esmm-ns");
		expect(apart.columns).toEqual(columns);
		expect((await trained("esmm")).columns).not.toEqual(columns);
	});
	it("shareBottom: the first hidden layers are there once, the others twice", async () => {
		const layers = async (shareBottom: number) =>
			Object.entries((await trained("esmm", { shareBottom, epochs: 1 })).shapes)
				.filter(([weight]) => /\d\/w$/.test(weight))
				.map(([weight, [from, to]]) => `${weight} ${from}→${to}`)
				.sort();
		expect(await layers(0)).toEqual(["ctr/0/w 9→16", "ctr/1/w 16→8", "cvr/0/w 9→16", "cvr/1/w 16→8"]);
		expect(await layers(1)).toEqual(["bottom/0/w 9→16", "ctr/0/w 16→8", "cvr/0/w 16→8"]);
		expect(await layers(2)).toEqual(["bottom/0/w 9→16", "bottom/1/w 16→8"]);
		await expect(layers(3)).rejects.toThrow("shareBottom is 3, but mlp has 2 hidden layers to share");
		await expect(trained("esmm", { shareBottom: 1, shareEmbedding: false })).rejects.toThrow(
			"hidden layers in common (shareBottom) read one embedding",
		);
	});
	it("stopCtrGrad: the CTR tower of its own tables learns from clicks alone, whatever becomes of conversions", async () => {
		const none = actionDataset({ events: { ...data.events, conversion: data.events.cart } });
		const hyper = { stopCtrGrad: true, epochs: 1 };
		const stopped = [await trained("esmm-ns", hyper), await trained("esmm-ns", hyper, none)];
		expect(stopped[0].columns[pCTR]).toEqual(stopped[1].columns[pCTR]);
		expect(stopped[0].columns[pCVR]).not.toEqual(stopped[1].columns[pCVR]);
		const free = [await trained("esmm-ns", { epochs: 1 }), await trained("esmm-ns", { epochs: 1 }, none)];
		expect(free[0].columns[pCTR]).not.toEqual(free[1].columns[pCTR]);
	});
});

describe("ESM²'s dAction", () => {
	const { cart, wish } = data.events;
	it.each([
		["cart", cart],
		["wish", wish],
	])(
		"%s: is what a log gives in which nothing else counts as dAction, in bits and in metrics",
		async (dAction, event) => {
			const others = actionDataset({ events: { ...data.events, dAction: event } });
			const [one, other] = [await trained("esm2", { dAction }), await trained("esm2", {}, others)];
			expect(one.columns).toEqual(other.columns);
			expect(one.columns).not.toEqual((await trained("esm2")).columns);
			const model = modelNamed("esm2");
			const seen = labelsFor(model, withHyper(model, { dAction }), data);
			const rows = data.split.test;
			const metrics = evaluate(one.columns, labelled(seen, rows));
			expect(metrics).toEqual(evaluate(other.columns, labelled(others, rows)));
			const asBoth = evaluate(one.columns, labelled(data, rows));
			const name = "auc(dAction|impression)";
			expect(metrics[name].positives).toBe(rows.reduce((sum, row) => sum + event[row], 0));
			expect(asBoth[name].positives).toBeGreaterThan(metrics[name].positives);
			for (const prob of [pCTR, pCVR, pCTCVR]) expect(metrics[`auc(${prob})`]).toEqual(asBoth[`auc(${prob})`]);
		},
	);
	it("cart: oAction takes in the wish list, and truths about either are left out", () => {
		const column = new Float32Array(data.rows);
		const kept = [pCVR, pCTR, "micro|click", "conversion|do(click)"];
		const gone = ["dAction|click", "conversion|dAction", "conversion|oAction", "dAction|micro"];
		const known = actionDataset({
			events: { ...data.events, oAction: new Uint8Array(data.rows) },
			truth: Object.fromEntries([...kept, ...gone].map((prob) => [prob, column])),
		});
		const model = modelNamed("esm2");
		const of = (dAction: string) => labelsFor(model, withHyper(model, { dAction }), known);
		expect(Object.keys(of("cart").truth).sort()).toEqual(kept.sort());
		expect(of("cart").events.oAction).toEqual(data.events.click.map((y, row) => +(y === 1 && cart[row] === 0)));
		expect(of("cart").events.dAction).toEqual(cart);
		expect(of("both")).toEqual(known);
	});
	it("of a log without the event, or of another name, is refused", async () => {
		const { wish: _, ...events } = data.events;
		await expect(trained("esm2", { dAction: "wish" }, actionDataset({ events }))).rejects.toThrow(
			'the event "wish" is to count as dAction, but the log toy with actions has only click, micro, cart, dAction, conversion',
		);
		await expect(trained("esm2", { dAction: "carts" })).rejects.toThrow(
			'unknown dAction of esm2 "carts": did you mean "cart"?',
		);
		const streamed = { streamed: "nowhere", rows: 100 };
		const cart = fit(modelNamed("esm2"), { data: streamed, seed: 1, hyper: { dAction: "cart" } });
		await expect(cart).rejects.toThrow(
			"takes other events for some, which needs the rows in memory: load nowhere whole",
		);
		await expect(trained("esm2", { extra: "twig" })).rejects.toThrow('unknown extra of esm2 "twig"');
	});
});

describe.each(["oversampling", "dnn-os"] as const)("%s", (name) => {
	it("corrected: the logit of pCVR is lower by ln rate, in every prediction; training is the same", async () => {
		const [raw, corrected] = [await trained(name, { rate: 5 }), await trained(name, { rate: 5, corrected: true })];
		expect(corrected.history).toEqual(raw.history);
		expect(corrected.columns[pCTR]).toEqual(raw.columns[pCTR]);
		raw.columns[pCVR].forEach((p, i) => {
			expect(logit(p) - logit(corrected.columns[pCVR][i])).toBeCloseTo(Math.log(5), 4);
			expect(corrected.columns[pCTCVR][i]).toBeCloseTo(raw.columns[pCTR][i] * corrected.columns[pCVR][i], 6);
		});
	});
	it("corrected: so does the saved model, and any program that adds what its model.json says", async () => {
		const hyper = { ...small, rate: 5, corrected: true };
		const fitted = await fit(modelNamed(name), { data, seed: 1, hyper });
		const at = join(folder(), "corrected.model");
		await saveModel(fitted, at);
		const loaded = await loadModel(at);
		expect(loaded.predictOn(data, data.split.test)).toEqual(fitted.predict(data.split.test));
		const plain = await fit(modelNamed(name), { data, seed: 1, hyper: { ...hyper, corrected: false } });
		expect(loaded.about.priors.cvr).toBeCloseTo(plain.network.priors.cvr - Math.log(5), 12);
		expect(loaded.about.priors.ctr).toBe(plain.network.priors.ctr);
		for (const one of [loaded, fitted, plain]) one.dispose();
	});
	it("a rate below 1 is refused", async () => {
		await expect(trained(name, { rate: 0.5 })).rejects.toThrow(`"rate" of ${name} must be at least 1, not 0.5`);
	});
});

it("a constant model's logit is shifted by ln rate at convergence, and corrected by as much", async () => {
	// No feature is read: the logits are biases, the same for every row.
	const constant: Model = {
		...modelNamed("oversampling"),
		stages: (hyper) => modelNamed("oversampling").stages(hyper).slice(1),
		towers: (nn, x) => {
			const nothing = tf.zeros<Rank.R2>([x.rows, 1]);
			return { ctr: nn.logit("ctr", nothing), cvr: nn.logit("cvr", nothing) };
		},
	};
	// Without a click among the validation rows no epoch is better than another, and the last is kept.
	const valid = data.split.valid.filter((row) => data.events.click[row] === 0);
	const endless = actionDataset({ split: { ...data.split, valid } });
	const at = async (hyper: object) => {
		const all = { lr: 0.05, batch: 5000, epochs: 100, patience: 100, ...hyper };
		const fitted = await fit(constant, { data: endless, seed: 1, hyper: all });
		const [p] = fitted.predict(data.split.test.subarray(0, 1))[pCVR];
		fitted.dispose();
		return logit(p);
	};
	const plain = await at({ rate: 1 });
	expect(Math.abs((await at({ rate: 5 })) - plain - Math.log(5))).toBeLessThan(0.01);
	expect(Math.abs((await at({ rate: 5, corrected: true })) - plain)).toBeLessThan(0.01);
});

describe("AMAN's resample", () => {
	it("once: every epoch has the same rows; epoch: others each time", async () => {
		const rows = async (resample: string) => {
			const counts = new Map<number, number>();
			const fitted = await fit(modelNamed("aman"), {
				...{ data, seed: 1, hyper: { ...small, rate: 0.5, resample, patience: 9 } },
				on: (event) => void (event.stage === 2 && counts.set(event.epoch, event.rows)),
			});
			fitted.dispose();
			return new Set(counts.values()).size;
		};
		expect(await rows("once")).toBe(1);
		expect(await rows("epoch")).toBe(2);
		await expect(rows("never")).rejects.toThrow('unknown resample of aman "never"');
	});
});

it("UNBIAS tells the effective sample size of its weights, no more than there are rows; BASE, which has none, does not", async () => {
	const { history } = await trained("unbias");
	const clicked = data.split.train.filter((row) => data.events.click[row] === 1).length;
	const [ctr, cvr] = [1, 2].map((stage) => history.find((epoch) => epoch.stage === stage));
	expect(ctr).not.toHaveProperty("effectiveRows");
	expect(cvr?.effectiveRows).toBeGreaterThan(0.1 * clicked);
	expect(cvr?.effectiveRows).toBeLessThan(clicked);
	for (const epoch of (await trained("base")).history) expect(epoch).not.toHaveProperty("effectiveRows");
});
