import { describe, expect, it } from "vitest";
import { writeAliCcp } from "../data/readers/aliccpWriter";
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
		expect(data.fingerprint).toBe(knownFingerprint(simulated()));
		expect(data.rows).toBe(3000);
	});
	it("has another one for another preset, seed or number of rows", () => {
		const others = [{}, { preset: "demo" }, { logSeed: 2 }, { rows: 4000 }].map((more) =>
			knownFingerprint(simulated(more)),
		);
		expect(new Set(others).size).toBe(4);
	});
	it("is split by whole days, train before validation before test", async () => {
		const { split, rows } = await load(simulated());
		expect(split.train.length + split.valid.length + split.test.length).toBe(rows);
		expect(split.test.length / rows).toBeCloseTo(0.5, 1);
	});
	it("tells how far it is", async () => {
		const heard: number[] = [];
		await load(simulated(), (done, total) => heard.push(done / total));
		expect([heard[0], heard.at(-1)]).toEqual([0, 1]);
	});
});

describe("files", () => {
	it("have no fingerprint before they are read", () => {
		expect(knownFingerprint({ source: "aliccp", raw: "x", protocol: "cstwa" })).toBeUndefined();
		expect(knownFingerprint({ source: "folder", folder: "x" })).toBeUndefined();
	});
	it("that are not there are named", async () => {
		await expect(load({ source: "folder", folder: "no/such" })).rejects.toThrow(
			'--data "no/such" is neither "simulator"',
		);
		const at = folder();
		await expect(load({ source: "aliccp", raw: at, protocol: "cstwa" })).rejects.toThrow(
			"sample_skeleton_train.csv is not in",
		);
		await expect(load({ source: "folder", folder: at })).rejects.toThrow("ali_ccp_train.csv");
	});
});

describe("raw Ali-CCP files", () => {
	it("rows of the common file that are left out are told, by reason and line", async () => {
		const raw = folder();
		const options = { rows: 3000, testRows: 500, seed: 1, commonFaults: { duplicateMd5: 3 } };
		await writeAliCcp(raw, { ...options, clickRate: 0.2, conversionRate: 0.3 });
		const { remarks, dropped } = await load({ source: "aliccp", raw, protocol: "cstwa" });
		expect(dropped).toEqual([]);
		expect(remarks).toEqual([
			{
				reason: expect.stringMatching(/^common row: /),
				count: 3,
				first: expect.stringMatching(/^common_features_train\.csv:\d+$/),
			},
		]);
	});
});
