import { expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { actionDataset } from "../data/toyDataset";
import { modelNamed, type NetworkName } from "../models/index";
import { readPredictions } from "./predictions";
import { describe, execute } from "./run";
import { openStore } from "./store";

const folder = temporaryFolders();
const data = actionDataset();

/** A final run of a network on the toy log, and its store. */
async function ran(name: NetworkName, hyper: Record<string, unknown> = {}) {
	const model = modelNamed(name);
	const small = { embedding: 4, itemEmbedding: 0, mlp: [8], epochs: 2, batch: 128, lr: 0.05, ...hyper };
	const store = openStore(folder());
	const run = describe(model, { hyper: small, seed: 1, data: "toy" });
	return { store, result: await execute(model, run, { store, data: async () => data, final: { by: "a test" } }) };
}

it("metrics and kept labels of dAction are those of the event that counts as it", async () => {
	const { cart, dAction } = data.events;
	const carts = (rows: Int32Array) => rows.reduce((sum, row) => sum + cart[row], 0);
	const { store, result } = await ran("esm2", { dAction: "cart" });
	expect(result.metrics["auc(dAction|impression)"].positives).toBe(carts(data.split.valid));
	expect(result.test?.["auc(dAction|impression)"].positives).toBe(carts(data.split.test));
	const kept = await readPredictions(store, result.run, "test");
	expect([...kept.events.dAction]).toEqual([...data.split.test].map((row) => cart[row]));
	expect([...kept.events.oAction]).toEqual([...data.split.test].map((row) => +(data.events.click[row] && !cart[row])));
	const both = await ran("esm2");
	const all = data.split.test.reduce((sum, row) => sum + dAction[row], 0);
	expect(both.result.test?.["auc(dAction|impression)"].positives).toBe(all);
	expect(all).toBeGreaterThan(carts(data.split.test));
});

it("with losses on the branches of ESM², both are measured over their own rows", async () => {
	const { result } = await ran("esm2", { extra: "branch" });
	const { click, dAction } = data.events;
	const rows = (of: (row: number) => boolean) => data.split.test.filter(of).length;
	expect(result.test?.["auc(conversion|dAction)"].n).toBe(rows((row) => dAction[row] === 1));
	expect(result.test?.["auc(conversion|oAction)"].n).toBe(rows((row) => click[row] === 1 && dAction[row] === 0));
});

it("UNBIAS's result says the effective sample size of its weights; BASE's, which has none, does not", async () => {
	const { result } = await ran("unbias");
	const clicked = data.split.train.filter((row) => data.events.click[row] === 1).length;
	expect(result.effectiveRows).toBeGreaterThan(0.1 * clicked);
	expect(result.effectiveRows).toBeLessThan(clicked);
	expect((await ran("base")).result).not.toHaveProperty("effectiveRows");
});
