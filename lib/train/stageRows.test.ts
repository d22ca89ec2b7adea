import { describe, expect, it } from "vitest";
import { logLoss, overEveryRow } from "../core/loss";
import type { Model, Stage } from "../core/model";
import { IMPRESSION, pCTCVR, pCTR, pCVR } from "../core/prob";
import { inverse, rejected, repeated, type StageRows, withOthers } from "../core/sampling";
import { rowsIn } from "../data/dataset";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { toyDataset } from "../data/toyDataset";
import { aman } from "../models/aman";
import { base, onClicks } from "../models/base";
import { division } from "../models/division";
import { oversampling } from "../models/oversampling";
import { unbias } from "../models/unbias";
import { tf } from "../tensor/native";
import { type FitOptions, fit, type TrainEvent } from "./fit";

const folder = temporaryFolders();
const data = toyDataset();
const { train } = data.split;
const [clicked, converted] = ["click", "conversion"].map((event) => rowsIn(data, train, event).length);
const small = { embedding: 4, mlp: [16], lr: 0.01, batch: 64, epochs: 2, dropout: 0 };

/** Trains a model's stages; gives the rows of each stage's epochs, and the predictions of the test part. */
async function trained(model: object, stages?: readonly Stage[], options: Partial<FitOptions> = {}) {
	const rows: Record<string, number> = {};
	const on = ({ stage, epoch, rows: n }: TrainEvent) => {
		rows[`${stage}/${epoch}`] = n;
	};
	const of = (stages ? { ...model, stages: () => stages } : model) as unknown as Model;
	const fitted = await fit(of, { data, seed: 1, on, ...options, hyper: { ...small, ...options.hyper } });
	const columns = fitted.predict(data.split.test);
	fitted.dispose();
	return { rows, columns };
}

/** Columns of rows with given events and probabilities. */
const rowsOf = (events: Record<string, number[]>, probs: Record<string, number[]> = {}): StageRows => ({
	rows: Object.values({ ...events, ...probs })[0].length,
	event: (name) => Uint8Array.from(events[name]),
	prob: (name) => Float32Array.from(probs[name]),
});

describe("copies of a row", () => {
	it("are one of each with the event and a share of the others", () => {
		expect([...withOthers("click", 0.25).copies(rowsOf({ click: [1, 0, 1] }))]).toEqual([1, 0.25, 1]);
	});
	it("are several of each with the event", () => {
		expect([...repeated("conversion", 5).copies(rowsOf({ conversion: [0, 1] }))]).toEqual([1, 5]);
	});
	it("are c / P, at most 1, where c is a quantile", () => {
		const copies = rejected(pCTR, 0.25).copies(rowsOf({}, { [pCTR]: [0.5, 0.125, 0.25, 0.0625] }));
		expect([...copies]).toEqual([0.25, 1, 0.5, 1]);
	});
	it("weigh the inverse of the propensity, above a floor and below a cap", () => {
		const weigh = (cap: number) => [...inverse(pCTR, 0.25, cap)(rowsOf({}, { [pCTR]: [0.5, 0.125, 1, 0] }))];
		expect(weigh(50)).toEqual([2, 4, 1, 4]);
		expect(weigh(1)).toEqual([2, 2.75, 1, 2.75]);
	});
});

describe("an epoch", () => {
	it("of AMAN has the clicked rows and a share of the others, drawn anew each time; with rate 1 all of them", async () => {
		const { rows } = await trained(aman, undefined, { hyper: { rate: 0.5 } });
		const expected = clicked + (train.length - clicked) / 2;
		const sd = Math.sqrt((train.length - clicked) / 4);
		for (const epoch of ["2/1", "2/2"]) expect(Math.abs(rows[epoch] - expected)).toBeLessThan(4 * sd);
		expect(rows["2/1"]).not.toBe(rows["2/2"]);
		const once: Stage = { ...(aman.stages(aman.hyper)[1] as Stage), sample: withOthers("click", 0.5, "once") };
		const again = await trained(aman, [once]);
		expect(again.rows["1/1"]).toBe(again.rows["1/2"]);
		expect((await trained(aman, undefined, { hyper: { rate: 1 } })).rows["2/1"]).toBe(train.length);
	});
	it("of OVERSAMPLING has each conversion so many times", async () => {
		const { rows } = await trained(oversampling, undefined, { hyper: { rate: 3 } });
		expect(rows["2/1"]).toBe(clicked + 2 * converted);
	});
	it("of UNBIAS's rejection has some of the clicked rows", async () => {
		const { rows } = await trained(unbias, undefined, { hyper: { mode: "reject" } });
		expect(rows["2/1"]).toBeLessThan(clicked);
		expect(rows["2/1"]).toBeGreaterThan(0);
	});
});

describe("what comes of it", () => {
	it("AMAN at rate 1 is the classifier of P(conversion | impression), but for where its tower starts", async () => {
		const asOne: Stage = { space: IMPRESSION, losses: [logLoss(pCTCVR)], choose: `auc(${pCTCVR})` };
		const [, second] = aman.stages({ ...aman.hyper, rate: 1 }) as readonly Stage[];
		const prior = (rows: number) => Math.log((converted + 0.5) / (rows - converted + 0.5));
		const start = prior(clicked) - prior(train.length);
		const moved = {
			...division,
			towers: (...given: Parameters<typeof division.towers>) => {
				const { ctr, ctcvr } = division.towers(...given);
				return { ctr, ctcvr: tf.add(ctcvr, start) };
			},
		};
		const hyper = { epochs: 1 };
		const one = await trained(aman, [second], { hyper });
		const other = await trained(moved, [asOne], { hyper });
		const worst = (a: Float32Array, b: Float32Array) => a.reduce((most, p, i) => Math.max(most, Math.abs(p - b[i])), 0);
		expect(worst(one.columns[pCVR], other.columns[pCTCVR])).toBeLessThan(1e-5);
		const half = await trained(aman, [{ ...second, sample: withOthers("click", 0.5) }], { hyper });
		expect(worst(half.columns[pCVR], other.columns[pCTCVR])).toBeGreaterThan(1e-3);
	});
	it("weights that are all the same train as none, bit for bit; others do not", async () => {
		const plain = await trained(base);
		const [ctr] = base.stages(base.hyper) as readonly Stage[];
		const equal = await trained(base, [ctr, { ...onClicks, weigh: ({ rows }) => new Float32Array(rows).fill(7) }]);
		expect(equal.columns).toEqual(plain.columns);
		const others = await trained(unbias);
		expect(others.columns[pCTR]).toEqual(plain.columns[pCTR]);
		expect(others.columns[pCVR]).not.toEqual(plain.columns[pCVR]);
	});
	it("a weight of 2 on some rows is their loss counted twice", async () => {
		const twice: Stage = { ...onClicks, sample: repeated("conversion", 2) };
		const heavy: Stage = {
			...onClicks,
			weigh: (rows) => Float32Array.from(rows.event("conversion"), (z) => 1 + z),
		};
		// One batch, one step: the same gradient up to the factor that Adam does not see.
		const hyper = { batch: 4096, epochs: 1 };
		const [one, two] = [await trained(base, [twice], { hyper }), await trained(base, [heavy], { hyper })];
		const worst = one.columns[pCVR].reduce((most, p, i) => Math.max(most, Math.abs(p - two.columns[pCVR][i])), 0);
		expect(worst).toBeLessThan(1e-5);
		const { columns } = await trained(base, [onClicks], { hyper });
		expect(columns[pCVR].some((p, i) => Math.abs(p - one.columns[pCVR][i]) > 1e-4)).toBe(true);
	});
	it("the effective sample size of weights is told: (Σw)² / Σw²", async () => {
		const weigh = (rows: StageRows) => Float32Array.from(rows.event("conversion"), (z) => 1 + 3 * z);
		const of = { ...base, stages: () => [{ ...onClicks, weigh }] } as unknown as Model;
		const fitted = await fit(of, { data, seed: 1, hyper: small });
		fitted.dispose();
		for (const { effectiveRows } of fitted.history)
			expect(effectiveRows).toBeCloseTo((clicked + 3 * converted) ** 2 / (clicked + 15 * converted), 6);
	});
	it("DIVISION's quotient is left above 1", async () => {
		const { columns } = await trained(division, undefined, { hyper: { epochs: 10, lr: 0.05 } });
		columns[pCVR].forEach((q, i) => {
			expect(q).toBeCloseTo(columns[pCTCVR][i] / Math.max(columns[pCTR][i], 1e-6), 4);
		});
		expect(columns[pCVR].some((q) => q > 1)).toBe(true);
	});
	it("killed in the middle of a sampled and weighed stage, it goes on to the same bits", async () => {
		for (const hyper of [{ mode: "weight" }, { mode: "reject" }]) {
			const options = { hyper: { ...hyper, epochs: 3 } };
			const { columns } = await trained(unbias, undefined, options);
			const checkpoint = { path: `${folder()}/a.checkpoint` };
			const stop = new AbortController();
			await trained(unbias, undefined, {
				...options,
				checkpoint,
				signal: stop.signal,
				on: ({ stage, epoch }) => stage === 2 && epoch === 2 && stop.abort(),
			});
			expect((await trained(unbias, undefined, { ...options, checkpoint })).columns).toEqual(columns);
		}
	});
});

describe("what cannot be", () => {
	const of = (stage: Partial<Stage>) => trained(base, [{ ...onClicks, ...stage } as Stage]);
	it("is refused by name: weights and copies that are no such numbers, and a draw of nothing", async () => {
		const filled = (value: number) => (rows: StageRows) => new Float32Array(rows.rows).fill(value);
		await expect(of({ weigh: filled(Number.NaN) })).rejects.toThrow(/base: stage 1 gives row \d+ the weight NaN/);
		const sample = (value: number) => ({ sample: { copies: filled(value), drawn: "epoch" } as const });
		await expect(of(sample(-1))).rejects.toThrow(/gives row \d+ the number of copies -1/);
		await expect(of(sample(0))).rejects.toThrow(/draws none of its \d+ rows: raise its rate/);
		await expect(trained(unbias, undefined, { hyper: { mode: "wait" } })).rejects.toThrow(
			'unknown mode of unbias "wait"',
		);
		await expect(trained(unbias, undefined, { hyper: { floor: 0 } })).rejects.toThrow(
			'"floor" of unbias must be above 0',
		);
	});
	it("a loss over a wider space needs to say that it runs over every row", async () => {
		const { stages } = aman;
		const [, second] = stages(aman.hyper) as readonly Stage[];
		expect(second.losses).toEqual([overEveryRow(logLoss(pCVR))]);
		await expect(trained(base, [{ ...onClicks, losses: [logLoss(pCTR)] }])).rejects.toThrow("its stage has those of");
	});
});
