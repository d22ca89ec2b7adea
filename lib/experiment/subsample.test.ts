import { describe, expect, it } from "vitest";
import { toyDataset } from "../data/toyDataset";
import { base } from "../models/base";
import { describe as describeRun, hashOf } from "./run";
import { lastDays, subsample } from "./subsample";

const toy = toyDataset();
/** 100 rows a day, so 7 days of training, 3 of validation, 6 of test; the log begins in the middle of a day. */
const timed = toyDataset({ time: Int32Array.from({ length: toy.rows }, (_, row) => 43_200 + row * 864) });

describe("the last days of the training part", () => {
	it("are whole days from midnight on, counted back from the last training row's", () => {
		// The last training row is of day 7, which began with row 650; day 0 has 50 rows.
		expect([1, 2, 7].map((days) => lastDays(timed, days).split.train.length)).toEqual([50, 150, 650]);
		expect([...lastDays(timed, 2).split.train]).toEqual(Array.from({ length: 150 }, (_, i) => 550 + i));
		expect(lastDays(timed, 8).split.train).toEqual(timed.split.train);
		expect(lastDays(timed, 99).split.train).toEqual(timed.split.train);
	});
	it("leave validation, test and fields as they are, and have a fingerprint of their own", () => {
		const last = lastDays(timed, 2);
		expect([last.split.valid, last.split.test]).toEqual([timed.split.valid, timed.split.test]);
		expect(last.fields).toBe(timed.fields);
		expect(new Set([timed, last, lastDays(timed, 3)].map(({ fingerprint }) => fingerprint)).size).toBe(3);
	});
	it("are told to be all of them where there are no more", () => {
		expect([7, 8, 99].map((days) => lastDays(timed, days).remarks)).toEqual([
			undefined,
			[{ reason: "rows of a training part of no more than 8 days: all are trained on", count: 700, first: "row 0" }],
			[{ reason: "rows of a training part of no more than 99 days: all are trained on", count: 700, first: "row 0" }],
		]);
	});
	it("come before a share, which is of them", () => {
		const { train } = subsample(lastDays(timed, 2), 0.5).split;
		expect(train.length).toBeGreaterThan(40);
		expect(train.length).toBeLessThan(110);
		expect(train.every((row) => row >= 550 && row < 700)).toBe(true);
	});
	it("need a time, and a whole number of days", () => {
		expect(() => lastDays(toy, 2)).toThrow("toy does not tell the time of its rows");
		for (const days of [0, 1.5, -1, Number.NaN])
			expect(() => lastDays(timed, days)).toThrow("must be a whole number of at least 1");
	});
	it("are part of a run's hash, but not of a run on all days", () => {
		const run = (more: object) => describeRun(base, { seed: 1, data: "x", ...more });
		expect(run({})).not.toHaveProperty("days");
		expect(new Set([run({}), run({ days: 3 }), run({ days: 4 })].map((one) => hashOf(one))).size).toBe(3);
		expect(() => run({ days: 0.5 })).toThrow("whole number");
	});
});
