import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { gbdt } from "../models/gbdt";
import { xgboost } from "../models/xgboost";
import type { TrainEvent } from "../train/fit";
import { readPredictions } from "./predictions";
import { describe as describeRun, execute, hashOf, Interrupted } from "./run";
import { openStore } from "./store";

const folder = temporaryFolders();
const toy = toyDataset({ time: Int32Array.from({ length: 1600 }, (_, row) => row) });
const data = async () => toy;
const hyper = { trees: 5, depth: 3, bins: 8 };
const of = (model: typeof gbdt) => describeRun(model, { hyper, seed: 1, data: "toy" });

it.each([gbdt, xgboost])(
	"a run of $name that was stopped is done from its beginning, with the same result",
	async (model) => {
		const [whole, stopped] = [openStore(folder()), openStore(folder())];
		const final = { by: "a test" };
		const expected = await execute(model, of(model), { store: whole, data, final });
		const abort = new AbortController();
		const on = ({ stage, step }: TrainEvent) => {
			if (stage === 2 && step === 2) abort.abort();
		};
		const run = execute(model, of(model), { store: stopped, data, final, on, signal: abort.signal });
		await expect(run).rejects.toThrow(Interrupted);
		expect(stopped.get(hashOf(of(model)))).toBeUndefined();
		expect(existsSync(stopped.checkpoint(hashOf(of(model))))).toBe(false);
		const again = await execute(model, of(model), { store: stopped, data, final });
		expect(again).toMatchObject({
			metrics: expected.metrics,
			test: expected.test,
			epochs: 2,
			kept: [1, 1],
			findings: [],
		});
		expect(again.predictions?.sha256).toBe(expected.predictions?.sha256);
		expect((await execute(model, of(model), { store: stopped, data, final })).cached).toBe(true);
	},
);

it("a run takes pCTR from trees as it does from a network", async () => {
	const store = openStore(folder());
	const network = { model: gbdt.name, modelVersion: gbdt.version, hyper: of(gbdt).hyper };
	const run = { ...of(xgboost), ctr: network };
	const result = await execute(xgboost, run, { store, data, keep: true });
	const own = await execute(xgboost, of(xgboost), { store, data, keep: true });
	const trees = await execute(gbdt, of(gbdt), { store, data, keep: true });
	expect(trees.cached).toBe(true);
	const [mixed, alone, ctr] = await Promise.all(
		[result, own, trees].map(async ({ run }) => (await readPredictions(store, run, "valid")).predictions),
	);
	expect(mixed[pCTR]).toEqual(ctr[pCTR]);
	expect(mixed[pCVR]).toEqual(alone[pCVR]);
	expect(mixed[pCTCVR]).toEqual(mixed[pCVR].map((p, i) => p * mixed[pCTR][i]));
});
