import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { writeAliCcp } from "../data/aliccp/writer";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { knownFingerprint, load, type Source } from "./source";

const folder = temporaryFolders();
const simulated = (more: object = {}): Source => ({
	...{ source: "simulator", preset: "tiny", rows: 3000, logSeed: 1 },
	...more,
});

describe("a simulated source", () => {
	it("has the fingerprint that was foretold without simulating it", async () => {
		const data = await load(simulated());
		expect(data.fingerprint).toBe(await knownFingerprint(simulated()));
		expect(data.rows).toBe(3000);
	});
	it("has another one for another preset, seed or number of rows", async () => {
		const others = await Promise.all(
			[{}, { preset: "demo" }, { logSeed: 2 }, { rows: 4000 }].map((more) => knownFingerprint(simulated(more))),
		);
		expect(new Set(others).size).toBe(4);
	});
	it("is split by whole days, train before validation before test", async () => {
		const { split, rows } = await load(simulated());
		expect(split.train.length + split.valid.length + split.test.length).toBe(rows);
		expect(split.test.length / rows).toBeCloseTo(0.5, 1);
	});
	it("is split as the paper that it names, and then is another data set", async () => {
		const other = simulated({ split: "esm2" });
		const { split, rows, fingerprint } = await load(other);
		expect(split.test.length / rows).toBeCloseTo(0.2, 1);
		expect(fingerprint).toBe(await knownFingerprint(other));
		expect(fingerprint).not.toBe(await knownFingerprint(simulated()));
		expect(await knownFingerprint(simulated({ split: "esmm" }))).toBe(await knownFingerprint(simulated()));
	});
	it("has the knobs that are set otherwise, and then is another data set under a name that says so", async () => {
		const other = simulated({ knobs: { rho: -0.5, pDirect: 0.01 } });
		const data = await load(other);
		expect(data.fingerprint).toBe(await knownFingerprint(other));
		expect(data.fingerprint).not.toBe(await knownFingerprint(simulated()));
		expect(data.name).toBe("simulator tiny, seed 1, rho -0.5, pDirect 0.01");
		const direct = data.events.conversion.filter((happened, row) => happened === 1 && data.events.click[row] === 0);
		expect(direct.length).toBeGreaterThan(0);
		const wrong = simulated({ knobs: { rhoo: 0.5 } });
		await expect(knownFingerprint(wrong)).rejects.toThrow('unknown knob "rhoo": did you mean "rho"?');
		await expect(load(wrong)).rejects.toThrow('unknown knob "rhoo"');
	});
	it("has its numbers as quantile buckets where it asks, and then is another data set", async () => {
		const other = simulated({ numbers: "quantiles" });
		const [{ fields, fingerprint }, plain] = [await load(other), await load(simulated())];
		expect(fingerprint).toBe(await knownFingerprint(other));
		expect(fingerprint).not.toBe(plain.fingerprint);
		expect(fields.map(({ name }) => name)).toEqual(plain.fields.map(({ name }) => name));
		expect(plain.fields.some(({ kind }) => kind === "number")).toBe(true);
		expect(fields.every(({ kind }) => kind === "id")).toBe(true);
		await expect(load(simulated({ numbers: "deciles" }))).rejects.toThrow(
			'"numbers" of a simulated log is "quantiles"',
		);
	});
	it("says of each field what it tells of", async () => {
		const { fields } = await load(simulated());
		const of = (group: string) => fields.filter((field) => field.group === group).map(({ name }) => name);
		expect(of("user")).toEqual(["user", "age", "power", "gender", "city"]);
		expect(of("item")).toEqual(expect.arrayContaining(["item", "category", "brand", "shop", "price", "itemCvr"]));
		expect(of("context")).toContain("position");
		expect(of("cross").every((name) => /^user(Category|Brand|Shop)/.test(name))).toBe(true);
		expect(of("cross").length).toBe(18);
	});
	it("tells how far it is", async () => {
		const heard: number[] = [];
		await load(simulated(), { progress: (_, done, total) => heard.push(done / total) });
		expect([heard[0], heard.at(-1)]).toEqual([0, 1]);
	});
});

describe("files", () => {
	it("have no fingerprint before they are prepared", async () => {
		expect(await knownFingerprint({ source: "folder", folder: "x" })).toBeUndefined();
	});
	it("that are not there are named", async () => {
		await expect(load({ source: "folder", folder: "no/such" })).rejects.toThrow(
			'--data "no/such" is neither "simulator"',
		);
		const at = folder();
		await expect(load({ source: "aliccp", raw: at, protocol: "cstwa" })).rejects.toThrow(
			"sample_skeleton_train.csv is not in",
		);
		await expect(load({ source: "folder", folder: at })).rejects.toThrow("is no prepared log: it has no card.json");
	});
});

describe("raw Ali-CCP files", () => {
	const options = { rows: 3000, testRows: 500, seed: 1, commonFaults: { duplicateMd5: 3 } };
	const rates = { clickRate: 0.2, conversionRate: 0.3 };
	afterEach(() => vi.unstubAllEnvs());

	it("rows of the common file that are left out are told, by reason and line", async () => {
		vi.stubEnv("CACHE", folder());
		const raw = folder();
		await writeAliCcp(raw, { ...options, ...rates });
		const { remarks, dropped } = await load({ source: "aliccp", raw, protocol: "cstwa" });
		expect(dropped).toEqual([]);
		expect(remarks).toContainEqual({
			reason: "common row: duplicate md5, the first is kept",
			count: 3,
			first: expect.stringMatching(/^common_features_train\.csv:\d+$/),
		});
	});

	it("are prepared once: the second time their fingerprint is known, and nothing is parsed", async () => {
		const cache = folder();
		vi.stubEnv("CACHE", cache);
		const raw = folder();
		await writeAliCcp(raw, { ...options, ...rates });
		const source: Source = { source: "aliccp", raw, protocol: "esmm" };
		expect(await knownFingerprint(source)).toBeUndefined();
		const heard = new Set<string>();
		const progress = (stage: string) => void heard.add(stage);
		const first = await load(source, { progress });
		expect([...heard]).toEqual(["reading", "encoding", "loading"]);
		expect(await knownFingerprint(source)).toBe(first.fingerprint);
		heard.clear();
		expect(await load(source, { progress })).toEqual(first);
		expect([...heard]).toEqual(["loading"]);
		expect(await knownFingerprint({ ...source, protocol: "cstwa" })).toBeUndefined();
		utimesSync(join(raw, "sample_skeleton_train.csv"), 1, 1);
		expect(await knownFingerprint(source)).toBeUndefined();
		const [prepared] = readdirSync(cache);
		expect((await load({ source: "folder", folder: join(cache, prepared) })).fingerprint).toBe(first.fingerprint);
	});

	it("that are stopped leave nothing that looks prepared", async () => {
		const cache = folder();
		vi.stubEnv("CACHE", cache);
		const raw = folder();
		await writeAliCcp(raw, { ...options, ...rates });
		const stop = new AbortController();
		const progress = () => stop.abort();
		const source: Source = { source: "aliccp", raw, protocol: "cstwa" };
		await expect(load(source, { progress, signal: stop.signal })).rejects.toThrow(/^stopped/);
		expect(await knownFingerprint(source)).toBeUndefined();
		expect(readdirSync(join(cache, readdirSync(cache)[0]))).toEqual([]);
	});
});
