import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { training } from "../core/training";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { RunResult } from "./result";
import { openStore } from "./store";

const folder = temporaryFolders();
const result = (run: string): RunResult => ({
	run,
	cached: false,
	model: "esmm",
	seed: 1,
	hyper: { ...training, lr: 0.001, batch: 8, epochs: 1, patience: 1 },
	share: 1,
	ctr: "own",
	data: { name: "toy", fingerprint: "f", read: 3, rows: { train: 1, valid: 1, test: 1 }, dropped: {}, remarks: {} },
	part: "valid",
	metrics: { "auc(click|impression)": { value: 0.5, se: 0.1, space: "impression", n: 1, positives: 1 } },
	engine: { tier: "native-cpu", tensorflow: "2.21.0" },
	epochs: 1,
	kept: [1],
	findings: [],
	samplesPerSecond: 10,
});
const heard = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
afterEach(() => heard.mockClear());

describe("store", () => {
	it("gives back what was put in, under the run's hash; a folder that is not there yet is made", async () => {
		const at = join(folder(), "deep", "store");
		const store = openStore(at);
		expect(store.get("aa")).toBeUndefined();
		await store.put(result("aa"));
		expect(store.get("aa")).toEqual(result("aa"));
		expect(store.get("bb")).toBeUndefined();
		expect(readdirSync(at)).toEqual(["aa.json"]);
		expect(heard).not.toHaveBeenCalled();
	});
	it("one result a run: a later one that holds no more is left out, one with the test part takes its place", async () => {
		const [at, later] = [folder(), { ...result("aa"), samplesPerSecond: 99 }];
		const store = openStore(at);
		expect([await store.put(result("aa")), await store.put(later)]).toEqual([true, false]);
		expect(store.get("aa")).toEqual(result("aa"));
		const final = { ...later, test: later.metrics, opened: { at: "2026-01-01", by: "a test" } };
		expect([await store.put(final), await store.put(result("aa"))]).toEqual([true, false]);
		expect(store.get("aa")).toEqual(final);
		expect(readdirSync(at)).toEqual(["aa.json"]);
	});
	it("a file that is of another run counts as none, and it is said", async () => {
		const at = folder();
		await openStore(at).put(result("bb"));
		copyFileSync(join(at, "bb.json"), join(at, "aa.json"));
		expect(openStore(at).get("aa")).toBeUndefined();
		expect(openStore(at).get("bb")).toEqual(result("bb"));
		expect(heard).toHaveBeenCalledTimes(1);
	});
	it("a result of which one digit was changed counts as none", async () => {
		const at = folder();
		await openStore(at).put(result("aa"));
		const file = join(at, "aa.json");
		writeFileSync(file, readFileSync(file, "utf8").replace('"value": 0.5', '"value": 0.6'));
		expect(openStore(at).get("aa")).toBeUndefined();
		expect(heard).toHaveBeenCalledTimes(1);
	});
	it.each([
		["empty", ""],
		["cut off", JSON.stringify(result("aa")).slice(0, 100)],
		["without metrics", JSON.stringify({ run: "aa" })],
		["no object", "null"],
		["without the sum of its content", JSON.stringify(result("aa"))],
	])("a file that is %s counts as none, and it is said", (_, text) => {
		const at = folder();
		writeFileSync(join(at, "aa.json"), text);
		expect(openStore(at).get("aa")).toBeUndefined();
		expect(heard).toHaveBeenCalledTimes(1);
		expect(heard.mock.calls[0][0]).toBe(`${join(at, "aa.json")} is damaged; the run is done again\n`);
		expect(readFileSync(join(at, "aa.json.damaged"), "utf8")).toBe(text);
	});
	it("a store that is only read leaves a damaged file where it is, and one of an earlier program any store", () => {
		const at = folder();
		const file = join(at, "aa.json");
		writeFileSync(file, "{");
		expect(openStore(at, "read").get("aa")).toBeUndefined();
		expect(heard.mock.calls).toEqual([[`${file} is damaged; it counts as none\n`]]);
		const { share: _, ...earlier } = result("aa");
		writeFileSync(file, JSON.stringify(earlier));
		expect(openStore(at).get("aa")).toBeUndefined();
		expect(heard).toHaveBeenCalledTimes(1);
		expect(readdirSync(at)).toEqual(["aa.json"]);
	});
	it("a result that cannot be written leaves nothing behind", async () => {
		const at = folder();
		mkdirSync(join(at, "aa.json", "in the way"), { recursive: true });
		await expect(openStore(at).put(result("aa"))).rejects.toThrow();
		expect(readdirSync(at)).toEqual(["aa.json"]);
	});
	it("a full disk leaves nothing behind either", async () => {
		const at = folder();
		symlinkSync("/dev/full", join(at, `aa.json.${process.pid}`));
		await expect(openStore(at).put(result("aa"))).rejects.toThrow("ENOSPC");
		expect(readdirSync(at)).toEqual([]);
	});
	it("a file in place of the folder is refused before anything is trained", () => {
		const file = join(folder(), "results");
		writeFileSync(file, "");
		for (const wrong of [file, join(file, "deeper"), "", "/proc/results"])
			expect(() => openStore(wrong)).toThrow(
				/^results cannot be kept in ".*" \(.*\): give a folder that can be written to$/,
			);
		const fresh = join(folder(), "not", "there", "yet");
		openStore(fresh);
		expect(existsSync(fresh)).toBe(false);
		// Who only reads needs no more than to read.
		expect(openStore("/proc/results", "read").runs("")).toEqual([]);
	});
	it("lies where STORE says, unless it is named", async () => {
		const at = folder();
		vi.stubEnv("STORE", at);
		await openStore().put(result("cc"));
		vi.unstubAllEnvs();
		expect(existsSync(join(at, "cc.json"))).toBe(true);
		expect(JSON.parse(readFileSync(join(at, "cc.json"), "utf8"))).toMatchObject(result("cc"));
	});
});
