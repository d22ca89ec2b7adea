import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { stream } from "../core/random";
import { evaluate, evaluateScored, type Labelled, labelled } from "./evaluate";

// Rows 0–3 are clicked, row 0 and 2 convert.
const rows: Labelled = {
	events: { click: Uint8Array.of(1, 1, 1, 1, 0, 0), conversion: Uint8Array.of(1, 0, 1, 0, 0, 0) },
	truth: {},
};
const scores = Float32Array.of(0.5, 0.25, 0.5, 0.75, 0.875, 0.125);
const log = Math.log;

describe("the rows a metric is taken over", () => {
	it("P(conversion | click): clicked rows alone", () => {
		const metrics = evaluate({ [pCVR]: scores }, rows);
		// positives at 0.5, 0.5 against 0.25 and 0.75: two of four pairs won
		expect(metrics["auc(conversion|click)"]).toMatchObject({ value: 0.5, space: "click", n: 4, positives: 2 });
		expect(metrics["pcoc(conversion|click)"]).toMatchObject({ value: 1, space: "click", n: 4, positives: 2 });
		expect(metrics["logloss(conversion|click)"].value).toBeCloseTo(-(2 * log(0.5) + log(0.75) + log(0.25)) / 4, 6);
	});
	it("P(conversion | impression): all rows", () => {
		const metrics = evaluate({ [pCTCVR]: scores }, rows);
		// 0.5, 0.5 against 0.25, 0.75, 0.875, 0.125: four of eight pairs
		expect(metrics["auc(conversion|impression)"]).toMatchObject({
			value: 0.5,
			space: "impression",
			n: 6,
			positives: 2,
		});
		expect(metrics["pcoc(conversion|impression)"].value).toBeCloseTo(1.5, 12);
		const sum = 2 * log(0.5) + log(0.75) + log(0.25) + log(0.125) + log(0.875);
		expect(metrics["logloss(conversion|impression)"].value).toBeCloseTo(-sum / 6, 6);
	});
	it("P(click | impression): clicks are the labels", () => {
		// 0.5, 0.25, 0.5, 0.75 against 0.875 and 0.125: four of eight pairs
		expect(evaluate({ [pCTR]: scores }, rows)["auc(click|impression)"]).toMatchObject({ value: 0.5, positives: 4 });
		expect(evaluate({ [pCTR]: scores }, rows)["pcoc(click|impression)"].value).toBeCloseTo(0.75, 12);
	});
	it("each metric has a standard error", () => {
		const { predictions, rows } = sample(1e7);
		const metrics = Object.entries(
			evaluate(predictions, { ...rows, user: Int32Array.from(rows.events.click, (_, i) => i % 500) }),
		);
		// Of each Prob 15 with 3 GAUCs, and of each truth 7, 6 more of what is no click.
		expect(metrics.length).toBe(3 * (15 + 3) + 4 * 7 + 3 * 6);
		for (const [name, { value, se }] of metrics)
			expect([name, Number.isFinite(value), (se ?? 0) > 0]).toEqual([name, true, true]);
	});
});

describe("what cannot be computed", () => {
	it("is null with a reason, not a number", () => {
		const none = { events: { click: Uint8Array.of(1, 1, 0), conversion: new Uint8Array(3) }, truth: {} };
		const metrics = evaluate({ [pCVR]: Float32Array.of(0.5, 0.25, 0.5) }, none);
		const missing = { value: null, se: null, space: "click", n: 2, positives: 0 };
		const reason = "no conversion among the 2 rows of the space";
		expect(metrics["auc(conversion|click)"]).toEqual({ ...missing, reason });
		expect(metrics["pcoc(conversion|click)"]).toEqual({ ...missing, reason });
		expect(metrics["logloss(conversion|click)"].value).toBeCloseTo(-(log(0.5) + log(0.75)) / 2, 6);
	});
	it("one class alone has no AUC, but a ratio", () => {
		const all = { events: { click: Uint8Array.of(1, 1) }, truth: {} };
		const metrics = evaluate({ [pCTR]: Float32Array.of(0.5, 0.25) }, all);
		expect(metrics["auc(click|impression)"]).toMatchObject({
			value: null,
			reason: "every one of the 2 rows is a click",
		});
		expect(metrics["pcoc(click|impression)"].value).toBe(0.375);
	});
	it("one row has values, and no standard error", () => {
		const one: Labelled = {
			events: { click: Uint8Array.of(1), conversion: Uint8Array.of(1) },
			truth: { [pCVR]: Float32Array.of(0.25) },
		};
		const metrics = evaluate({ [pCVR]: Float32Array.of(0.5) }, one);
		expect(metrics["logloss(conversion|click)"]).toMatchObject({ value: Math.log(2), se: null });
		expect(metrics["pcoc(conversion|click)"]).toMatchObject({ value: 0.5, se: null });
		expect(metrics["truth.rmse(conversion|click)"]).toMatchObject({ value: 0.25, se: null });
		expect(metrics["truth.mae(conversion|click;rows=clicked)"]).toMatchObject({ value: 0.25, se: null });
		for (const { se } of Object.values(metrics)) expect(se).toBeNull();
	});
	it("no row at all has no log-loss either", () => {
		const noClick = { events: { click: new Uint8Array(2), conversion: new Uint8Array(2) }, truth: {} };
		const metrics = evaluate({ [pCVR]: Float32Array.of(0.5, 0.25) }, noClick);
		for (const name of ["auc", "logloss", "pcoc"])
			expect(metrics[`${name}(conversion|click)`]).toMatchObject({ value: null, n: 0 });
	});
});

describe("log-loss", () => {
	it("holds p away from 0 and 1 by 1e-7", () => {
		const metrics = evaluate({ [pCTR]: Float32Array.of(0, 1) }, { events: { click: Uint8Array.of(1, 0) }, truth: {} });
		expect(metrics["logloss(click|impression)"].value).toBeCloseTo(-log(1e-7), 6);
		const right = evaluate({ [pCTR]: Float32Array.of(1, 0) }, { events: { click: Uint8Array.of(1, 0) }, truth: {} });
		expect(right["logloss(click|impression)"].value).toBeCloseTo(1e-7, 12);
	});
});

it("the share of scores above 1, among all rows and not those of the space alone; told where there are any", () => {
	const rows = { events: { click: Uint8Array.of(1, 1, 0, 0), conversion: Uint8Array.of(1, 0, 0, 0) }, truth: {} };
	const metrics = evaluate({ [pCVR]: Float32Array.of(1, 0.5, 1.25, 0.1) }, rows);
	expect(metrics["above1(conversion|click)"]).toEqual({
		...{ value: 0.25, space: "impression", n: 4, positives: 1 },
		se: Math.sqrt((0.25 * 0.75) / 4),
	});
	expect(evaluate({ [pCVR]: Float32Array.of(1, 0.5, 1, 0.1) }, rows)).not.toHaveProperty("above1(conversion|click)");
});

describe("against the truth", () => {
	const truth = { [pCVR]: Float32Array.of(0.5, 0.25, 0.5, 0.5, 0.5, 0.25) };
	it("is taken over all impressions, clicked or not", () => {
		const metrics = evaluate({ [pCVR]: scores }, { ...rows, truth });
		const about = { space: "impression", n: 6, positives: 2.5 };
		for (const name of ["auc", "rmse", "pcoc", "kl"])
			expect(metrics[`truth.${name}(conversion|click)`], name).toMatchObject(about);
		expect(metrics["truth.rmse(conversion|click)"].value).toBeCloseTo(
			Math.sqrt((0.25 ** 2 + 0.375 ** 2 + 0.125 ** 2) / 6),
			7,
		);
		expect(metrics["truth.pcoc(conversion|click)"].value).toBeCloseTo(3 / 2.5, 12);
		expect(Object.keys(metrics).filter((name) => name.startsWith("truth"))).toHaveLength(7 + 6);
	});
	it("pCVR, and it alone, is judged against P(conversion | do(click)) too", () => {
		const both = { ...truth, "conversion|do(click)": scores, [pCTCVR]: scores };
		const metrics = evaluate({ [pCVR]: scores, [pCTCVR]: scores, [pCTR]: scores }, { ...rows, truth: both });
		expect(metrics["truth.rmse(conversion|do(click))"].value).toBe(0);
		expect(metrics["truth.rmse(conversion|impression)"].value).toBe(0);
		expect(metrics["truth.rmse(conversion|click)"].value).toBeGreaterThan(0.1);
		const other = evaluate({ [pCTR]: scores }, { ...rows, truth: both });
		expect(Object.keys(other).filter((name) => name.startsWith("truth"))).toEqual([]);
	});
});

describe("within users", () => {
	// Row 5 has no user.
	const byUser: Labelled = { ...rows, user: Int32Array.of(2, 2, 0, 2, 0, -1) };
	it("P(conversion | click) among a user's clicked rows, weighed by them; users with one class alone are left out", () => {
		const metrics = evaluate({ [pCVR]: scores }, byUser);
		// User 2: 0.5 against 0.25 and 0.75. User 0 has one clicked row.
		const half = { value: 0.5, se: null, space: "click", n: 3, positives: 1, users: { covered: 1, all: 2 } };
		for (const weight of ["", ";weight=clicks", ";weight=uniform"])
			expect(metrics[`gauc(conversion|click${weight})`], weight).toEqual(half);
		expect(Object.keys(metrics).filter((name) => name.startsWith("gauc"))).toHaveLength(3);
	});
	it("over all impressions a user weighs his rows, his clicks, or one", () => {
		const metrics = evaluate({ [pCTCVR]: scores }, byUser);
		// User 2: half of two pairs, 3 rows, 3 clicks. User 0: 0.5 against 0.875 is lost, 2 rows, 1 click.
		const about = { space: "impression", n: 5, positives: 2, users: { covered: 2, all: 2 } };
		expect(metrics["gauc(conversion|impression)"]).toMatchObject({ value: 0.3, ...about });
		expect(metrics["gauc(conversion|impression;weight=clicks)"]).toMatchObject({ value: 0.375, ...about });
		expect(metrics["gauc(conversion|impression;weight=uniform)"]).toMatchObject({ value: 0.25, ...about });
	});
	it("is null where no user has both classes, and says so", () => {
		const alone = { ...rows, user: Int32Array.of(0, 1, 2, 3, 4, 5) };
		const { value, reason } = evaluate({ [pCTR]: scores }, alone)["gauc(click|impression)"];
		expect([value, reason]).toEqual([null, "0 of 6 users have both classes"]);
	});
	it("a log without users has none", () => {
		expect(Object.keys(evaluate({ [pCTR]: scores }, rows)).some((name) => name.startsWith("gauc"))).toBe(false);
	});
});

describe("labelled", () => {
	it("picks rows of events and truths, in the order asked for", () => {
		const picked = labelled(
			{ ...rows, truth: { [pCVR]: scores }, user: Int32Array.of(9, 8, 7, 6, 5, 4) },
			Int32Array.of(4, 0),
		);
		expect(picked).toEqual({
			events: { click: Uint8Array.of(0, 1), conversion: Uint8Array.of(0, 1) },
			truth: { [pCVR]: Float32Array.of(0.875, 0.5) },
			user: Int32Array.of(5, 9),
		});
	});
});

describe("what the rows do not have", () => {
	const rows = { events: { click: Uint8Array.of(1, 0, 1), conversion: Uint8Array.of(1, 0, 0) }, truth: {} };
	const column = Float32Array.of(0.1, 0.2, 0.3);
	it("an unknown space or event is refused, never taken over all rows", () => {
		for (const prob of ["conversion|clck", "conversoin|click"])
			expect(() => evaluate({ [prob]: column }, rows)).toThrow(/^unknown event of P\(.*: did you mean/);
	});
	it("a truth metric without rows is null and says why", () => {
		const none = { events: { click: new Uint8Array(0) }, truth: { "click|impression": new Float32Array(0) } };
		const found = evaluate({ "click|impression": new Float32Array(0) }, none);
		for (const name of ["auc", "rmse", "pcoc", "kl"])
			expect(found[`truth.${name}(click|impression)`], name).toMatchObject({
				value: null,
				reason: "the truth of the 0 rows sums to 0",
			});
	});
	it("truth.auc brings its ceiling: what the truth itself reaches", () => {
		const truth = { "click|impression": Float32Array.of(0.9, 0.1, 0.5) };
		const metrics = evaluate({ "click|impression": truth["click|impression"] }, { ...rows, truth });
		const { value, ceiling } = metrics["truth.auc(click|impression)"];
		expect(value).toBe(ceiling);
		expect(value).toBeGreaterThan(0.5);
	});
});

/** 20 000 rows with the truth known; `levels` different scores. */
function sample(levels: number) {
	const n = 20_000;
	const random = stream(7, `scores/${levels}`);
	const column = () => Float32Array.from({ length: n }, () => Math.round(random.uniform() * levels) / levels);
	const truth = { [pCTR]: column(), [pCVR]: column(), "conversion|do(click)": column(), [pCTCVR]: column() };
	const click = Uint8Array.from({ length: n }, () => +(random.uniform() < 0.3));
	const conversion = click.map((clicked) => clicked * +(random.uniform() < 0.2));
	const predictions: Record<string, Float32Array> = { [pCTR]: column(), [pCVR]: column(), [pCTCVR]: column() };
	return { predictions, rows: { events: { click, conversion }, truth } };
}

const digest = (metrics: object) => createHash("sha256").update(JSON.stringify(metrics)).digest("hex");

describe("to the last bit", () => {
	it.each([
		[20, "c307252c2f51f194c42f83da16a38442be73d31f7a36e38e22ebc872b532a611"],
		[1e7, "39e4540a3848b084cf66f3800e52abd0decce91f14b00f85de31123cdde41e9d"],
	])(
		"%i levels: every value and error that version 1 of the metrics gives is the same since; else raise metricsVersion",
		(levels, hash) => {
			const { predictions, rows } = sample(levels);
			const first = /^(auc|gauc|logloss|pcoc|truth\.(auc|rmse|pcoc|kl))\([^;]*\)$/;
			const metrics = Object.entries(evaluate(predictions, rows)).filter(([name]) => first.test(name));
			expect(digest(Object.fromEntries(metrics))).toBe(hash);
		},
	);
	it.each([
		[20, "7d1401f2bd16ca57a94f9a938f15d368705ac3b5945929b8840b9860a8d32e68"],
		[1e7, "ad1cab9ef8c3577520575fa76d99b047616d620a6c0dfcc03eba011036a14975"],
	])(
		"%i levels: every value and error is what version 3 of the metrics gives; else raise metricsVersion",
		(levels, hash) => {
			const { predictions, rows } = sample(levels);
			expect(digest(evaluate(predictions, rows))).toBe(hash);
		},
	);
	it("in pieces as in one, and neither predictions nor truths are changed", () => {
		const { predictions, rows } = sample(1e7);
		const whole = evaluate(predictions, rows);
		const again = sample(1e7);
		expect(predictions).toEqual(again.predictions);
		expect(rows).toEqual(again.rows);
		const cut = <A extends Uint8Array | Float32Array>(columns: Record<string, A>, from: number): Record<string, A> =>
			Object.fromEntries(
				Object.entries(columns).map(([name, values]) => [name, values.subarray(from, from + 777) as A]),
			);
		const inPieces = evaluateScored({
			rows: 20_000,
			probs: Object.keys(predictions),
			events: Object.keys(rows.events),
			truths: Object.keys(rows.truth),
			*pieces(prob) {
				for (let from = 0; from < 20_000; from += 777)
					yield {
						scores: predictions[prob].subarray(from, from + 777),
						events: cut(rows.events, from),
						truth: cut(rows.truth, from),
					};
			},
		});
		expect(inPieces).toEqual(whole);
	});
});
