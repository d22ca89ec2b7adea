import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { xgboost } from "../models/xgboost";
import { openStore } from "./store";
import { insideTraining, lastDays } from "./subsample";
import { chooseWindow } from "./window";

const folder = temporaryFolders();
const hyper = { trees: 8, depth: 3, bins: 8 };
/** 20 rows a day: 35 days of training. */
const time = Int32Array.from({ length: 1600 }, (_, row) => row * 4320);
const data = toyDataset({ time });
/** The same, where clicks and conversions of the first 15 days are those of other rows: what is older misleads. */
const changed = toyDataset({ time, fingerprint: "changed" });
const { events } = data;
changed.events.conversion.set(events.click.subarray(0, 300).map((click, row) => click - events.conversion[row]));
/** The same of the 15 days before those that are held out: what is recent misleads. */
const recent = toyDataset({ time, fingerprint: "recent" });
recent.events.conversion.set(
	events.click.subarray(300, 600).map((click, i) => click - events.conversion[300 + i]),
	300,
);

it("the last days of the training part are held out, and neither the validation nor the test part is looked at", () => {
	const { split, fingerprint } = insideTraining(data, 5);
	expect([split.train.length, split.valid.length, split.test.length]).toEqual([600, 100, 0]);
	expect([...split.valid]).toEqual(Array.from({ length: 100 }, (_, i) => 600 + i));
	expect([data.fingerprint, insideTraining(data, 4).fingerprint]).not.toContain(fingerprint);
	expect(() => insideTraining(data, 35)).toThrow("has no more than 35 days");
	expect(() => insideTraining(toyDataset(), 5)).toThrow("does not tell the time of its rows");
});

it("a window is chosen that is better on the days held out, and says what was tried", async () => {
	const of = { store: openStore(folder()), seed: 1, hyper, days: 15 };
	const drifted = await chooseWindow(xgboost, { ...of, data: changed });
	expect(drifted.days).toBe(15);
	expect(drifted.tried.map(({ days, rows }) => [days, rows])).toEqual([
		[undefined, 600],
		[15, lastDays(insideTraining(data, 5), 15).split.train.length],
	]);
	const [all, last] = drifted.tried.map(({ metric }) => metric.value as number);
	expect(last).toBeGreaterThan(all);
	expect(drifted.told).toBe(
		`xgboost: the last 15 days are trained on, by auc(conversion|click) on the last 5 days of the training part: all days (600 rows): ${all.toFixed(4)} ± ${drifted.tried[0].metric.se?.toFixed(4)}; the last 15 days (300 rows): ${last.toFixed(4)} ± ${drifted.tried[1].metric.se?.toFixed(4)}`,
	);
	const loss = await chooseWindow(xgboost, { ...of, data: changed, metric: "logloss(conversion|click)" });
	expect(loss.days).toBe(15);
	expect(loss.tried[1].metric.value).toBeLessThan(loss.tried[0].metric.value as number);
});

it("all days are chosen where the last ones are worse", async () => {
	const of = { store: openStore(folder()), seed: 1, hyper };
	const worse = await chooseWindow(xgboost, { ...of, data: recent, days: 15 });
	expect(worse).not.toHaveProperty("days");
	const [all, last] = worse.tried.map(({ metric }) => metric.value as number);
	expect(last).toBeLessThan(all);
	expect(worse.told).toContain("xgboost: all days are trained on");
});

it("all days are kept where no window can be judged", async () => {
	const none = toyDataset({ time, fingerprint: "none" });
	none.events.conversion.fill(0, 600, 700);
	const window = await chooseWindow(xgboost, { store: openStore(folder()), data: none, seed: 1, hyper });
	expect(window).not.toHaveProperty("days");
	expect(window.told).toContain("xgboost: all days are trained on");
});

it("a metric that cannot choose, or that there is none of, is refused by name before anything is trained", async () => {
	const at = folder();
	const by = (metric: string) => chooseWindow(xgboost, { store: openStore(at), data, seed: 1, hyper, metric });
	await expect(by("acu(conversion|click)")).rejects.toThrow('"acu": did you mean "auc"?');
	await expect(by("auc(cart|click)")).rejects.toThrow("the behaviour graph of xgboost gives no P(cart|click)");
	await expect(by("truth.auc(conversion|click)")).rejects.toThrow('unknown metric to choose by "truth.auc(conversion');
	await expect(by("pcoc(conversion|click)")).rejects.toThrow("neither more nor less");
	expect(readdirSync(at)).toEqual([]);
});

it("one model is trained where the training part has no more days than the window", async () => {
	const at = folder();
	const window = await chooseWindow(xgboost, { store: openStore(at), data, seed: 1, hyper, days: 30 });
	expect(window).not.toHaveProperty("days");
	expect(window.tried.map(({ days, rows }) => [days, rows])).toEqual([[undefined, 600]]);
	expect(window.told).toMatch(/before these it has no more than 30 days, so the window is all of it$/);
	expect(readdirSync(at).filter((name) => name.endsWith(".json"))).toHaveLength(1);
});
