import { beforeAll, describe, expect, it } from "vitest";
import type { Model } from "../core/model";
import { rowsIn } from "../data/dataset";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { base } from "../models/base";
import { esmm } from "../models/esmm";
import { compareRuns } from "./compareRuns";
import { describe as describeRun, execute } from "./run";
import { openStore, type Store } from "./store";

const folder = temporaryFolders();
const user = Int32Array.from({ length: 1600 }, (_, row) => row % 200);
const data = toyDataset({ user });
const hyper = { embedding: 4, mlp: [8], epochs: 2, batch: 128 };
let store: Store;
const hashes: string[] = [];
const aucs: (number | null | undefined)[] = [];

beforeAll(async () => {
	store = openStore(folder());
	for (const model of [base, esmm] as unknown as Model[]) {
		const run = describeRun(model, { hyper, seed: 1, data: "toy" });
		const result = await execute(model, run, { store, data: async () => data, final: { by: "a test" } });
		hashes.push(result.run);
		aucs.push(result.test?.["auc(conversion|click)"].value);
	}
});

describe("two runs on the same rows", () => {
	it("are compared on the rows of the metric's space, over users", async () => {
		const of = await compareRuns(store, hashes[0].slice(0, 8), hashes[1], "auc(conversion|click)", { replicates: 50 });
		expect(of.a).toBeCloseTo(aucs[0] as number, 12);
		expect(of.b).toBeCloseTo(aucs[1] as number, 12);
		expect(of.difference).toBeCloseTo((aucs[0] as number) - (aucs[1] as number), 12);
		expect(of.rows).toBe(rowsIn(data, data.split.test, "click").length);
		expect(of.clusters).toBeLessThanOrEqual(200);
		expect(of.low).toBeLessThan(of.difference as number);
	});
	it("that cannot be compared say why", async () => {
		const [a, b] = hashes;
		const of = (metric: string, one = a, other = b) => compareRuns(store, one, other, metric);
		await expect(of("ece(conversion|click)")).rejects.toThrow(/unknown metric that runs are compared by .*auc/);
		await expect(of("auc(conversion|dAction)")).rejects.toThrow(/different rows|unknown probability/);
		await expect(of("auc(conversion|click)", "0000")).rejects.toThrow("no run 0000 is in the store");
		await expect(of("auc(conversion|click)", "")).rejects.toThrow("2 runs begin with : give more characters");
		await expect(
			compareRuns(store, a, b, "auc(click|impression)", { part: "valid", replicates: 10 }),
		).resolves.toBeTruthy();
		const elsewhere = describeRun(esmm as unknown as Model, { hyper, seed: 1, data: "other" });
		const { test } = data.split;
		const other = async () => ({ ...data, fingerprint: "other", split: { ...data.split, test: test.slice(0, 300) } });
		const { run } = await execute(esmm as unknown as Model, elsewhere, { store, data: other, final: { by: "a test" } });
		await expect(of("auc(conversion|click)", a, run)).rejects.toThrow("were measured on different rows");
	});
});
