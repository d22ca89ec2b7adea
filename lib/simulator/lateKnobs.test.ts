import { describe, expect, test } from "vitest";
import { checkSchema } from "../data/schema";
import type { Knobs } from "./presets";
import { fingerprintOf, simulate } from "./simulate";

const made = (knobs: Partial<Knobs> = {}) => simulate({ preset: "tiny", seed: 1, knobs: { delay: 3, ...knobs } });
const plain = made();
const c = plain.columns as Record<string, Int32Array>;

test("knobs that came later leave the fingerprint of a log without them as it was", () => {
	const of = (knobs: Partial<Knobs>) => fingerprintOf({ preset: "tiny", seed: 1, knobs });
	expect(of({ pDirect: 0, diurnal: 0, randomLog: 7, replayRequests: 7 })).toBe(of({}));
	expect(new Set([of({}), of({ pDirect: 0.1 }), of({ diurnal: 0.1 })]).size).toBe(3);
	expect(of({})).toBe("2a33b5a43c257ed0c6c157512d31d43557e0c519f406446204313dd389bc39fb");
});

describe("conversions without a click", () => {
	const log = made({ pDirect: 0.02 });
	const d = log.columns as Record<string, Int32Array>;

	test("come at their rate where there was no click, and change no other column", () => {
		const unclicked = c.click.reduce((sum, click) => sum + 1 - click, 0);
		const direct = d.conversion.reduce((sum, z, row) => sum + (z && !d.click[row] ? 1 : 0), 0);
		expect(Math.abs(direct - 0.02 * unclicked)).toBeLessThan(4 * Math.sqrt(0.02 * 0.98 * unclicked));
		const changed = Object.keys(c).filter((name) => Buffer.compare(bytes(c[name]), bytes(d[name])) !== 0);
		expect(changed).toEqual(["conversion", "conversionTime"]);
		expect(c.conversion.every((z, row) => d.conversion[row] >= z)).toBe(true);
		expect(log.sequences).toEqual(plain.sequences);
		expect(log.realised.cvr).toBe(plain.realised.cvr);
		expect(log.realised.conversions).toBe(plain.realised.conversions + direct);
	});

	test("are in the truth of P(conversion | impression), and the schema implies no click", () => {
		const { truth, implies, oracle = [] } = log.schema;
		expect(truth?.["conversion|impression"]).toBe("p_conversion");
		expect(oracle).toContain("p_conversion");
		expect(implies).toEqual({ micro: "click", cart: "click", wish: "click", dAction: "click", ...actions });
		expect(() => checkSchema(log.schema, Object.keys(d))).not.toThrow();
		const p = log.columns.p_conversion as Float32Array;
		const off = d.conversion.reduce((sum, z, row) => sum + z - p[row], 0);
		expect(Math.abs(off)).toBeLessThan(4 * Math.sqrt(p.reduce((sum, value) => sum + value * (1 - value), 0)));
		expect(off).not.toBe(0);
	});
});

const actions = { pic: "click", comments: "click", qa: "click", chat: "click", cartControl: "click" };
const bytes = (column: Int32Array): Buffer => Buffer.from(column.buffer);

describe("the diurnal curve", () => {
	test("moves requests to the evening and leaves days, users and items as they were", () => {
		const log = made({ diurnal: 0.8, N: 60_000, ctr: 0.1 }).columns as Record<string, Int32Array>;
		const flat = made({ N: 60_000, ctr: 0.1 }).columns as Record<string, Int32Array>;
		for (const name of ["day", "user", "item", "device"])
			expect(Buffer.compare(bytes(log[name]), bytes(flat[name])), name).toBe(0);
		const counts = new Int32Array(24);
		for (let row = 0; row < 60_000; row += 10) counts[log.hour[row] - 1]++;
		let chi = 0;
		counts.forEach((count, hour) => {
			const turn = (h: number) => (24 / (2 * Math.PI)) * Math.sin((2 * Math.PI * (h - 21)) / 24);
			const expected = (6000 / 24) * (1 + 0.8 * (turn(hour + 1) - turn(hour)));
			chi += (count - expected) ** 2 / expected;
		});
		expect(Math.abs(chi - 23)).toBeLessThan(4 * Math.sqrt(2 * 23));
	});
});
