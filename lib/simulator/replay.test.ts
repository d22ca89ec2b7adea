import { describe, expect, test } from "vitest";
import { checkSchema } from "../data/schema";
import { testDay } from "./beside";
import { idFeatures, numberFeatures } from "./features";
import { replayTable } from "./replay";
import { loggedScores, rankingOutcome, simulatedAb } from "./rerank";
import { simulate } from "./simulate";

const log = simulate({ preset: "tiny", seed: 1, knobs: { replayRequests: 150, delay: 5, cvr: 0.3 } });
const replay = replayTable(log);
const c = replay.columns as Record<string, Int32Array>;
const m = log.columns as Record<string, Int32Array>;

test("each request is of a test day and has all its candidates, those shown among them", () => {
	expect([replay.requests, replay.candidates, replay.slate, replay.rows]).toEqual([150, 60, 10, 9000]);
	for (let first = 0; first < replay.rows; first += 60) {
		const rows = Array.from({ length: 60 }, (_, k) => first + k);
		expect(new Set(rows.map((row) => c.request[row])).size).toBe(1);
		expect(new Set(rows.map((row) => c.item[row])).size).toBe(60);
		expect(c.day[first]).toBeGreaterThanOrEqual(testDay(log.knobs));
		const shown = rows.filter((row) => c.logged_position[row] > 0);
		expect(shown.map((row) => c.logged_position[row]).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
	}
	expect(new Set(c.request).size).toBe(150);
	expect(Math.min(...c.logged_position)).toBe(0);
});

test("a candidate that was shown has the features of its impression, but for the position", () => {
	for (let row = 0; row < replay.rows; row++) {
		if (c.logged_position[row] === 0) continue;
		const impression = c.request[row] * 10 + c.logged_position[row] - 1;
		for (const name of [...idFeatures, ...numberFeatures, "time", "day"])
			if (name !== "position" && c[name][row] !== m[name][impression]) expect.fail(`${name} of row ${row}`);
		expect(c.position[row]).toBe(1);
		expect([replay.sequences.start[row], replay.sequences.length[row]]).toEqual([
			log.sequences.start[impression],
			log.sequences.length[impression],
		]);
		const exam = c.logged_position[row] ** -log.knobs.eta;
		expect(Math.abs(exam * c.pctr1[row] - m.pctr[impression])).toBeLessThan(1e-7);
		expect(Math.abs(exam * c.pctcvr1[row] - m.pctcvr[impression])).toBeLessThan(1e-7);
		expect(Math.abs(c.pcvr_obs[row] - m.pcvr_obs[impression])).toBeLessThan(1e-6);
	}
});

test("the truths at position 1 multiply", () => {
	for (let row = 0; row < replay.rows; row++)
		if (Math.abs(c.pctcvr1[row] - c.pctr1[row] * c.pcvr_obs[row]) > 1e-6) expect.fail(`row ${row}`);
});

test("with no more test requests than asked for it takes them all", () => {
	const few = replayTable(simulate({ preset: "tiny", seed: 1, knobs: { N: 500, replayRequests: 9000 } }));
	expect(few.requests).toBeGreaterThan(10);
	expect(few.requests).toBeLessThan(50);
});

test("no oracle column of it can become a feature", () => {
	const { schema, columns } = replay;
	expect(() => checkSchema(schema, Object.keys(columns))).not.toThrow();
	for (const column of schema.oracle ?? []) {
		const features = { ...schema.features, [column]: { kind: "number" as const } };
		expect(() => checkSchema({ ...schema, features }, Object.keys(columns)), column).toThrow("cannot be a feature");
	}
	expect(schema.oracle).toEqual(["logged_position", "pctr1", "pcvr_obs", "pctcvr1"]);
});

describe("a ranking", () => {
	test("that is the logged one brings what the log's slates bring", () => {
		const { clicks, conversions } = rankingOutcome(replay, loggedScores(replay));
		for (let r = 0; r < replay.requests; r++) {
			const first = c.request[r * 60] * 10;
			const sum = (column: ArrayLike<number>) =>
				Array.from({ length: 10 }, (_, k) => column[first + k]).reduce((a, b) => a + b);
			expect(Math.abs(clicks[r] - sum(m.pctr))).toBeLessThan(1e-6);
			expect(Math.abs(conversions[r] - sum(m.pctcvr))).toBeLessThan(1e-6);
		}
	});

	test("by the truth brings the most, the reverse the least, each at its new position", () => {
		const truth = replay.columns.pctcvr1 as Float32Array;
		const best = rankingOutcome(replay, truth);
		const worst = rankingOutcome(
			replay,
			truth.map((p) => -p),
		);
		const logged = rankingOutcome(replay, loggedScores(replay));
		for (let r = 0; r < replay.requests; r++) {
			const sorted = Array.from(truth.slice(r * 60, r * 60 + 60)).sort((a, b) => b - a);
			const expected = sorted.slice(0, 10).reduce((sum, p, at) => sum + p * (at + 1) ** -log.knobs.eta, 0);
			expect(Math.abs(best.conversions[r] - expected)).toBeLessThan(1e-9);
			expect(best.conversions[r]).toBeGreaterThanOrEqual(logged.conversions[r]);
			expect(worst.conversions[r]).toBeLessThanOrEqual(logged.conversions[r]);
		}
	});

	test("in a simulated A/B test against itself differs by nothing, and the best one by more than chance", () => {
		const logged = loggedScores(replay);
		const same = simulatedAb(replay, logged, logged, { seed: 1, draws: 50 });
		expect(same.lift.conversions).toEqual({ value: 0, se: 0, low: 0, high: 0 });
		const ab = simulatedAb(replay, replay.columns.pctcvr1 as Float32Array, logged, { seed: 1 });
		expect(ab.lift.conversions.low).toBeGreaterThan(0.2);
		expect(ab.lift.conversions.low).toBeLessThan(ab.lift.conversions.value);
		expect(ab.lift.conversions.high).toBeGreaterThan(ab.lift.conversions.value);
		expect(ab.cvr).toBeCloseTo(ab.conversions / ab.clicks, 12);
		expect(ab.lift.conversions.value).toBeCloseTo(ab.conversions / ab.baseline.conversions - 1, 12);
		expect(simulatedAb(replay, replay.columns.pctcvr1 as Float32Array, logged, { seed: 1 })).toEqual(ab);
	});

	test("needs a score for each candidate", () => {
		expect(() => rankingOutcome(replay, [1, 2])).toThrow("2 scores for 9000 candidates");
		expect(() => rankingOutcome(replay, new Float32Array(9000).fill(Number.NaN))).toThrow(/row 0 is NaN/);
	});
});

test("asked for from a later day on, it takes requests of those days alone, and is another table", () => {
	const late = replayTable(log, 61);
	expect(Math.min(...(late.columns.day as Int32Array))).toBeGreaterThanOrEqual(61);
	expect(late.requests).toBe(150);
	expect(late.fingerprint).not.toBe(replay.fingerprint);
	expect(replayTable(log, testDay(log.knobs)).fingerprint).toBe(replay.fingerprint);
});
