import { describe, expect, it } from "vitest";
import { eventOf, pCTCVR, pCTR, pCVR, spaceOf } from "../core/prob";
import { InputError } from "../core/problem";
import { rowsIn } from "../data/dataset";
import { streamed } from "../data/prepared/streamed";
import { toyDataset } from "../data/toyDataset";
import { gbdt } from "../models/gbdt";
import { xgboost } from "../models/xgboost";
import type { Forest } from "../trees/forest";
import { lineOf } from "./doctor/finding";
import { fit } from "./fit";
import type { FitListener } from "./listener";

const time = Int32Array.from({ length: 1600 }, (_, row) => row >> 1);
const data = toyDataset({ time });
/** Fewer bins than the toy's first id has codes. */
const hyper = { trees: 5, depth: 3, bins: 8 };

describe.each([gbdt, xgboost])("$name", (model) => {
	it("each booster's target statistics count its own event on the training rows of its space alone", async () => {
		const fitted = await fit(model, { data, seed: 1, hyper });
		const { boosted, seen } = fitted.network as Forest;
		expect(seen).toBe("earlier rows");
		const [a, b] = data.fields;
		if (a.kind !== "id" || b.kind !== "id") throw new Error("the toy has changed");
		for (const { prob, rates } of boosted) {
			expect([...rates.keys()]).toEqual(["a"]);
			const rows = rowsIn(data, data.split.train, spaceOf(prob));
			const label = (row: number) => data.events[eventOf(prob)][row];
			const prior = rows.reduce((sum, row) => sum + label(row), 0) / rows.length;
			for (let code = 0; code < a.size; code++) {
				const own = rows.filter((row) => a.ids[row] === code);
				const positives = own.reduce((sum, row) => sum + label(row), 0);
				expect(rates.get("a")?.rate[code]).toBeCloseTo((positives + 20 * prior) / (own.length + 20), 6);
			}
		}
		fitted.dispose();
	});
	it("validation and test rows change nothing but what is measured on them", async () => {
		const events = Object.fromEntries(
			Object.entries(data.events).map(([name, of]) => [name, of.map((y, row) => (row < 700 ? y : 0))]),
		);
		const [one, other] = [
			await fit(model, { data, seed: 1, hyper }),
			await fit(model, { data: toyDataset({ time, events }), seed: 1, hyper }),
		];
		expect(other.predict(data.split.test)).toEqual(one.predict(data.split.test));
		expect(other.history.map(({ value }) => value)).toEqual([null, null]);
		expect(one.history.every(({ value }) => (value as number) > 0.5)).toBe(true);
		for (const fitted of [one, other]) fitted.dispose();
	});
	it("pCTCVR is the product, in the order asked for; rows of another data set with other fields are refused", async () => {
		const fitted = await fit(model, { data, seed: 1, hyper });
		const columns = fitted.predict(data.split.test);
		expect(Object.keys(columns)).toEqual([pCTR, pCVR, pCTCVR]);
		expect(columns[pCTCVR]).toEqual(columns[pCTR].map((p, i) => p * columns[pCVR][i]));
		expect(fitted.predictOn(data, data.split.test)).toEqual(columns);
		const less = { name: "less", fields: data.fields.slice(1) };
		expect(() => fitted.predictOn(less, data.split.test)).toThrow("less is encoded otherwise than toy");
		fitted.dispose();
	});
	it.each<[string, Record<string, unknown>, string]>([
		["trees", { trees: 0 }, 'hyperparameter "trees" of NAME must be a whole number of at least 1, not 0'],
		["shares", { rowShare: 1.5 }, 'hyperparameter "rowShare" of NAME must be above 0 and at most 1, not 1.5'],
		["lr", { lr: 0 }, 'hyperparameter "lr" of NAME must be above 0, not 0'],
		["bins", { bins: 1 }, 'hyperparameter "bins" of NAME must be a whole number from 2 to 65535, not 1'],
		["a name", { dept: 3 }, 'unknown hyperparameter of NAME "dept": did you mean "depth"?'],
	])("refuses hyperparameters that cannot be: %s", async (_, wrong, message) => {
		const refused = fit(model, { data, seed: 1, hyper: wrong });
		await expect(refused).rejects.toThrow(message.replace("NAME", model.name));
		await expect(fit(model, { data, seed: 1, hyper: wrong })).rejects.toThrow(InputError);
	});
	it("refuses a log that cannot teach it, and one that is streamed", async () => {
		const { click } = data.events;
		await expect(fit(model, { data: toyDataset({ events: { click } }), seed: 1 })).rejects.toThrow(
			`${model.name} needs the event "conversion"`,
		);
		await expect(fit(model, { data: streamed("some-log"), seed: 1 })).rejects.toThrow(
			`${model.name} needs all rows in memory, and cannot take those of some-log as a stream`,
		);
	});
});

it("where the time is not known that is a finding, and other users' rows are counted", async () => {
	const user = Int32Array.from(time, (t) => t % 40);
	const heard: string[] = [];
	const on: FitListener = Object.assign(() => {}, { found: (line: string) => heard.push(line) });
	const fitted = await fit(gbdt, { data: toyDataset({ user }), seed: 1, hyper, on });
	expect(fitted.findings.map(lineOf)).toEqual(heard);
	expect(heard).toHaveLength(1);
	expect(heard[0]).toContain(
		"target statistics: ids are made out of fold, of rows of other users, since toy does not know",
	);
	const withTime = await fit(gbdt, { data, seed: 1, hyper });
	expect(withTime.findings).toEqual([]);
	expect(fitted.predict(data.split.test)).not.toEqual(withTime.predict(data.split.test));
	for (const one of [fitted, withTime]) one.dispose();
});

it("trees that end before their number is reached are a finding", async () => {
	const fitted = await fit(gbdt, { data, seed: 1, hyper: { ...hyper, minRows: 600 } });
	expect(fitted.findings.map(lineOf)).toEqual(
		[pCTR, pCVR].map((prob) => expect.stringContaining(`few trees: P(${prob}) has 1 of 5 trees`)),
	);
	fitted.dispose();
});

it.each([
	["gbdt", gbdt],
	["xgboost", xgboost],
])("%s whose every prediction is the same is told as collapsed", async (_, model) => {
	const fitted = await fit(model, { data, seed: 1, hyper: { ...hyper, lr: 1e-30 } });
	expect(fitted.findings.map(lineOf)).toEqual([
		expect.stringMatching(
			/^collapsed tower: P\(click\|impression\) is 0\.\d+ on all 300 validation rows, with all 5 trees\. Look at: lr \(now 1e-30\)/,
		),
		expect.stringContaining("collapsed tower: P(conversion|click) is "),
	]);
	fitted.dispose();
});
