import { beforeAll, describe, expect, test } from "vitest";
import type { Column } from "../data/log";
import { checkSchema } from "../data/schema";
import { microActions } from "./behaviour";
import { makeUsers } from "./entities";
import { truthColumns } from "./oracle";
import { chooseKnobs, type Knobs } from "./presets";
import { fingerprintOf, type Simulated, simulate, simulateInTurns } from "./simulate";

type Numbers = Record<string, Float32Array>;
const tiny = (knobs: Partial<Knobs> = {}, seed = 1) => simulate({ preset: "tiny", seed, knobs: { N: 6000, ...knobs } });
const sum = (values: ArrayLike<number>, weight?: ArrayLike<number>) => {
	let total = 0;
	for (let i = 0; i < values.length; i++) total += values[i] * (weight ? weight[i] : 1);
	return total;
};

/** Soft-label AUC without ties, with labels that may be probabilities. */
function auc(scores: Float32Array, labels: ArrayLike<number>): number {
	const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
	let [pairs, below, positive, self] = [0, 0, 0, 0];
	for (const row of order) {
		pairs += labels[row] * below;
		below += 1 - labels[row];
		positive += labels[row];
		self += labels[row] * (1 - labels[row]);
	}
	return pairs / (positive * below - self);
}

describe.each([
	["tiny", 1],
	["demo", 1],
	["demo", 2],
] as const)("%s, seed %i", (preset, seed) => {
	let log: Simulated;
	let c: Numbers;
	beforeAll(() => {
		log = simulate({ preset, seed });
		c = log.columns as Numbers;
	});

	test("rows are complete and in time order", () => {
		expect(log.rows).toBe(log.knobs.N);
		expect(log.read).toBe(log.rows);
		for (const [name, column] of Object.entries(c)) {
			expect(column.length, name).toBe(log.rows);
			expect(column.every(Number.isFinite), name).toBe(true);
		}
		for (let i = 1; i < log.rows; i++)
			if (c.time[i] < c.time[i - 1] || c.request[i] < c.request[i - 1]) expect.fail(`row ${i} is out of order`);
		expect(c.day.every((day, i) => day === Math.floor(c.time[i] / 86_400))).toBe(true);
	});

	test("a slate shows different items at positions 1 to L", () => {
		for (let start = 0; start < log.rows; start += log.knobs.L) {
			const items = new Set(c.item.slice(start, start + log.knobs.L));
			if (items.size !== log.knobs.L) expect.fail(`request ${c.request[start]} shows an item twice`);
			if (c.position[start] !== 1 || c.request[start + 9] !== c.request[start]) expect.fail(`row ${start}`);
		}
	});

	test("ids count from 1 up to their size", () => {
		const most: Record<string, number> = { user: log.knobs.U, item: log.knobs.I, category: log.knobs.C };
		Object.assign(most, { brand: log.knobs.B, shop: log.knobs.S, age: 8, power: 5, gender: 2, city: 20, price: 6 });
		Object.assign(most, { discount: 5, quality: 5, position: 10, hour: 24, weekday: 7, device: 3, occasion: 4 });
		const ids = Object.entries(log.schema.features).filter(([, { kind }]) => kind === "id");
		expect(ids.map(([name]) => name).sort()).toEqual(Object.keys(most).sort());
		for (const [name] of ids) {
			const values = c[name];
			expect(
				values.reduce((a, b) => Math.min(a, b)),
				name,
			).toBeGreaterThanOrEqual(1);
			expect(
				values.reduce((a, b) => Math.max(a, b)),
				name,
			).toBeLessThanOrEqual(most[name]);
		}
	});

	test("nothing happens without a click, and dAction is cart or wish", () => {
		for (let i = 0; i < log.rows; i++) {
			const after = c.micro[i] + c.cart[i] + c.wish[i] + c.dAction[i] + c.conversion[i] + c.dwell[i];
			if (c.click[i] === 0 && after !== 0) expect.fail(`row ${i} acts without a click`);
			if (c.dAction[i] !== (c.cart[i] || c.wish[i])) expect.fail(`dAction of row ${i}`);
			if (c.micro[i] !== Math.max(...microActions.map((name) => c[name][i]))) expect.fail(`micro of row ${i}`);
		}
	});

	test("the oracle's rates are the targets", () => {
		expect(Math.abs(sum(c.pctr) / log.rows / log.knobs.ctr - 1)).toBeLessThan(1e-4);
		expect(Math.abs(sum(c.pcvr_obs, c.pctr) / sum(c.pctr) / log.knobs.cvr - 1)).toBeLessThan(1e-4);
	});

	test("realised rates are within four standard errors of the targets", () => {
		const { knobs, realised } = log;
		const near = (rate: number, target: number, n: number) =>
			expect(Math.abs(rate - target)).toBeLessThan(4 * Math.sqrt((target * (1 - target)) / n));
		near(realised.ctr, knobs.ctr, log.rows);
		for (const name of ["cvr", "cart", "wish"] as const) near(realised[name], knobs[name], realised.clicks);
		microActions.forEach((name, k) => {
			near(realised.actions[name], knobs.micro[k], realised.clicks);
		});
		const conversions = sum(c.conversion);
		expect(realised.conversions).toBe(conversions);
		expect(Math.abs(sum(c.pctcvr) - conversions)).toBeLessThan(4 * Math.sqrt(conversions));
	});

	test("labels follow the oracle in each occasion and on each edge", () => {
		const agree = (label: string, truth: string, space: (i: number) => boolean) => {
			let [off, variance] = [0, 0];
			for (let i = 0; i < log.rows; i++) {
				if (!space(i)) continue;
				off += c[label][i] - c[truth][i];
				variance += c[truth][i] * (1 - c[truth][i]);
			}
			expect(variance).toBeGreaterThan(0);
			expect(Math.abs(off) / Math.sqrt(variance), `${label} against ${truth}`).toBeLessThan(4);
		};
		for (const occasion of [1, 2, 3, 4]) {
			agree("click", "pctr", (i) => c.occasion[i] === occasion);
			agree("conversion", "pcvr_obs", (i) => c.click[i] === 1 && c.occasion[i] === occasion);
			agree("dAction", "pma_obs", (i) => c.click[i] === 1 && c.occasion[i] === occasion);
		}
		agree("micro", "pmi_obs", (i) => c.click[i] === 1);
		agree("dAction", "p_ma_given_mi", (i) => c.micro[i] === 1);
		agree("dAction", "p_ma_given_omi", (i) => c.click[i] === 1 && c.micro[i] === 0);
		agree("conversion", "p_buy_given_a", (i) => c.dAction[i] === 1);
		agree("conversion", "p_buy_given_oa", (i) => c.click[i] === 1 && c.dAction[i] === 0);
	});

	test("the identities hold as stored", () => {
		for (let i = 0; i < log.rows; i++) {
			const esmm = c.pctcvr[i] - c.pctr[i] * c.pcvr_obs[i];
			const esm2 = c.pcvr_obs[i] - c.pma_obs[i] * c.p_buy_given_a[i] - (1 - c.pma_obs[i]) * c.p_buy_given_oa[i];
			const hm3 = c.pma_obs[i] - c.pmi_obs[i] * c.p_ma_given_mi[i] - (1 - c.pmi_obs[i]) * c.p_ma_given_omi[i];
			if (Math.max(Math.abs(esmm), Math.abs(esm2), Math.abs(hm3)) > 1e-6) expect.fail(`row ${i}`);
		}
	});

	test("the AUC of the truth is within four standard errors of its ceiling", () => {
		const ceiling = auc(c.pctr, c.pctr);
		const error = Math.sqrt((ceiling * (1 - ceiling)) / sum(c.click));
		expect(Math.abs(auc(c.pctr, c.click) - ceiling)).toBeLessThan(4 * error);
	});

	test("intent makes conversion labels missing not at random", () => {
		expect(sum(c.pcvr_do)).toBeLessThan(0.95 * sum(c.pcvr_obs));
		expect(sum(c.h, c.click) / sum(c.click)).toBeGreaterThan(0.1);
		expect(Math.abs(sum(c.h) / log.rows)).toBeLessThan(4 / Math.sqrt(log.rows));
	});
});

test("without intent's effects the two conversion rates are one", () => {
	const c = tiny({ gammas: 0 }).columns as Numbers;
	for (let i = 0; i < c.pcvr_do.length; i++) if (Math.abs(c.pcvr_do[i] - c.pcvr_obs[i]) > 1e-6) expect.fail(`row ${i}`);
});

describe("randomness", () => {
	const plain = tiny().columns;

	test("the same seed gives the same bytes, another seed others", () => {
		const again = tiny().columns;
		expect(Object.keys(again)).toEqual(Object.keys(plain));
		for (const name of Object.keys(plain)) expect(equal(again[name], plain[name]), name).toBe(true);
		expect(tiny({}, 2).columns.user).not.toEqual(plain.user);
	});

	const equal = (a: Column, b: Column) =>
		Buffer.compare(Buffer.from((a as Int32Array).buffer), Buffer.from((b as Int32Array).buffer)) === 0;
	const world = ["time", "user", "age", "power", "gender", "city", "device", "h"];
	const shown = [...world, "item", "category", "brand", "shop", "price", "quality", "position"];
	const acts = [...shown, "click", ...microActions];
	test.each<[Partial<Knobs>, string[]]>([
		[{ tau: 0 }, world],
		[{ zipfI: 0.5 }, world],
		[{ I: 400 }, world],
		[{ nu: 0 }, world],
		[{ vA: 0, kB: 0 }, [...acts, "cart", "wish", "discount"]],
		[{ eta: 0 }, [...shown, "discount"]],
		[{ gammas: 0 }, shown],
		[{ sigDrift: 0 }, [...acts, "cart", "wish"]],
		[{ sigOcc: 0 }, [...acts, "cart", "wish"]],
		[{ dm: 0 }, [...acts, "cart", "wish", "dwell"]],
		[{ cm: 0 }, acts],
		[{ occAmp: 0 }, shown],
		[{ promoRedraw: false }, shown],
		[{ cart: 0.2 }, [...acts, "wish"]],
		[{ delay: 6 }, [...acts, "cart", "wish", "conversion"]],
		[{ freezeAt: 30 }, [...acts, "cart", "wish", "conversion", "dwell"]],
	])("%j leaves every other draw as it was", (knobs, same) => {
		const other = tiny(knobs).columns;
		const changed = Object.keys(plain).filter((name) => !equal(plain[name], other[name]));
		expect(changed, "something changed").not.toEqual([]);
		expect(changed.filter((name) => same.includes(name))).toEqual([]);
	});

	test("more users leave the first ones as they were", () => {
		const few = makeUsers(chooseKnobs("tiny"), 1);
		const many = makeUsers(chooseKnobs("tiny", { U: 500 }), 1);
		expect(many.buyLatent.slice(0, few.buyLatent.length)).toEqual(few.buyLatent);
		expect(many.buyer.slice(0, few.buyer.length)).toEqual(few.buyer);
	});
});

describe("options", () => {
	test("rows change the length only", () => {
		const log = simulate({ preset: "tiny", seed: 1, rows: 1234 });
		expect(log.rows).toBe(1234);
		expect(log.knobs).toEqual({ ...chooseKnobs("tiny"), N: 1234 });
		expect((log.columns.position as Int32Array).at(-1)).toBe(4);
	});

	test("the fingerprint depends on knobs, rows and seed and on nothing else", () => {
		const of = (knobs: Partial<Knobs>, seed = 1, rows = 500) => fingerprintOf({ preset: "tiny", seed, rows, knobs });
		expect(simulate({ preset: "tiny", seed: 1, rows: 500 }).fingerprint).toBe(of({}));
		expect(of({})).toMatch(/^[0-9a-f]{64}$/);
		expect(of({ rho: 0.8 })).toBe(of({}));
		expect(new Set([of({}), of({ rho: 0.1 }), of({}, 2), of({}, 1, 510)]).size).toBe(4);
	});

	test("an unknown preset or knob is refused", () => {
		expect(() => simulate({ preset: "tini" as "tiny", seed: 1 })).toThrow(/unknown preset "tini".*"tiny"/);
		expect(() => tiny({ roh: 1 } as Partial<Knobs>)).toThrow(/unknown knob "roh".*"rho"/);
	});

	test("late conversions are cut at the end of the log on request", () => {
		const late = tiny({ delay: 24 * 20, cvr: 0.3 });
		const cut = tiny({ delay: 24 * 20, cvr: 0.3, censor: true });
		const end = late.knobs.T * 86_400;
		const inTime = (late.columns.conversionTime as Int32Array).map((time) => (time < end ? time : -1));
		expect(cut.columns.conversionTime).toEqual(inTime);
		expect(cut.realised.conversions).toBeLessThan(late.realised.conversions);
		expect(sum(cut.columns.conversion as Uint8Array)).toBe(inTime.filter((time) => time >= 0).length);
	});

	test("progress rises to the total", () => {
		const seen: number[] = [];
		simulate({
			preset: "tiny",
			seed: 1,
			rows: 500,
			progress: (done, total) => {
				expect(total).toBe(500);
				seen.push(done);
			},
		});
		expect(seen).toEqual([...seen].sort((a, b) => a - b));
		expect(seen.at(-1)).toBe(500);
	});
});

describe("schema", () => {
	const log = simulate({ preset: "tiny", seed: 1, rows: 500 });
	const columns = Object.keys(log.columns);

	test("every column is a feature, an event, an oracle column, or says where and when", () => {
		expect(() => checkSchema(log.schema, columns)).not.toThrow();
		const { features, events, oracle = [] } = log.schema;
		const named = [...Object.keys(features), ...Object.values(events), ...oracle, "request", "day", "time"];
		expect([...named].sort()).toEqual([...columns].sort());
		expect(Object.keys(features)).not.toContain("day");
	});

	test("no event and no oracle column can become a feature", () => {
		const later = [...Object.values(log.schema.events), ...(log.schema.oracle ?? [])];
		expect(later).toEqual(expect.arrayContaining([...truthColumns, ...microActions, "h", "dwell"]));
		for (const column of later) {
			const features = { ...log.schema.features, [column]: { kind: "number" as const } };
			expect(() => checkSchema({ ...log.schema, features }, columns), column).toThrow("cannot be a feature");
		}
	});

	test("the truths named by probability are oracle columns", () => {
		const truths = Object.values(log.schema.truth ?? {});
		expect(truths.sort()).toEqual([...truthColumns].sort());
	});
});

describe("simulateInTurns", () => {
	test("gives the same log, and lets a request to stop be heard between its steps", async () => {
		const options = { preset: "tiny" as const, seed: 3, rows: 3000 };
		expect((await simulateInTurns(options)).columns).toEqual(simulate(options).columns);
		let asked = false;
		setImmediate(() => {
			asked = true;
		});
		const progress = (done: number) => {
			if (asked) throw new Error(`stopped at ${done}`);
		};
		await expect(simulateInTurns({ ...options, progress })).rejects.toThrow(/^stopped at [1-9]/);
	});
});
