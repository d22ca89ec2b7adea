import { describe, expect, it } from "vitest";
import { choosesEpochs, directionOf, type MetricName, probOf } from "./metricName";

describe("a metric's name", () => {
	it.each([
		["auc(conversion|impression)", "conversion|impression", 1],
		["gauc(click|impression)", "click|impression", 1],
		["gauc(conversion|click;weight=clicks)", "conversion|click", 1],
		["logloss(conversion|click)", "conversion|click", -1],
		["truth.auc(conversion|click)", "conversion|click", 1],
		["truth.auc(conversion|do(click))", "conversion|click", 1],
		["truth.rmse(conversion|click)", "conversion|click", -1],
		["truth.kl(click|impression)", "click|impression", -1],
	] as [MetricName, string, number][])("%s: of P(%s), direction %i", (name, prob, direction) => {
		expect([probOf(name), directionOf(name)]).toEqual([prob, direction]);
	});
	it("of no direction, of no kind, or none at all is refused", () => {
		expect(() => directionOf("pcoc(click|impression)")).toThrow("it is best at 1");
		expect(() => directionOf("aucs(click|impression)")).toThrow('"aucs": did you mean "auc"? Known');
		expect(() => directionOf("conversion|impression")).toThrow('write it as "auc(conversion|impression)"');
	});
	it("chooses epochs where one of its kind can", () => {
		const names = ["auc(a|b)", "truth.rmse(a|b;rows=clicked)", "pcoc(a|b)", "ece(a|b)", "f1@1%(a|b)", "truth.mae(a|b)"];
		expect(names.map(choosesEpochs)).toEqual([true, true, false, false, false, false]);
	});
	it("is typed by the graph's probabilities", () => {
		const name: MetricName<"click|impression"> = "auc(click|impression)";
		// @ts-expect-error another probability
		const other: MetricName<"click|impression"> = "auc(conversion|impression)";
		// @ts-expect-error no metric
		const none: MetricName = "loss(click|impression)";
		expect([name, other, none].length).toBe(3);
	});
});
