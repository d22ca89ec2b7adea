import type { Tensor1D } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Graph } from "../core/graph";
import { type Loss, logLoss } from "../core/loss";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { lossesOf } from "./losses";
import { tf } from "./native";

beforeEach(() => void tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const graph: Graph = { impression: { click: "ctr" }, click: { conversion: "cvr" } };
const σ = (s: number) => 1 / (1 + Math.exp(-s));
const click = [1, 1, 0, 0, 1];
const conversion = [1, 0, 0, 0, 0];
const ctr = [0.5, -1, -2, 0.25, 1];
const cvr = [1.5, -0.5, 2, -1, 0.125];
const cross = (p: number, y: number) => -(y ? Math.log(p) : Math.log(1 - p));
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;

function loss(losses: Loss[], space: string): number {
	const logits = { ctr: tf.tensor1d(ctr), cvr: tf.tensor1d(cvr) };
	const labels: Record<string, Tensor1D> = { click: tf.tensor1d(click), conversion: tf.tensor1d(conversion) };
	return lossesOf(graph, losses, logits, space, (event) => labels[event]).reduce(
		(sum, one) => sum + one.dataSync()[0],
		0,
	);
}

const onClicks = mean(click.flatMap((c, i) => (c ? [cross(σ(cvr[i]), conversion[i])] : [])));
const ofClicks = mean(click.map((c, i) => cross(σ(ctr[i]), c)));
const ofBoth = mean(conversion.map((y, i) => cross(σ(ctr[i]) * σ(cvr[i]), y)));

describe("lossesOf", () => {
	it("P(conversion | click) on a batch of impressions: the mean over its clicked rows", () => {
		expect(loss([logLoss(pCVR)], "impression")).toBeCloseTo(onClicks, 5);
	});
	it("P(conversion | click) on a batch of clicked rows: the mean over the batch", () => {
		expect(loss([logLoss(pCVR)], "click")).toBeCloseTo(mean(conversion.map((y, i) => cross(σ(cvr[i]), y))), 5);
	});
	it("P(click | impression) and P(conversion | impression): the mean over all rows, each with its own label", () => {
		expect(loss([logLoss(pCTR)], "impression")).toBeCloseTo(ofClicks, 5);
		expect(loss([logLoss(pCTCVR)], "impression")).toBeCloseTo(ofBoth, 5);
	});
	it("a loss over impressions needs no mask, whatever rows the batch was drawn from", () => {
		expect(loss([logLoss(pCTR)], "click")).toBeCloseTo(ofClicks, 5);
	});
	it("several losses add up, each times its weight, masked ones too", () => {
		const sum = 0.5 * ofClicks + 2 * ofBoth + 3 * onClicks;
		expect(loss([logLoss(pCTR, 0.5), logLoss(pCTCVR, 2), logLoss(pCVR, 3)], "impression")).toBeCloseTo(sum, 5);
	});
	it("no row of the space in a batch: 0, not NaN", () => {
		const logits = { ctr: tf.tensor1d([0, 1]), cvr: tf.tensor1d([0, 1]) };
		const [value] = lossesOf(graph, [logLoss(pCVR)], logits, "impression", () => tf.tensor1d([0, 0]));
		expect(value.dataSync()[0]).toBe(0);
	});
});
