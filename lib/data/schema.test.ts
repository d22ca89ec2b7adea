import { describe, expect, it } from "vitest";
import { checkSchema, type Schema } from "./schema";
import { toyLog } from "./toyLog";

const check = (change: Partial<Schema>) => () => {
	const { schema, columns } = toyLog();
	checkSchema({ ...schema, ...change }, Object.keys(columns));
};

describe("checkSchema", () => {
	it("takes a right schema", () => {
		expect(check({})).not.toThrow();
	});
	it("an event is never a feature, under whatever name its column goes", () => {
		expect(check({ features: { is_buy: { kind: "id" } } })).toThrow(
			'column "is_buy" is the event "conversion" and cannot be a feature: it is not known when the prediction is made. Remove it from "features"',
		);
	});
	it("the truth is never a feature", () => {
		expect(check({ features: { pcvr: { kind: "number" } } })).toThrow(
			'column "pcvr" is an oracle column and cannot be a feature. Remove it from "features"',
		);
	});
	it.each([
		[{ events: { click: "clicked" } }, 'unknown column of event "click" "clicked": did you mean'],
		[{ implies: { conversion: "clck" } }, 'unknown event in implies "clck": did you mean "click"?'],
		[{ implies: { buy: "click" } }, 'unknown event in implies "buy"'],
		[{ user: "ui" }, 'unknown user column "ui": did you mean "uid"?'],
		[{ time: "secnd" }, 'unknown time column "secnd": did you mean "second"?'],
		[{ oracle: ["pcv"] }, 'unknown oracle column "pcv": did you mean "pcvr"?'],
		[{ features: { prise: { kind: "number" } } }, 'unknown feature column "prise": did you mean "price"?'],
		[{ features: { tags: { kind: "ids", weights: "ww" } } }, 'unknown weights column "ww": did you mean "w"?'],
	] as [Partial<Schema>, string][])("names what is not there: %j", (change, message) => {
		expect(check(change)).toThrow(message);
	});
});
