import { describe, expect, test } from "vitest";
import type { Knobs, PresetName } from "../../simulator/presets";
import { type Simulated, simulate } from "../../simulator/simulate";
import { type Assertion, checkLog } from "./checkLog";
import { ceilings, selectionBias } from "./truth";

const failed = (found: Assertion[]) => found.filter(({ holds }) => !holds);
const seeds = [1, 2, 3, 4, 5];

describe("every assertion holds", () => {
	test.each(seeds)("of tiny and of each large preset at 10 000 rows, seed %i", (seed) => {
		for (const preset of ["tiny", "bench", "esm2", "funnel", "aliccp", "small_scene"] as PresetName[])
			expect(failed(checkLog(simulate({ preset, seed, rows: 10_000 }))), preset).toEqual([]);
	});

	const ceilingsOf: Record<string, number[]> = {};
	test.each(seeds)("of demo at full size, seed %i", (seed) => {
		const log = simulate({ preset: "demo", seed });
		const found = checkLog(log);
		expect(failed(found)).toEqual([]);
		expect(found.length).toBe(17);
		for (const [name, { value, se }] of Object.entries(ceilings(log))) {
			ceilingsOf[name] = [...(ceilingsOf[name] ?? []), value];
			expect(se).toBeGreaterThan(0);
			expect(se).toBeLessThan(0.01);
		}
		if (seed === 1) expectOccasions(log);
	});

	test("and the ceilings of demo are those of the specification", () => {
		const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
		expect(Math.abs(mean(ceilingsOf["auc(click|impression)"]) - 0.77)).toBeLessThan(0.01);
		expect(Math.abs(mean(ceilingsOf["auc(conversion|click)"]) - 0.85)).toBeLessThan(0.01);
		expect(Math.abs(mean(ceilingsOf["auc(conversion|impression)"]) - 0.9)).toBeLessThan(0.01);
	});

	test.each<[string, Partial<Knobs>]>([
		["late conversions that are cut", { delay: 200, censor: true, cvr: 0.3 }],
		["conversions without a click", { pDirect: 0.01 }],
		["a state frozen on day 30", { freezeAt: 30 }],
		["no hidden intent, no promotions' effects, no position bias", { gammas: 0, occAmp: 0, eta: 0 }],
	])("with %s", (_, knobs) => {
		expect(failed(checkLog(simulate({ preset: "tiny", seed: 1, knobs })))).toEqual([]);
	});

	test("of a log of one row, as far as it can be reckoned", () => {
		expect(failed(checkLog(simulate({ preset: "tiny", seed: 1, rows: 1 })))).toEqual([]);
	});
});

/** Share of impressions, CTR, CVR and macro per click of demo seed 1, as another implementation of the equations had them. */
function expectOccasions({ realised }: Simulated): void {
	const expected = {
		NP: [0.37, 0.0717, 0.041, 0.15],
		BP: [0.18, 0.0769, 0.042, 0.179],
		DP: [0.28, 0.0963, 0.072, 0.162],
		AP: [0.16, 0.0673, 0.035, 0.141],
	};
	for (const [name, [share, ctr, cvr, dAction]] of Object.entries(expected)) {
		const ours = realised.occasions[name as "NP"];
		const clicks = ours.ctr * ours.share * 200_000;
		// Other draws of the world, too: category effects and discounts move a whole occasion, beyond the draws of the labels.
		expect(Math.abs(ours.share - share), `share ${name}`).toBeLessThan(0.02);
		expect(Math.abs(ours.ctr - ctr), `CTR ${name}`).toBeLessThan(0.006);
		expect(Math.abs(ours.cvr - cvr), `CVR ${name}`).toBeLessThan(4 * Math.sqrt(cvr / clicks) + 0.006);
		expect(Math.abs(ours.dAction - dAction), `macro ${name}`).toBeLessThan(4 * Math.sqrt(dAction / clicks) + 0.006);
	}
}

describe("each assertion notices its fault", () => {
	const log = simulate({ preset: "tiny", seed: 1 });
	const spoil = (change: (columns: Record<string, Float32Array>, log: Simulated) => void): string[] => {
		const columns = Object.fromEntries(
			Object.entries(log.columns).map(([name, column]) => [name, (column as Float32Array).slice()]),
		);
		const { events, start, length } = log.sequences;
		const copy = { ...log, columns, sequences: { events, start: start.slice(), length: length.slice() } };
		change(columns, copy);
		return failed(checkLog(copy)).map(({ name }) => name);
	};
	const unclicked = (log.columns.click as Uint8Array).indexOf(0);
	const clicked = (log.columns.click as Uint8Array).indexOf(1);

	test.each<[string, Parameters<typeof spoil>[0]]>([
		["conversions without a click", (c) => c.conversion.fill(1, unclicked, unclicked + 1)],
		["macro actions without a click", (c) => c.dAction.fill(1, unclicked, unclicked + 1)],
		["micro actions without a click", (c) => c.micro.fill(1, unclicked, unclicked + 1)],
		["dAction other than cart or wish", (c) => c.dAction.fill(1 - c.dAction[clicked], clicked, clicked + 1)],
		["rows out of the order of time", (c) => c.time.fill(0, 500, 501)],
		["values that are no finite number", (c) => c.itemCtr.fill(Number.NaN, 0, 1)],
		["mean pctr off its target, relative", (c, l) => c.pctr.set((l.columns.pctr as Float32Array).map((p) => p * 1.02))],
		["click-weighted pcvr_obs off its target, relative", (c) => c.pcvr_obs.set(c.pcvr_obs.map((p) => p * 1.02))],
		["realised CTR off its target", (_, l) => Object.assign(l, { realised: { ...l.realised, ctr: 0.09 } })],
		["realised CVR off its target", (_, l) => Object.assign(l, { realised: { ...l.realised, cvr: 0.08 } })],
		["conversions off Σ pctcvr", (c) => c.conversion.set(c.click)],
		["AUC(pctr, click) off its ceiling", (c) => c.pctr.reverse()],
		["pctcvr off pctr·pcvr_obs (ESMM)", (c) => c.pctcvr.fill(0.5, 3, 4)],
		["pcvr_obs off the mixture over dAction (ESM²)", (c) => c.p_buy_given_oa.fill(0.5, 3, 4)],
		["pma_obs off the mixture over micro (HM³)", (c) => c.p_ma_given_mi.fill(0.99, 3, 4)],
		[
			"entries of sequences from the row's request or later",
			(_, l) => {
				const row = l.sequences.length.findIndex((n) => n > 0);
				l.sequences.length[row] += 1;
			},
		],
		[
			"events or oracle columns that can be a feature",
			(_, l) => Object.assign(l, { schema: { ...l.schema, oracle: [...(l.schema.oracle ?? []), "nowhere"] } }),
		],
	])("%s", (name, change) => {
		expect(spoil(change)).toContain(name);
	});
});

describe("selection bias", () => {
	const log = simulate({ preset: "demo", seed: 1, rows: 60_000 });
	const bias = selectionBias(log);

	test("clicked rows convert more, and hidden intent is part of it", () => {
		expect(bias["E_O[pcvr_obs]"]).toBeCloseTo(0.05, 5);
		expect(bias["E_D[pcvr_obs]"]).toBeLessThan(0.9 * bias["E_O[pcvr_obs]"]);
		expect(bias["E_D[pcvr_do]"]).toBeLessThan(0.9 * bias["E_D[pcvr_obs]"]);
		expect(bias.nmarIndex).toBeCloseTo(bias["E_O[pcvr_obs]"] - bias["E_O[pcvr_do]"], 12);
		expect(bias.nmarIndex).toBeGreaterThan(0.005);
	});

	test("without hidden intent only covariate shift is left", () => {
		const plain = selectionBias(simulate({ preset: "demo", seed: 1, rows: 20_000, knobs: { gammas: 0 } }));
		expect(Math.abs(plain.nmarIndex)).toBeLessThan(1e-6);
		expect(plain["E_D[pcvr_obs]"]).toBeLessThan(0.9 * plain["E_O[pcvr_obs]"]);
	});

	test("position shifts with the click, the device does not", () => {
		expect(Object.keys(bias.features)).toEqual(Object.keys(log.schema.features));
		expect(bias.features.position.psi).toBeGreaterThan(0.05);
		expect(bias.features.device.psi).toBeLessThan(0.002);
	});
});
