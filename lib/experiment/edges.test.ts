import { describe, expect, it } from "vitest";
import type { AnyModel, Model } from "../core/model";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { modelNamed } from "../models/index";
import { edgesWithTruth } from "./edges";
import { describe as describeRun, execute } from "./run";
import { load } from "./source";
import { openStore } from "./store";

const folder = temporaryFolders();
const truth = [
	pCTR,
	pCVR,
	"conversion|do(click)",
	pCTCVR,
	"micro|click",
	"dAction|click",
	"conversion|dAction",
	"conversion|oAction",
	"dAction|micro",
	"dAction|oMicro",
];
const known = Object.fromEntries(truth.map((prob) => [prob, true]));

describe("edges of a graph whose truth is known", () => {
	it.each([
		[
			"hm3",
			["micro|click", "dAction|click", "conversion|dAction", "conversion|oAction", "dAction|micro", "dAction|oMicro"],
		],
		["esm2-mi", ["micro|click", "dAction|click", "conversion|dAction", "conversion|oAction"]],
		["esm2", ["dAction|click", "conversion|dAction", "conversion|oAction"]],
		["hm3-r", ["micro|click", "dAction|click", "conversion|dAction", "conversion|oAction"]],
		["esmm", []],
		["division", []],
	])("of %s", (name, edges) => {
		expect(edgesWithTruth((modelNamed(name) as Model).graph, known, [pCTR, pCVR, pCTCVR])).toEqual(edges);
	});
	it("a run that opens the test part judges them there, and a model without such edges has no more than before", async () => {
		const source = { source: "simulator", preset: "tiny", rows: 6000, logSeed: 1, split: "esm2" } as const;
		const data = await load(source);
		const done = (name: string) => {
			const model = modelNamed(name) as AnyModel;
			const hyper = { embedding: 4, mlp: [8], epochs: 1, batch: 256 };
			const run = describeRun(model, { hyper, seed: 1, data: data.fingerprint });
			return execute(model, run, { store: openStore(folder()), data: async () => data, final: { by: "a test" } });
		};
		const [hm3, esmm] = [await done("hm3"), await done("esmm")];
		const judged = (metrics: object = {}) => Object.keys(metrics).filter((name) => name.startsWith("truth.auc("));
		expect(judged(hm3.test)).toHaveLength(10);
		expect(judged(hm3.metrics)).toHaveLength(4);
		expect(judged(esmm.test)).toHaveLength(4);
		// Of a tower that learnt nothing the ratio would be that of the priors: within a factor of two, and no 0 or infinity.
		const edge = hm3.test?.["truth.pcoc(dAction|oMicro)"];
		expect(edge).toMatchObject({ space: "impression", n: data.split.test.length });
		expect(Math.abs(Math.log(edge?.value ?? 0))).toBeLessThan(Math.log(2));
		// The right truth: that of the micro edge would be off by a factor of about seven.
		const sum = data.split.test.reduce((all, row) => all + data.truth["dAction|oMicro"][row], 0);
		expect(edge?.positives).toBeCloseTo(sum, 3);
	});
});
